"""A shopper comes back to a dealership only after a while (life of an audit, stage 3). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """The days, both included, on which a visit happened or may happen."""

    first: date
    last: date

    def moved_to(self, first: date) -> Span:
        return Span(first, first + (self.last - self.first))

    def days_apart(self, other: Span) -> int:
        """Days between the nearest days of the two; 0 where they overlap."""
        if other.first > self.last:
            return (other.first - self.last).days
        return max(0, (self.first - other.last).days)


def too_close(visits: Iterable[Span], planned: Span, min_days: int) -> list[Span]:
    """The shopper's other visits that lie less than ``min_days`` from the planned one."""
    return [visit for visit in visits if planned.days_apart(visit) < min_days]


def next_free_day(visits: Collection[Span], planned: Span, min_days: int) -> date:
    """The first day, not before the planned one, on which a visit as long as planned may begin."""
    while near := too_close(visits, planned, min_days):
        planned = planned.moved_to(max(visit.last for visit in near) + timedelta(days=min_days))
    return planned.first
