"""The rates of the matrix, worked out another way."""

from __future__ import annotations

import datetime as dt
import uuid
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.training.matrix import overview_of
from csiapp.training.models import Course, StaffMember
from csiapp.training.queries import Catalogue, training_on
from csiapp.training.status import Entry, EntryKind, State

pytestmark = pytest.mark.unit

DAY = dt.date(2026, 6, 1)
COURSES = [
    Course(id=uuid.UUID(int=n), code=f"TC{n:02}", validity_months=months)
    for n, months in ((1, 12), (2, 24), (3, 1))
]
KNOWN = Catalogue(
    courses={course.id: course for course in COURSES},
    required_by_role={
        "SA": frozenset({COURSES[0].id, COURSES[1].id}),
        "RC": frozenset({COURSES[1].id, COURSES[2].id}),
    },
    optional_by_role={},
)

days = st.integers(-900, 30).map(lambda n: DAY + dt.timedelta(days=n))
kinds = st.sampled_from([kind for kind in EntryKind if kind is not EntryKind.VOIDED])
entries = st.lists(st.builds(Entry, kind=kinds, on=days), max_size=4)
people = st.builds(
    StaffMember,
    roles=st.lists(st.sampled_from(["SA", "RC", "TE"]), unique=True),
    joined_on=st.integers(-60, 0).map(lambda n: DAY + dt.timedelta(days=n)),
)
staff = st.lists(
    st.tuples(people, st.dictionaries(st.sampled_from([c.id for c in COURSES]), entries)),
    max_size=5,
)


def by_hand(person: StaffMember, held: dict[uuid.UUID, list[Entry]]) -> tuple[int, int]:
    """(valid, required) of one person: month arithmetic by year and month, not by the product."""
    must = {"SA": COURSES[:2], "RC": COURSES[1:]}
    required = {course.id: course for role in person.roles for course in must.get(role, [])}
    valid = total = 0
    for course in required.values():
        known = [entry for entry in held.get(course.id, []) if entry.on <= DAY]
        passes = [entry.on for entry in known if entry.kind is EntryKind.PASSED]
        if passes and _still_valid(max(passes), course.validity_months):
            valid, total = valid + 1, total + 1
        elif any(entry.kind is EntryKind.WAIVED for entry in known):
            continue
        elif (DAY - person.joined_on).days >= 30:
            total += 1
    return valid, total


def _still_valid(passed: dt.date, months: int) -> bool:
    """DAY is the first of a month, which every month has: no short months to mind."""
    age = (DAY.year - passed.year) * 12 + DAY.month - passed.month
    return age < months or (age == months and passed.day >= DAY.day)


@given(staff)
def test_the_rate_of_a_dealership_is_the_sum_of_valid_over_the_sum_of_required(group):
    trainings = [training_on(person, held, KNOWN, DAY) for person, held in group]
    pairs = [by_hand(person, held) for person, held in group]
    valid, total = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    overview = overview_of(trainings)
    assert (overview.valid, overview.counted) == (valid, total)
    assert overview.rate == (Fraction(valid, total) if total else None)


@given(staff)
def test_the_rate_of_a_person_is_valid_over_required(group):
    for person, held in group:
        valid, total = by_hand(person, held)
        rate = training_on(person, held, KNOWN, DAY).rate
        assert rate == (Fraction(valid, total) if total else None)


@given(staff)
def test_the_counts_by_state_hold_each_required_course_of_each_person_once(group):
    trainings = [training_on(person, held, KNOWN, DAY) for person, held in group]
    required = sum(len(KNOWN.required_of(person.roles)) for person, _held in group)
    counts = overview_of(trainings).counts
    assert sum(counts.values()) == required
    assert counts[State.NOT_REQUIRED] == 0
