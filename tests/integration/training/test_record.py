"""Recording: what is refused, what a mark decides, several at once, taking back."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.core.activity import first_broken_link
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from csiapp.core.tenancy import CrossScopeWrite, entered
from csiapp.training import queries, services
from csiapp.training.models import Completion
from csiapp.training.services import NewEntry, SomeUnfit, Unfit
from csiapp.training.status import EntryKind, State
from tests.factories import training
from tests.factories.standards import at_work
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

TODAY = dt.date(2026, 6, 1)
JOINED = dt.date(2026, 1, 5)


@pytest.fixture
def person(app, taught):
    with app.app_context():
        return training.hire(taught, "1", joined_on=JOINED)


def state_of(world, person, course="TC08", day=TODAY):
    with entered(world.tenant()):
        known = queries.catalogue()
        (found,) = queries.training_of([queries.get_staff(person)], known, day)
        db.session.close()
        return found.of(known.by_code[course].id).state


@pytest.mark.parametrize(("mark", "kind"), [(100, "passed"), (85, "passed"), (84, "failed")])
def test_the_mark_decides_whether_a_course_is_passed(app, taught, person, mark, kind):
    with app.app_context(), at_work(taught.tenant()):
        entry = NewEntry(kind=EntryKind.PASSED, on=TODAY, mark=mark)
        made = services.record_entry(person, "TC08", entry, today=TODAY)
        assert (made.kind, made.mark) == (kind, mark)
        assert made.recorded_by == taught.people["manager"]


@pytest.mark.parametrize(("kind", "day", "more", "field"), [
    ("passed", TODAY + dt.timedelta(days=1), {"mark": 90}, "on"),
    ("passed", dt.date(1926, 6, 1), {"mark": 90}, "on"),
    ("passed", TODAY, {}, "mark"),
    ("passed", TODAY, {"mark": 101}, "mark"),
    ("passed", TODAY, {"mark": -1}, "mark"),
    ("failed", TODAY, {"mark": 85}, "mark"),
    ("assigned", JOINED - dt.timedelta(days=1), {}, "on"),
    ("started", JOINED - dt.timedelta(days=1), {}, "on"),
    ("waived", TODAY, {"note": "   "}, "note"),
    ("voided", TODAY, {}, "kind"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(app, taught, person, kind, day, more, field):
    entry = NewEntry(kind=EntryKind(kind), on=day, **more)
    with app.app_context(), at_work(taught.tenant()), pytest.raises(Unfit) as refused:
        services.record_entry(person, "TC08", entry, today=TODAY)
    assert refused.value.field == field
    assert refused.value.message


def test_a_course_may_have_been_passed_before_joining_at_another_dealership(app, taught, person):
    with app.app_context():
        training.note_down(taught, person, "TC08", "passed", JOINED - dt.timedelta(days=30))
        assert state_of(taught, person) is State.PASSED


def test_nothing_is_recorded_after_somebody_left(app, taught, person):
    with app.app_context():
        with at_work(taught.tenant()):
            services.mark_left(person, dt.date(2026, 5, 1))
        training.note_down(taught, person, "TC08", "passed", dt.date(2026, 5, 1))
        with pytest.raises(Unfit):
            training.note_down(taught, person, "TC08", "passed", dt.date(2026, 5, 2))


def test_the_same_on_the_same_day_is_recorded_once_until_it_is_taken_back(app, taught, person):
    with app.app_context():
        entry = training.note_down(taught, person, "TC08", "passed", TODAY)
        with pytest.raises(Unfit):
            training.note_down(taught, person, "TC08", "passed", TODAY)
        with at_work(taught.tenant()):
            services.take_back(entry, "Wrong mark", today=TODAY)
        training.note_down(taught, person, "TC08", "passed", TODAY, mark=90)
        assert state_of(taught, person) is State.PASSED


def test_an_entry_taken_back_no_longer_counts_and_stays_in_the_history(app, taught, person):
    with app.app_context():
        entry = training.note_down(taught, person, "TC08", "passed", TODAY)
        with at_work(taught.tenant()):
            services.take_back(entry, " Wrong person ", today=TODAY)
        assert state_of(taught, person) is State.ASSIGNED
        with at_work(taught.tenant()):
            course = queries.get_course("TC08").id
            (line,) = queries.history_of(person, course)[course]
            assert (line.entry.id, line.void.note) == (entry, "Wrong person")
            assert line.recorded_by == "Test manager"


def test_an_entry_is_taken_back_once_and_with_a_reason(app, taught, person):
    with app.app_context():
        entry = training.note_down(taught, person, "TC08", "passed", TODAY)
        with at_work(taught.tenant()), pytest.raises(Unfit):
            services.take_back(entry, "  ", today=TODAY)
        with at_work(taught.tenant()):
            void = services.take_back(entry, "Wrong person", today=TODAY).id
        with at_work(taught.tenant()), pytest.raises(Unfit):
            services.take_back(entry, "Again", today=TODAY)
        with at_work(taught.tenant()), pytest.raises(NotFound):
            services.take_back(void, "The correction was wrong", today=TODAY)


def test_several_are_recorded_together_or_nobody(app, taught):
    with app.app_context():
        people = [training.hire(taught, str(n), joined_on=JOINED) for n in range(3)]
        good = NewEntry(kind=EntryKind.PASSED, on=TODAY, mark=90)
        bad = NewEntry(kind=EntryKind.PASSED, on=TODAY)
        mixed = dict.fromkeys(people, good) | {people[1]: bad}
        with at_work(taught.tenant()), pytest.raises(SomeUnfit) as refused:
            services.record_entries("TC08", mixed, today=TODAY)
        assert list(refused.value.problems) == [people[1]]
        assert {state_of(taught, one) for one in people} == {State.ASSIGNED}
        with at_work(taught.tenant()):
            services.record_entries("TC08", dict.fromkeys(people, good), today=TODAY)
        assert {state_of(taught, one) for one in people} == {State.PASSED}


def test_the_number_of_statements_does_not_grow_with_the_group(app, taught):
    def statements(numbers) -> int:
        people = [training.hire(taught, str(n), joined_on=JOINED) for n in numbers]
        entry = NewEntry(kind=EntryKind.PASSED, on=TODAY, mark=90)
        with statements_of(app) as sent, at_work(taught.tenant()):
            services.record_entries("TC08", dict.fromkeys(people, entry), today=TODAY)
        return len(sent)

    with app.app_context():
        assert statements(range(1)) == statements(range(1, 13))


def test_everything_is_in_the_activity_log_without_names(app, taught):
    with app.app_context():
        person = training.hire(taught, "1", name="Somebody Unmistakable")
        entry = training.note_down(taught, person, "TC08", "passed", TODAY)
        with at_work(taught.tenant()):
            services.take_back(entry, "Wrong person", today=TODAY)
            services.mark_left(person, TODAY)
            services.mark_returned(person)
        with at_work(taught.tenant()):
            rows = db.session.scalars(sa.select(ActivityEntry).order_by(ActivityEntry.seq)).all()
            assert [row.verb for row in rows] == [
                "training.staff_added",
                "training.recorded",
                "training.taken_back",
                "training.staff_left",
                "training.staff_returned",
            ]
            assert "Unmistakable" not in str([row.detail for row in rows])
            assert first_broken_link() is None


# ----------------------------------------------------------------------------- append-only


def test_an_entry_changed_through_the_models_is_refused(app, taught, person):
    with app.app_context():
        entry = training.note_down(taught, person, "TC08", "passed", TODAY)
        for change in (lambda row: setattr(row, "mark", 1), db.session.delete):
            with at_work(taught.tenant()):
                change(queries.get_entry(entry))
                with pytest.raises(CrossScopeWrite):
                    db.session.flush()
                db.session.rollback()
        with at_work(taught.tenant()):
            assert queries.get_entry(entry).mark == 100


@pytest.mark.parametrize("statement", [
    "UPDATE completion SET mark = 1",
    "UPDATE completion SET kind = 'failed'",
    "DELETE FROM completion",
])  # fmt: skip
def test_even_the_owner_of_the_database_cannot_change_an_entry(
    app, taught, person, database, statement
):
    with app.app_context():
        training.note_down(taught, person, "TC08", "passed", TODAY)
    with pytest.raises(sa.exc.DatabaseError), database.owner() as connection:
        connection.execute(sa.text(statement))


def test_an_entry_of_the_next_dealership_does_not_exist_here(app, taught):
    wanted = NewEntry(kind=EntryKind.STARTED, on=TODAY)
    with app.app_context():
        next_door = training.hire(taught, "1", dealership="next")
        entry = training.note_down(taught, next_door, "TC08", dealership="next")
        with at_work(taught.tenant()):
            with pytest.raises(NotFound):
                services.take_back(entry, "Not mine", today=TODAY)
            with pytest.raises(NotFound):
                services.record_entry(next_door, "TC08", wanted, today=TODAY)
            assert db.session.scalars(sa.select(Completion)).all() == []
