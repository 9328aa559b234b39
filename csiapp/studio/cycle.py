"""Where a standard set stands in its cycle: train, check, announce, reward, review.

Follows rows 2-17 to 2-21 of the domain. What the product knows is derived; what it cannot know,
such as who was told and who was rewarded, is noted by people. The cycle of a version begins with
its publication: earlier notes belong to the version before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from csiapp.studio.learners import Part

REMIND_DAYS = 14
"""So many days before a review the managers are reminded."""


class Phase(StrEnum):
    TRAIN = "train"
    CHECK = "check"
    ANNOUNCE = "announce"
    REWARD = "reward"
    REVIEW = "review"


class Stand(StrEnum):
    DONE = "done"
    UNDER_WAY = "under_way"
    DUE = "due"
    LATE = "late"
    OPEN = "open"


class Noted(NamedTuple):
    """A note: which phase, and the day it is about."""

    phase: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Facts:
    """`published_on` is the first day of the version in force, None before the first one.
    `trained`: courses held of those that the roles concerned must hold for these standards.
    `results_on`: the days on which results of audits under this version were published."""

    today: dt.date
    published_on: dt.date | None
    train_by: dt.date | None
    trained: Part
    results_on: Sequence[dt.date]
    noted: Sequence[Noted]
    next_review_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PhaseState:
    """`last` is the day of the newest note of this cycle, `notes` how many there are."""

    phase: Phase
    stand: Stand
    notes: int
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Cycle:
    phases: Sequence[PhaseState]

    @property
    def current(self) -> Phase:
        """The first phase that is not done; the review closes the circle."""
        return next(
            (state.phase for state in self.phases if state.stand is not Stand.DONE), Phase.REVIEW
        )

    def of(self, phase: Phase) -> PhaseState:
        return next(state for state in self.phases if state.phase is phase)


def cycle(facts: Facts) -> Cycle:
    since = facts.published_on
    phases = []
    for phase in Phase:
        days = [
            note.on
            for note in facts.noted
            if note.phase == phase and since is not None and note.on >= since
        ]
        last = max(days, default=None)
        stand = Stand.OPEN if since is None else _STANDS[phase](facts, last)
        phases.append(PhaseState(phase, stand, len(days), last))
    return Cycle(phases)


def review_stand(next_review_on: dt.date | None, today: dt.date) -> Stand:
    """OPEN without a date, LATE after it, DUE shortly before, else UNDER_WAY: it is planned."""
    if next_review_on is None:
        return Stand.OPEN
    if next_review_on < today:
        return Stand.LATE
    soon = next_review_on - dt.timedelta(days=REMIND_DAYS)
    return Stand.DUE if today >= soon else Stand.UNDER_WAY


def _train(facts: Facts, last: dt.date | None) -> Stand:
    done, total = facts.trained
    if total and done == total:
        return Stand.DONE
    if facts.train_by is not None and facts.today > facts.train_by:
        return Stand.LATE
    return Stand.UNDER_WAY if done or last else Stand.OPEN


def _check(facts: Facts, last: dt.date | None) -> Stand:
    return Stand.DONE if facts.results_on or last else Stand.OPEN


def _announce(facts: Facts, last: dt.date | None) -> Stand:
    """Done once the newest results were announced; due while newer ones wait."""
    newest = max(facts.results_on, default=None)
    if last is not None and (newest is None or last >= newest):
        return Stand.DONE
    return Stand.OPEN if newest is None else Stand.DUE


def _reward(_facts: Facts, last: dt.date | None) -> Stand:
    return Stand.DONE if last else Stand.OPEN


def _review(facts: Facts, last: dt.date | None) -> Stand:
    planned = review_stand(facts.next_review_on, facts.today)
    return Stand.DONE if last and planned in {Stand.OPEN, Stand.UNDER_WAY} else planned


_STANDS = {
    Phase.TRAIN: _train,
    Phase.CHECK: _check,
    Phase.ANNOUNCE: _announce,
    Phase.REWARD: _reward,
    Phase.REVIEW: _review,
}
