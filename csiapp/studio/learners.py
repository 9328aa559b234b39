"""People on staff by what they must hold and do hold, without their names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody on staff: job roles, and the codes of courses that must be, and are, held.
    `passed` is the day of the last pass of each."""

    roles: frozenset[str]
    required: frozenset[str]
    held: frozenset[str]
    passed: Mapping[str, dt.date] = field(default_factory=dict)

    def knows(self, courses: Collection[str]) -> bool:
        """Holds each of these courses that the person must hold; where none must be, one."""
        must = self.required.intersection(courses)
        return must <= self.held if must else not self.held.isdisjoint(courses)


class Part(NamedTuple):
    """So many of so many."""

    done: int
    total: int


def trained_part(
    people: Iterable[Learner],
    roles: Collection[str],
    courses: Collection[str],
    since: dt.date | None = None,
) -> Part:
    """Of the courses that people in these roles must hold, how many they hold; with `since`, how
    many they passed on that day or later, because the standards behind them changed then."""
    done = total = 0
    for person in people:
        if person.roles.isdisjoint(roles):
            continue
        for course in person.required.intersection(courses):
            total += 1
            anew = since is None or person.passed.get(course, dt.date.min) >= since
            done += course in person.held and anew
    return Part(done, total)
