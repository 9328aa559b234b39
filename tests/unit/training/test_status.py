"""Training states derived from dated entries by the catalogue's rules."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.training.status import (
    HELD,
    Entry,
    EntryKind,
    Standing,
    State,
    add_months,
    completion_rate,
    lacked_on,
    standing,
)

pytestmark = pytest.mark.unit

LONG_AGO = date(2020, 1, 1)
DAY = date(2026, 3, 15)
YEAR = 12


def entry(kind: EntryKind, days_ago: int, **ids: str) -> Entry:
    return Entry(kind, DAY - timedelta(days=days_ago), **ids)


ASSIGNED, STARTED, PASSED = EntryKind.ASSIGNED, EntryKind.STARTED, EntryKind.PASSED
FAILED, WAIVED, VOIDED = EntryKind.FAILED, EntryKind.WAIVED, EntryKind.VOIDED


def state_of(*entries: Entry, required: bool = True) -> State:
    return on_day(*entries, required=required).state


def on_day(
    *entries: Entry, required: bool = True, joined_on: date = LONG_AGO, day: date = DAY
) -> Standing:
    return standing(entries, day, required=required, validity_months=YEAR, joined_on=joined_on)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], State.ASSIGNED),
        ([entry(ASSIGNED, 5)], State.ASSIGNED),
        ([entry(ASSIGNED, 9), entry(STARTED, 5)], State.IN_PROGRESS),
        ([entry(PASSED, 100)], State.PASSED),
        ([entry(FAILED, 5)], State.FAILED),
        ([entry(FAILED, 9), entry(STARTED, 5)], State.IN_PROGRESS),
        ([entry(STARTED, 9), entry(FAILED, 5)], State.FAILED),
        ([entry(FAILED, 9), entry(PASSED, 9)], State.PASSED),
        ([entry(PASSED, 100), entry(FAILED, 5)], State.PASSED),  # a valid pass stays valid
        ([entry(PASSED, 340)], State.EXPIRING),
        ([entry(PASSED, 400)], State.EXPIRED),
        ([entry(PASSED, 400), entry(STARTED, 5)], State.IN_PROGRESS),
        ([entry(PASSED, 400), entry(FAILED, 5)], State.FAILED),
        ([entry(PASSED, 400), entry(PASSED, 100)], State.PASSED),
        ([entry(WAIVED, 5)], State.WAIVED),
        ([entry(PASSED, 400), entry(WAIVED, 5)], State.WAIVED),
        ([entry(PASSED, 100), entry(WAIVED, 5)], State.PASSED),
        ([entry(PASSED, -1)], State.ASSIGNED),  # tomorrow has not happened
    ],
)
def test_the_state_follows_from_the_entries(entries: list[Entry], state: State) -> None:
    assert state_of(*entries) == state
    assert state_of(*reversed(entries)) == state


def test_a_course_that_is_not_required_is_never_lacking() -> None:
    assert state_of(required=False) == State.NOT_REQUIRED
    assert state_of(entry(PASSED, 100), required=False) == State.PASSED
    assert not on_day(entry(PASSED, 100), required=False).counts


def test_a_pass_is_valid_through_its_last_day() -> None:
    passed = Entry(PASSED, date(2025, 3, 15))
    found = on_day(passed)
    assert (found.state, found.expires_on, found.valid) == (State.EXPIRING, DAY, True)
    assert on_day(passed, day=DAY + timedelta(days=1)).state == State.EXPIRED


def test_the_last_30_days_are_expiring() -> None:
    passed = Entry(PASSED, date(2025, 4, 14))  # valid through 14 April 2026
    assert on_day(passed, day=date(2026, 3, 14)).state == State.PASSED
    assert on_day(passed, day=date(2026, 3, 15)).state == State.EXPIRING


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 11, 30), 24, date(2026, 11, 30)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_months_added_land_in_the_right_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def test_a_voided_entry_was_never_made() -> None:
    wrong = entry(PASSED, 100, id="a")
    assert state_of(wrong, entry(VOIDED, 1, voids="a")) == State.ASSIGNED
    assert state_of(wrong, entry(VOIDED, 1, voids="b")) == State.PASSED
    assert lacked_on([wrong, entry(VOIDED, -5, voids="a")], DAY, validity_months=YEAR)


def test_an_open_requirement_counts_only_from_30_days_after_joining() -> None:
    for days, counts in ((29, False), (30, True)):
        joined = DAY - timedelta(days=days)
        assert on_day(joined_on=joined).counts == counts
        assert on_day(entry(FAILED, 1), joined_on=joined).counts == counts
        assert on_day(entry(PASSED, 1), joined_on=joined).counts


def test_completion_is_valid_passes_over_what_is_required() -> None:
    standings = [
        on_day(entry(PASSED, 100)),
        on_day(entry(PASSED, 340)),  # expiring still counts
        on_day(entry(PASSED, 400)),  # expired does not
        on_day(),
        on_day(entry(WAIVED, 1)),  # waived: neither above nor below the line
        on_day(required=False),
        on_day(joined_on=DAY),  # within the grace
    ]
    assert completion_rate(standings) == Fraction(2, 4)
    assert completion_rate([on_day(required=False)]) is None


def test_a_dealership_is_the_sum_over_its_staff_not_the_mean_of_rates() -> None:
    one = [on_day(entry(PASSED, 1))]
    other = [on_day(), on_day(), on_day()]
    assert completion_rate([*one, *other]) == Fraction(1, 4)


def test_lacking_is_a_fact_about_the_day() -> None:
    passed = [Entry(PASSED, date(2025, 6, 1))]
    for day, lacked in (
        (date(2025, 5, 31), True),
        (date(2025, 6, 1), False),
        (date(2026, 6, 1), False),
        (date(2026, 6, 2), True),
    ):
        assert lacked_on(passed, day, validity_months=YEAR) == lacked
    assert not lacked_on([entry(WAIVED, 1)], DAY, validity_months=YEAR)
    assert lacked_on([], DAY, validity_months=YEAR)


kinds = st.sampled_from([ASSIGNED, STARTED, PASSED, FAILED, WAIVED])
entries_of = st.lists(st.builds(entry, kinds, st.integers(-100, 900)), max_size=6)
days = st.integers(-200, 200).map(lambda after: DAY + timedelta(days=after))


@given(entries_of, days, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(entries: list[Entry], day: date, dice) -> None:
    shuffled = list(entries)
    dice.shuffle(shuffled)
    assert on_day(*shuffled, day=day) == on_day(*entries, day=day)


@given(entries_of, days)
def test_what_comes_later_does_not_change_the_past(entries: list[Entry], day: date) -> None:
    known = [item for item in entries if item.on <= day]
    assert on_day(*entries, day=day) == on_day(*known, day=day)


@given(entries_of, days, st.integers(1, 36))
def test_a_new_pass_makes_valid_for_as_long_as_it_lasts(
    entries: list[Entry], day: date, months: int
) -> None:
    with_pass = [*entries, Entry(PASSED, day)]
    for after in (day, add_months(day, months)):
        found = standing(
            with_pass, after, required=True, validity_months=months, joined_on=LONG_AGO
        )
        assert found.valid
        assert not lacked_on(with_pass, after, validity_months=months)


@given(entries_of, days)
def test_lacking_agrees_with_the_state(entries: list[Entry], day: date) -> None:
    found = on_day(*entries, day=day)
    assert lacked_on(entries, day, validity_months=YEAR) == (found.state not in HELD)


@given(st.lists(entries_of, max_size=6), days)
def test_a_rate_is_a_share_of_what_counts(people: list[list[Entry]], day: date) -> None:
    standings = [on_day(*entries, day=day) for entries in people]
    rate = completion_rate(standings)
    counted = [item for item in standings if item.counts]
    assert (rate is None) == (not counted)
    if rate is not None:
        assert rate * len(counted) == sum(item.valid for item in counted)
