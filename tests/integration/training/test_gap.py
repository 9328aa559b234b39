"""Who lacked a course on a day, as audits ask for it."""

from __future__ import annotations

import datetime as dt

import pytest

from csiapp.core.tenancy import entered
from csiapp.training import services
from csiapp.training.gap import teaching_courses, training_gap
from tests.factories import training
from tests.factories.standards import at_work
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

DAY = dt.date(2026, 5, 20)


def gap(app, world, courses, roles, day=DAY):
    with app.app_context(), entered(world.tenant()):
        return training_gap(courses, roles, day)


def test_counts_per_course_and_role_who_was_there_and_who_lacked_it(app, taught):
    with app.app_context():
        holds = training.hire(taught, "1")
        training.hire(taught, "2")
        training.hire(taught, "3", ["SA", "RC"])
        training.note_down(taught, holds, "TC08", "passed", dt.date(2025, 5, 20))
    assert gap(app, taught, ["TC08"], ["SA", "RC"]) == [
        {"course": "TC08", "role": "SA", "staff": 3, "lacked": 2},
        {"course": "TC08", "role": "RC", "staff": 1, "lacked": 1},
    ]


@pytest.mark.parametrize(("day", "lacked"), [
    (dt.date(2026, 5, 20), 0),
    (dt.date(2026, 5, 21), 1),
])  # fmt: skip
def test_a_completion_ends_with_its_last_valid_day(app, taught, day, lacked):
    with app.app_context():
        person = training.hire(taught, "1")
        training.note_down(taught, person, "TC08", "passed", dt.date(2025, 5, 20))
    assert gap(app, taught, ["TC08"], ["SA"], day)[0]["lacked"] == lacked


def test_counts_only_those_on_staff_that_day(app, taught):
    with app.app_context():
        gone = training.hire(taught, "1")
        training.hire(taught, "2", joined_on=DAY + dt.timedelta(days=1))
        last = training.hire(taught, "3")
        with at_work(taught.tenant()):
            services.mark_left(gone, DAY - dt.timedelta(days=1))
            services.mark_left(last, DAY)
    assert gap(app, taught, ["TC08"], ["SA"])[0]["staff"] == 1


def test_leaves_out_roles_that_need_not_hold_the_course_and_unknown_courses(app, taught):
    with app.app_context():
        training.hire(taught, "1", ["TE"])
    assert gap(app, taught, ["TC08", "TC99"], ["TE", "CA"]) == []


def test_an_entry_taken_back_never_counted(app, taught):
    with app.app_context():
        person = training.hire(taught, "1")
        entry = training.note_down(taught, person, "TC08", "passed", DAY)
        with at_work(taught.tenant()):
            services.take_back(entry, "Wrong person", today=DAY)
    assert gap(app, taught, ["TC08"], ["SA"])[0]["lacked"] == 1


def test_the_number_of_statements_does_not_grow_with_people_or_courses(app, taught):
    def statements() -> int:
        with statements_of(app) as sent:
            gap(app, taught, [f"TC{n:02}" for n in range(1, 35)], ["SA", "RC", "TE"])
        return len(sent)

    with app.app_context():
        training.hire(taught, "1")
    few = statements()
    with app.app_context():
        for number in range(2, 12):
            training.hire(taught, str(number), ["SA", "TE"])
    assert statements() == few


def test_teaching_courses_lead_from_a_standard_to_all_that_support_it(app, taught):
    with app.app_context(), entered(taught.tenant()):
        assert teaching_courses({"ST040201", "ST999999"}) == {"ST040201": ["TC03", "TC08"]}


def test_the_application_offers_these_answers_to_the_slices_below(app):
    assert app.extensions["csiapp.training_gap"] is training_gap
    assert app.extensions["csiapp.teaching_courses"] is teaching_courses
    assert "csiapp.course_titles" in app.extensions
