"""A changed standard that is marked "retrain" is learned again, by those who execute it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from csiapp.core.clock import time_is
from csiapp.standards import queries as standards_queries
from csiapp.standards.services import publish, start_draft
from csiapp.standards.services.publishing import Terms
from csiapp.training import queries
from csiapp.training.retraining import due_again, progress
from csiapp.training.services import take_back
from tests.factories import standards, training
from tests.factories.standards import at_work, the_set
from tests.factories.world import ZONE
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

CHANGED = "ST020101"  # executed by RC and CR, taught by TC06
NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
PUBLISHED, BY = dt.date(2026, 3, 10), dt.date(2026, 3, 24)


@pytest.fixture
def published(taught, states):
    """Version 1 in force, the courses installed; the world."""

    def build():
        standards.install(taught)
        with time_is(NOW - dt.timedelta(days=90)):
            standards.adopt_and_publish(taught)
        return taught

    return states.reach("published", build)


def change(world, mark="retrain", target=2, now=NOW, by=BY):
    """Another version, in which one target is another."""
    with time_is(now), at_work(world.tenant()):
        draft = start_draft(the_set())
        standards_queries.find_standard(draft.id, CHANGED).standard.target = target
        terms = Terms(decisions={CHANGED: {"class": "target", "training": mark}}, train_by=by)
        publish(the_set(), "Faster", draft.edit, terms)


def due(world, person):
    with at_work(world.tenant()):
        known = queries.catalogue()
        (training,) = queries.training_of([queries.get_staff(person)], known, PUBLISHED)
        found = due_again(training, known, ZONE)
        return [
            (item.course.code, item.by, [lesson.code for lesson in item.lessons]) for item in found
        ]


def test_who_executes_it_takes_the_course_again_although_the_pass_is_valid(app, published):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        other = training.hire(published, "2", ["TE"])
        training.note_down(published, person, "TC06", on=dt.date(2026, 3, 1))
        change(published)
        assert due(published, person) == [("TC06", BY, [CHANGED])]
        assert due(published, other) == []


@pytest.mark.parametrize("kind", ["passed", "waived"])
def test_a_pass_from_the_day_of_publication_on_settles_it(app, published, kind):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        change(published)
        training.note_down(published, person, "TC06", kind, on=PUBLISHED)
        assert due(published, person) == []


def test_a_pass_that_was_taken_back_settles_nothing(app, published):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        change(published)
        entry = training.note_down(published, person, "TC06", on=PUBLISHED)
        with at_work(training.scope(published)):
            take_back(entry, "Another person", today=PUBLISHED)
        assert [code for code, *_rest in due(published, person)] == ["TC06"]


@pytest.mark.parametrize("mark", ["brief", "none"])
def test_what_is_only_told_or_nothing_asks_for_no_course(app, published, mark):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        change(published, mark, by=None)
        assert due(published, person) == []


def test_who_joins_later_learns_it_from_the_start(app, published):
    with app.app_context():
        change(published)
        person = training.hire(published, "1", ["RC"], joined_on=PUBLISHED)
        assert due(published, person) == []


def test_the_newest_decision_about_a_standard_holds(app, published):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        change(published)
        change(published, target=3, now=NOW + dt.timedelta(days=30), by=dt.date(2026, 5, 1))
        assert due(published, person) == [("TC06", dt.date(2026, 5, 1), [CHANGED])]
        change(published, "none", target=2, now=NOW + dt.timedelta(days=60), by=None)
        assert due(published, person) == []


def test_progress_counts_those_who_execute_it(app, published):
    with app.app_context():
        first = training.hire(published, "1", ["RC"])
        training.hire(published, "2", ["CR", "SA"])
        training.hire(published, "3", ["TE"])
        change(published)
        training.note_down(published, first, "TC06", on=PUBLISHED)
        with at_work(published.tenant()):
            (found,) = progress(queries.roll_on(PUBLISHED), ZONE)
            assert (found.learned, found.people) == (1, 2)
            assert [course.code for course in found.courses] == ["TC06"]


@pytest.mark.parametrize("page", ["", "/people/{}"])
def test_a_page_asks_for_courses_roles_and_entries_once(app, published, client_of, page):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        change(published)
    client = client_of("manager")
    with statements_of(app) as statements:
        assert client.get(f"/t/near/training{page.format(person)}").status_code == 200
    for table in ("course", "course_requirement", "completion"):
        assert sum(bool(re.search(rf"FROM {table} ", s)) for s in statements) == 1, table


def test_the_pages_say_it(app, published, client_of):
    with app.app_context():
        person = training.hire(published, "1", ["RC"])
        change(published)
    client = client_of("manager")
    page = client.get("/t/near/training").text
    assert "Changed standards to teach" in page
    assert "0 of 1 have learned it" in page
    assert "Changed standards" not in client.get("/t/next/training").text
    mine = client.get(f"/t/near/training/people/{person}").text
    assert "To learn again" in mine
    assert f"by {BY}" in mine
