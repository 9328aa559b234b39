"""The overview page: figures by hand, only what is published, order, region, empty states."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Dealership
from csiapp.reference import loader
from tests.support.tables import cells

pytestmark = pytest.mark.db

PAGE = "/n/near/overview"
SPRING, SUMMER = dt.date(2026, 3, 1), dt.date(2026, 6, 1)
EXAMPLE = loader.scoring_examples()["rollup"]
FORMS = {"visit": "MS-VISIT", "phone": "MS-PHONE", "facility": "MS-FACILITY"}
DEALERSHIPS = dict(zip(("D1", "D2", "D3"), (11, 12, 13), strict=True))


def worked_example(stage) -> None:
    """EX3: three dealerships, their visits, and the index of two of them in the wave before."""
    north, south = stage.region("N"), stage.region("S")
    stage.place(11, north)
    stage.place(12, south)
    stage.dealership(13, region=south)
    before, now = stage.wave("SPRING", SPRING), stage.wave("SUMMER", SUMMER)
    for dealer in EXAMPLE["dealers"]:
        dealership = DEALERSHIPS[dealer["code"]]
        for kind, form in FORMS.items():
            for index in dealer[kind]:
                stage.visit(dealership, now, index, form=form)
            if dealer["previous"] is not None and dealer[kind]:
                stage.visit(dealership, before, dealer["previous"], form=form)


def table(client, **query) -> list[list[str]]:
    """The rows of the table, without its heading; a row for each dealership, then the means."""
    return cells(client.get(PAGE, query_string=query).text, "network-table")[1:]


def codes(client, **query) -> list[str]:
    return [
        row[1].partition(" · ")[0].rpartition(" ")[2] for row in table(client, **query) if row[0]
    ]


def test_the_worked_example_stands_on_the_page(write, client_of):
    write(worked_example)
    page = client_of("headoffice").get(PAGE).text
    found = cells(page, "network-table")[1:]
    assert [row[:5] for row in found] == [
        [
            "1",
            "Test dealership next D12 · Region S",
            "Region S",
            "815 B",
            "– no index in the wave before",
        ],
        ["2", "Test dealership near D11 · Region N", "Region N", "806 B", "+16"],
        ["2", "Dealership 13 X13 · Region S", "Region S", "806 B", "−14"],
        ["", "Region N", "Mean", "806", ""],
        ["", "Region S", "Mean", "811", ""],
        ["", "Network", "Mean", "809", ""],
    ]
    assert ">809 <small>B</small>" in page
    assert page.count('aria-label="small sample"') == 2
    assert [row[:3] for row in cells(page, "trend-table")[1:]] == [
        ["Wave SUMMER", "809", "+4"],
        ["Wave SPRING", "805", "–"],
    ]


def test_a_row_leads_to_the_visits_and_reports_of_the_dealership(write, client_of):
    write(worked_example)
    page = client_of("headoffice").get(PAGE).text
    for address in ("/n/near/visits?wave=", "/n/near/reports?wave="):
        assert re.search(rf'href="{re.escape(address)}[0-9a-f-]+&amp;dealership=13"', page)


def test_only_the_newest_published_revision_of_a_published_visit_counts(write, client_of):
    def work(stage):
        wave = stage.wave("W", SUMMER)
        stage.visit(11, wave, 400, 700, 950, kinds=("provisional", "published", "published"))
        stage.visit(11, wave, 100, state="approved", kinds=("provisional",))
        stage.visit(11, wave, state="assigned")
        stage.visit(12, wave, 300, 860, 900, kinds=("published", "published", "provisional"))
        stage.visit(12, wave, 10, state="cancelled")

    write(work)
    client = client_of("headoffice")
    assert [(row[1], row[3], row[-2]) for row in table(client) if row[0]] == [
        ("Test dealership near D11", "950 A", "1 / 3"),
        ("Test dealership next D12", "860 B", "1 / 1"),
    ]
    assert '<p class="kpi-number">2 <small>/ 4</small>' in client.get(PAGE).text


def test_figures_of_the_wave(write, client_of):
    def work(stage):
        wave = stage.wave("W", SUMMER)
        stage.visit(11, wave, 950, critical=0)
        stage.visit(11, wave, 850, critical=1)
        stage.visit(12, wave, 600, critical=3)

    write(work)
    page = client_of("headoffice").get(PAGE).text
    assert "33%" in page
    assert "1 of 3 visits" in page
    assert '<li class="grade-a"><b>1</b>' in page
    assert '<li class="grade-d"><b>1</b>' in page


def test_factor_scores_are_shown_from_0_to_100(write, client_of):
    def work(stage):
        wave = stage.wave("W", SUMMER)
        stage.visit(11, wave, 800, factors={"SI": "9/10", "SA": None})
        stage.visit(11, wave, 800, factors={"SI": "4/5", "SA": "2/3"})
        stage.visit(11, wave, 800, form="MS-RECORDS", factors={"SI": "0"})

    write(work)
    heading = cells(client_of("headoffice").get(PAGE).text, "network-table")[0]
    row = table(client_of("headoffice"))[0]
    assert heading[5:7] == ["Initiation", "Advisor"]
    assert row[5:7] == ["85", "67"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ({"form": "MS-PHONE"}, "not comparable: other forms"),
        ({"model": "SIX"}, "not comparable: another factor model"),
    ],
)
def test_a_change_that_cannot_be_stated_says_why(write, client_of, before, words):
    def work(stage):
        stage.visit(11, stage.wave("OLD", SPRING), 790, **before)
        stage.visit(11, stage.wave("NEW", SUMMER), 800)

    write(work)
    page = client_of("headoffice").get(PAGE).text
    row = cells(page, "network-table")[1]
    assert row[4] == f"– {words}"
    assert f"<span>{words}</span>" in page
    assert "+10" not in page


def test_the_newest_wave_with_published_results_is_shown_unless_another_is_chosen(write, client_of):
    def work(stage):
        old, now = stage.wave("OLD", SPRING), stage.wave("NEW", SUMMER)
        stage.visit(11, old, 700)
        stage.visit(11, now, 800)
        running = stage.wave("RUNNING", dt.date(2026, 9, 1))
        stage.visit(11, running, 100, state="submitted", kinds=("provisional",))
        return old, running

    old, running = write(work)
    client = client_of("headoffice")
    assert table(client)[0][3] == "800 B"
    assert table(client, wave="not-a-wave")[0][3] == "800 B"
    assert table(client, wave=old)[0][3] == "700 C"
    empty = client.get(PAGE, query_string={"wave": running}).text
    assert "No published results in this wave yet" in empty
    assert "1 visit is planned" in empty


def test_without_waves_the_page_says_what_a_wave_is_for(client_of):
    page = client_of("headoffice").get(PAGE)
    assert page.status_code == 200
    assert "No waves yet" in page.text


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["D12", "D11", "X13"]),
        ("-rank", ["D11", "X13", "D12"]),
        ("dealership", ["D11", "D12", "X13"]),
        ("-dealership", ["X13", "D12", "D11"]),
        ("region", ["D11", "D12", "X13"]),
        ("-visits", ["D11", "X13", "D12"]),
        ("change", ["X13", "D11", "D12"]),
        ("<script>", ["D12", "D11", "X13"]),
    ],
)
def test_the_address_says_the_order(write, client_of, sort, expected):
    write(worked_example)
    assert codes(client_of("headoffice"), sort=sort) == expected


def test_a_heading_is_a_link_to_its_order_and_keeps_the_filter(write, client_of):
    write(worked_example)
    client = client_of("headoffice")
    page = client.get(PAGE, query_string={"sort": "-index"}).text
    assert 'aria-sort="descending"><a id="sort-index"' in page
    assert "sort=index" in page
    assert "sort=-visits" in page
    assert "sort=factor:SI" in page or "sort=-factor:SI" in page


def test_a_region_shows_its_own_dealerships_with_their_places_in_the_network(write, client_of):
    write(worked_example)
    client = client_of("headoffice")
    page = client.get(PAGE).text
    region = page.partition(">Region S</option>")[0].rpartition('value="')[2].strip('"')
    shown = table(client, region=region)
    assert [row[:2] for row in shown] == [
        ["1", "Test dealership next D12 · Region S"],
        ["2", "Dealership 13 X13 · Region S"],
        ["", "Region S"],
        ["", "Network"],
    ]


def test_htmx_gets_the_part_below_the_heading(write, client_of):
    write(worked_example)
    part = client_of("headoffice").get(PAGE, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="overview"')
    assert "<html" not in part
    assert 'data-announce="3 dealerships"' in part


def test_names_are_shown_as_text(write, client_of):
    nasty = '<script>alert("x")</script>'

    def work(stage):
        region = stage.region(nasty[:9])
        stage.dealership(13, name=nasty, region=region)
        stage.visit(13, stage.wave(nasty[:9], SUMMER), 800)
        stage.visit(11, stage.wave(nasty[:8], SPRING), 800)

    write(work)
    page = client_of("headoffice").get(PAGE).text
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page


def test_a_dealership_that_is_no_longer_active_keeps_its_result(write, client_of, database):
    write(lambda stage: stage.visit(12, stage.wave("W", SUMMER), 800))
    with database.owner() as owner:
        owner.execute(
            sa.update(Dealership.__table__).where(Dealership.id == 12).values(active=False)
        )
    assert codes(client_of("headoffice")) == ["D12"]


def test_the_home_of_head_office_shows_the_index_of_the_newest_wave(write, client_of):
    client = client_of("headoffice")
    assert "Network index" not in client.get("/n/near/").text

    def work(stage):
        stage.visit(11, stage.wave("OLD", SPRING), 790)
        stage.visit(11, stage.wave("NEW", SUMMER), 802)

    write(work)
    page = client.get("/n/near/").text
    assert 'href="/n/near/overview"' in page
    assert ">802<" in page
    assert "Wave NEW · +12" in page
    assert "Network index" not in client_of("reviewer").get("/n/near/").text
