"""The coverage page: counts, filters, links to mend, the export, and its cost."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from csiapp.standards import services
from csiapp.standards.models import Standard
from csiapp.standards.queries import draft_version, find_standard, main_set
from tests.factories import audits, standards, training
from tests.factories.standards import at_work
from tests.factories.world import today
from tests.support.statements import statements_of
from tests.support.tables import cells

pytestmark = pytest.mark.db

ASKED = "ST040303"
"""A standard of the visit form, executed by the advisor."""


def rows(page: str) -> dict[str, list[str]]:
    """Code -> the cells of the standard."""
    return {row[0].split()[0]: row for row in cells(page, "coverage-table")[1:]}


def test_every_standard_stands_against_five_questions(app, world, studio, client_of):
    page = client_of("manager").get(f"{studio}/coverage").text
    assert "118 standards" in page
    found = rows(page)
    assert len(found) == 100
    assert len(found[ASKED]) == 6
    second = rows(client_of("manager").get(f"{studio}/coverage?page=2").text)
    assert len(second) == 18


def test_what_a_published_visit_answered_is_audited(app, world, studio, client_of):
    address = f"{studio}/coverage?question=audited&step=S04"
    assert "Not answered" in rows(client_of("manager").get(address).text)[ASKED][1]
    with app.app_context():
        audits.published_visit(world)
    found = rows(client_of("manager").get(address).text)[ASKED][1]
    assert "1 answer" in found


def test_a_visit_that_is_not_published_shows_nowhere(app, world, studio, client_of):
    with app.app_context():
        audits.submit(world, audits.assign(world))
    page = client_of("manager").get(f"{studio}/coverage?question=audited&gaps=1")
    assert len(rows(page.text)) == 100


def test_who_holds_the_course_is_counted_and_not_named(app, world, studio, client_of):
    with app.app_context():
        first = training.hire(world, "N1", ["SA"], name="Somebody Trained")
        training.hire(world, "N2", ["SA"])
        for code in ("TC05", "TC06", "TC08", "TC10", "TC12", "TC13", "TC04", "TC03"):
            training.note_down(world, first, code, on=today())
    page = client_of("manager").get(f"{studio}/coverage?question=trained&step=S04").text
    assert "1 of 2 hold it" in rows(page)[ASKED][1]
    assert "Somebody Trained" not in page


def test_gaps_lead_to_where_they_are_mended(app, world, studio, client_of):
    with app.app_context(), at_work(world.tenant()):
        services.start_draft(main_set().id)
        draft_standard(ASKED).courses = []
        draft_standard(ASKED).observed_by = []
    page = client_of("manager").get(f"{studio}/coverage?draft=1&step=S04").text
    assert "by nobody" in rows(page)[ASKED][4]
    assert f"{studio}/draft/steps/S04#{ASKED}" in page
    listed = client_of("manager").get(f"{studio}/coverage?draft=1&gap=unobservable").text
    assert list(rows(listed)) == [ASKED]
    in_force = client_of("manager").get(f"{studio}/coverage?gap=unobservable").text
    assert "No standard fits" in in_force


def draft_standard(code: str) -> Standard:
    return find_standard(draft_version(main_set().id).id, code).standard


def test_the_filter_answers_with_the_table_alone(studio, client_of):
    answer = client_of("manager").get(f"{studio}/coverage?step=S01", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<section class="card" id="coverage"')


@pytest.mark.parametrize("odd", ["question=x", "gap=no_standard", "step=S99", "page=0", "gaps=2"])
def test_what_is_not_offered_filters_nothing(studio, client_of, odd):
    answer = client_of("manager").get(f"{studio}/coverage?{odd}")
    assert answer.status_code == 200
    assert len(rows(answer.text)) == 100


def test_a_page_past_the_end_is_not_found(studio, client_of):
    assert client_of("manager").get(f"{studio}/coverage?page=3").status_code == 404


def test_the_export_holds_what_the_page_shows_and_no_formula(app, world, studio, client_of):
    with app.app_context(), at_work(world.tenant()):
        services.start_draft(main_set().id)
        standard = draft_standard(ASKED)
        standard.statement = {"zh": "=1+1", "en": '=HYPERLINK("http://x.example")'}
    answer = client_of("manager").get(f"{studio}/coverage.xlsx?draft=1&step=S04")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=coverage-REF")
    book = load_workbook(io.BytesIO(answer.data))
    lines = list(book.worksheets[0].iter_rows(min_row=2))
    page = client_of("manager").get(f"{studio}/coverage?draft=1&step=S04").text
    assert [line[0].value for line in lines] == list(rows(page))
    (told,) = [line[4] for line in lines if line[0].value == ASKED]
    assert told.value == '=HYPERLINK("http://x.example")'
    assert told.data_type == "s"


def test_two_thousand_standards_ask_no_more_than_a_hundred(app, world, client_of, announced):
    few = statements_for(app, world, client_of, "near", None)
    many = statements_for(app, world, client_of, "far", standards.grown_content(2000))
    assert many == few


def statements_for(app, world, client_of, dealership, content) -> int:
    person = "manager" if dealership == "near" else f"{dealership}_manager"
    with app.app_context():
        standards.install(world, content, network=dealership)
        standards.adopt_and_publish(world, dealership, person)
    client = client_of(person)
    path = f"/t/{dealership}/standards/REF-AFTERSALES/coverage"
    client.get(path)
    with statements_of(app) as statements:
        assert client.get(path).status_code == 200
    return len(statements)
