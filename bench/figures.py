"""Figures with names, and the little statistics that the benchmarks need."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

Figures = dict[str, float]
"""Flat, as var/bench.json holds them: name -> number. The name ends with the unit."""


def p50(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The smallest value that 95 percent of all do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, -(-95 * len(ranked) // 100) - 1)]


def geometric_mean(values: Sequence[float]) -> float:
    return statistics.geometric_mean(values)


Clock = Callable[[], float]
"""Seconds: `time.perf_counter` of the wall, `time.process_time` of the processor."""


def timed(work: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """How long the work took, in ms."""
    start = clock()
    work()
    return (clock() - start) * 1000


def paired(
    first: Callable[[], object],
    second: Callable[[], object],
    rounds: int,
    clock: Clock = time.perf_counter,
) -> tuple[list[float], list[float]]:
    """Times of both in ms, in turn, so that whatever else the machine does meets both. The
    first to go changes with each round; one round before is not counted."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        order = ((0, first), (1, second)) if number % 2 else ((1, second), (0, first))
        for place, work in order:
            took = timed(work, clock)
            if number:
                times[place].append(took)
    return times


def ratio(first: Sequence[float], second: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return p50([a / b for a, b in zip(first, second, strict=True)])
