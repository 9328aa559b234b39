"""What costs the network most points, led to the step, the course and the people. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Loss:
    """`findings` findings on one standard that cost `points` index points each; in
    `critical` of them a critical item failed."""

    standard: str
    points: Fraction
    findings: int
    critical: int


@dataclass(frozen=True, slots=True)
class Cost:
    """All losses on one standard. `share` is its part of all points lost in the wave."""

    standard: str
    points: Fraction
    share: Fraction
    findings: int
    critical: int


def costliest(losses: Iterable[Loss], at_most: int) -> list[Cost]:
    """The standards that cost most points, the costliest first."""
    by_standard: dict[str, list[Loss]] = defaultdict(list)
    for loss in losses:
        by_standard[loss.standard].append(loss)
    points = {
        standard: sum((loss.points * loss.findings for loss in own), Fraction(0))
        for standard, own in by_standard.items()
    }
    total = sum(points.values(), Fraction(0))
    found = [
        Cost(
            standard=standard,
            points=points[standard],
            share=points[standard] / total,
            findings=sum(loss.findings for loss in own),
            critical=sum(loss.critical for loss in own),
        )
        for standard, own in by_standard.items()
        if points[standard]
    ]
    return sorted(found, key=lambda cost: (-cost.points, cost.standard))[:at_most]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the newest finding on a standard at a dealership leads. `gap` is as stored: for
    each course and role, how many were on staff on the day and how many of them lacked it."""

    standard: str
    dealership: int
    step: str
    courses: Sequence[str]
    gap: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Lack:
    """People of one role without one course on the day of the visit, over all dealerships
    with a finding; each dealership counts once, with its newest visit."""

    course: str
    role: str
    lacked: int
    staff: int


@dataclass(frozen=True, slots=True)
class Chain:
    """A costly standard with what it leads to. `lacks` hold also roles in which nobody
    lacked the course."""

    cost: Cost
    step: str
    dealerships: int
    courses: tuple[str, ...]
    lacks: tuple[Lack, ...]


def chains(costs: Iterable[Cost], traces: Iterable[Trace]) -> list[Chain]:
    """Each cost with its chain. There is one trace for each standard and dealership, those of
    the newest visits first."""
    by_standard: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        by_standard[trace.standard].append(trace)
    return [_chain(cost, by_standard[cost.standard]) for cost in costs]


def _chain(cost: Cost, traces: Sequence[Trace]) -> Chain:
    return Chain(
        cost=cost,
        step=traces[0].step if traces else "",
        dealerships=len(traces),
        courses=tuple(sorted({course for trace in traces for course in trace.courses})),
        lacks=tuple(_lacks(traces)),
    )


def _lacks(traces: Iterable[Trace]) -> list[Lack]:
    """Those that most people lacked first."""
    lacked: Counter[tuple[str, str]] = Counter()
    staff: Counter[tuple[str, str]] = Counter()
    for trace in traces:
        for gap in trace.gap:
            key = gap["course"], gap["role"]
            lacked[key] += gap["lacked"]
            staff[key] += gap["staff"]
    found = [
        Lack(course, role, lacked[course, role], staff[course, role]) for course, role in staff
    ]
    return sorted(found, key=lambda lack: (-lack.lacked, lack.course, lack.role))
