"""What a person holds of a course on a day, derived from dated entries and never stored.

The periods are ``rules`` of the reference training catalogue. Entries of the day itself count.
"""

from __future__ import annotations

import calendar
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

EXPIRING_DAYS = 30
GRACE_DAYS = 30


class EntryKind(StrEnum):
    ASSIGNED = "assigned"
    STARTED = "started"
    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    VOIDED = "voided"


class State(StrEnum):
    NOT_REQUIRED = "not_required"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WAIVED = "waived"


VALID = frozenset({State.PASSED, State.EXPIRING})
HELD = VALID | {State.WAIVED}


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated fact about one person and one course. ``id`` is needed where an entry of kind
    ``voided`` takes it back by ``voids``: it then counts as never made, on any day."""

    kind: EntryKind
    on: date
    id: Hashable = None
    voids: Hashable = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One course of one person on a day. ``expires_on`` is the last day a pass is valid,
    ``None`` without a pass. ``counts``: whether it is part of the completion rate."""

    state: State
    expires_on: date | None
    required: bool
    counts: bool

    @property
    def valid(self) -> bool:
        return self.state in VALID


def standing(
    entries: Iterable[Entry],
    day: date,
    *,
    required: bool,
    validity_months: int,
    joined_on: date,
) -> Standing:
    """Derive the state on ``day``.

    A pass is valid through the same day ``validity_months`` later; in its last 30 days it is
    expiring. A valid pass outweighs a later failed attempt; then come a waiver, an attempt in
    progress, a failed last attempt, an expired pass, and an open assignment. Entries of a course
    that is not required are shown, but never lacking. An open requirement counts only from 30
    days after joining; a waived one does not count.
    """
    known = [entry for entry in standing_entries(entries) if entry.on <= day]
    passes = [entry.on for entry in known if entry.kind == EntryKind.PASSED]
    expires_on = add_months(max(passes), validity_months) if passes else None
    state = _state(known, day, expires_on)
    if state == State.ASSIGNED and not required:
        state = State.NOT_REQUIRED
    settled = state in VALID or day >= joined_on + timedelta(days=GRACE_DAYS)
    counts = required and state != State.WAIVED and settled
    return Standing(state, expires_on, required, counts)


def lacked_on(entries: Iterable[Entry], day: date, *, validity_months: int) -> bool:
    """Whether somebody who had to hold the course did not hold it on that day. A fact about the
    day: the grace after joining does not change it; a waiver does."""
    found = standing(
        entries, day, required=True, validity_months=validity_months, joined_on=date.min
    )
    return found.state not in HELD


def completion_rate(standings: Iterable[Standing]) -> Fraction | None:
    """Valid passed required courses over required ones: of one person, or of a dealership when
    the standings of all its staff are given. ``None`` when nothing counts."""
    counted = [item for item in standings if item.counts]
    if not counted:
        return None
    return Fraction(sum(item.valid for item in counted), len(counted))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def standing_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Those that were not taken back, without the ones that take back."""
    given = list(entries)
    voided = {entry.voids for entry in given if entry.kind == EntryKind.VOIDED}
    return [
        entry
        for entry in given
        if entry.kind != EntryKind.VOIDED and (entry.id is None or entry.id not in voided)
    ]


def _state(known: Sequence[Entry], day: date, expires_on: date | None) -> State:
    if expires_on is not None and day <= expires_on:
        last_days = expires_on - timedelta(days=EXPIRING_DAYS)
        return State.EXPIRING if day >= last_days else State.PASSED
    if any(entry.kind == EntryKind.WAIVED for entry in known):
        return State.WAIVED
    last = _last(known, {EntryKind.STARTED, EntryKind.PASSED, EntryKind.FAILED})
    if last == EntryKind.STARTED:
        return State.IN_PROGRESS
    if last == EntryKind.FAILED:
        return State.FAILED
    return State.EXPIRED if expires_on is not None else State.ASSIGNED


def _last(known: Sequence[Entry], kinds: set[EntryKind]) -> EntryKind | None:
    """The latest kind; on one day a result comes after a start, and a pass after a failure."""
    order = (EntryKind.STARTED, EntryKind.FAILED, EntryKind.PASSED)
    found = [(entry.on, order.index(entry.kind)) for entry in known if entry.kind in kinds]
    return order[max(found)[1]] if found else None
