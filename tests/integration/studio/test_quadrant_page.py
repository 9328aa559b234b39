"""The quadrant: chart and table say the same, items lead on, and a key factor is marked there."""

from __future__ import annotations

import re

import pytest

from csiapp.core.tenancy import entered
from csiapp.standards import services
from csiapp.standards.models import KeyFactor
from csiapp.standards.queries import draft_version, find_key_factor, main_set
from tests.factories import audits
from tests.factories.standards import at_work
from tests.support.tables import cells

pytestmark = pytest.mark.db

FACTOR = "KF0403"
BAD = audits.STAGE_ONE_FAILURES


@pytest.fixture
def visited(world, studio, states):
    return states.reach("visited", lambda: audits.published_visit(world, BAD))


def numbers(page: str) -> list[int]:
    """The numbers in the chart; marks without room say how many they are."""
    chart = page[page.index("<svg") : page.index("</svg>", page.index('id="quadrant-wide-title"'))]
    return [int(n) for n in re.findall(r'aria-label="(\d+) ', chart)]


def test_without_a_published_visit_the_page_says_so(studio, client_of):
    page = client_of("manager").get(f"{studio}/quadrant").text
    assert "No published visit of this time has answered" in page


def test_the_chart_and_the_table_hold_the_same_items(visited, studio, client_of):
    page = client_of("manager").get(f"{studio}/quadrant").text
    table = [int(row[0]) for row in cells(page, "quadrant-table") if row[0].isdigit()]
    assert table == list(range(1, len(table) + 1))
    named = page[: page.index("</svg>", page.index("quadrant-wide-title"))]
    assert all(re.search(rf'(?:label="|; ){number} ', named) for number in table)


def test_the_quadrants_have_the_names_of_the_reference_data(visited, studio, client_of):
    manager = client_of("manager")
    page = manager.get(f"{studio}/quadrant").text
    for name in ("Give priority", "Present strength", "Low priority", "Unneeded strength"):
        assert name in page


def test_satisfaction_says_what_it_is_made_of(visited, studio, client_of):
    page = client_of("manager").get(f"{studio}/quadrant?axis=satisfaction").text
    assert "The product holds no survey of customers yet" in page
    assert len(cells(page, "quadrant-table")) > 5
    assert 'id="no-data"' in page


def test_an_item_leads_to_its_results_and_its_standards(visited, studio, client_of):
    page = client_of("manager").get(f"{studio}/quadrant/{FACTOR}").text
    assert re.search(rf"/t/near/results/{visited}#q-V\d+", page)
    assert f"{studio}/steps/S04#ST0403" in page
    assert client_of("manager").get(f"{studio}/quadrant/NO-SUCH").status_code == 404


def test_marking_starts_a_draft_where_there_is_none(app, world, studio, client_of):
    unmark(app, world)
    page = client_of("manager").get(f"{studio}/quadrant/{FACTOR}").text
    assert 'data-confirm="There is no draft.' in page
    answer = client_of("manager").post(f"{studio}/quadrant/{FACTOR}/mark")
    assert answer.status_code == 303
    with app.app_context(), entered(world.tenant()):
        assert in_draft().is_key
    assert "Key in the draft" in client_of("manager").get(f"{studio}/quadrant/{FACTOR}").text


def test_marking_goes_on_with_the_draft_that_is_there(app, world, studio, client_of):
    unmark(app, world)
    with app.app_context(), at_work(world.tenant()):
        draft = services.start_draft(main_set().id).id
    page = client_of("manager").get(f"{studio}/quadrant/{FACTOR}").text
    assert "data-confirm" not in page[page.index("Make key") :][:200]
    client_of("manager").post(f"{studio}/quadrant/{FACTOR}/mark")
    with app.app_context(), entered(world.tenant()):
        assert draft_version(main_set().id).id == draft
        assert in_draft().is_key


def unmark(app, world) -> None:
    """Publish a version in which the key factor is not marked."""
    with app.app_context(), at_work(world.tenant()):
        owner = main_set().id
        draft = services.start_draft(owner)
        services.mark_key_factor(owner, FACTOR, is_key=False)
        services.publish(owner, "Not key any more", draft.edit)


def in_draft() -> KeyFactor:
    return find_key_factor(draft_version(main_set().id).id, FACTOR)[0]
