"""A line over waves or months."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import SupportsFloat

from markupsafe import Markup

from csiapp.core.charts import svg
from csiapp.core.charts.reading import Reading, dot, in_words, pairs_text
from csiapp.core.charts.svg import BRAND, GRID, MUTED, REFERENCE, num


def trend(
    readings: Sequence[Reading],
    *,
    uid: str,
    title: str,
    maximum: float = 1000,
    width: float = 560,
    height: float = 240,
) -> Markup:
    """A line over equal steps in time; missing values break it. The scale fits the values."""
    left, right, top, bottom = 44.0, width - 20, 20.0, height - 34
    known = [float(r.value) for r in readings if r.value is not None]
    low, high, step = _scale(known, maximum)
    # the first and the last name stand half outside the line's ends
    inset = max(12.0, _widest(readings) / 2 - 16)
    gap = (right - left - 2 * inset) / max(1, len(readings) - 1)

    def at(index: int, value: SupportsFloat) -> tuple[float, float]:
        x = left + inset + index * gap if len(readings) > 1 else (left + right) / 2
        return x, bottom - (bottom - top) * (float(value) - low) / (high - low)

    body = ""
    for mark in _marks(low, high, step):
        y = at(0, mark)[1]
        body += (
            f'<path class="c-grid" d="M{num(left)} {num(y)}H{num(right)}" stroke="{GRID}" '
            f'fill="none"/>'
        )
        body += svg.text(num(mark), left - 8, y + 4, fill=MUTED, anchor="end", css="c-muted")
    for run in _runs(readings):
        points = pairs_text(at(i, value) for i, value in run)
        body += (
            f'<polyline class="c-line" points="{points}" fill="none" stroke="{BRAND}" '
            f'stroke-width="2.5" stroke-linejoin="round"/>'
        )
    body += _breaks(readings, at, top, bottom)
    body += _trend_labels(readings, at, gap, bottom)
    return svg.figure(width, height, uid=uid, title=title, desc=in_words(readings), body=body)


def _breaks(
    readings: Sequence[Reading],
    at: Callable[[int, SupportsFloat], tuple[float, float]],
    top: float,
    bottom: float,
) -> str:
    """A dashed upright with its word on top, where two stretches cannot be compared."""
    body = ""
    for index, reading in enumerate(readings):
        if reading.breaks:
            x = at(index, 0)[0]
            body += (
                f'<path class="c-reference" d="M{num(x)} {num(top)}V{num(bottom)}" '
                f'stroke="{REFERENCE}" stroke-width="1.5" stroke-dasharray="2 4" fill="none"/>'
            )
            body += svg.text(reading.label, x, top - 7, fill=MUTED, anchor="middle", css="c-muted")
    return body


def _trend_labels(
    readings: Sequence[Reading],
    at: Callable[[int, SupportsFloat], tuple[float, float]],
    gap: float,
    bottom: float,
) -> str:
    """Dots, values clear of the line, and as many names under the axis as fit side by side."""
    every = max(1, math.ceil((_widest(readings) + 8) / gap)) if gap else 1
    body = ""
    for index, reading in enumerate(readings):
        from_end = len(readings) - 1 - index
        if from_end % every == 0 and not reading.breaks:
            x = at(index, 0)[0]
            body += svg.text(
                reading.label, x, bottom + 20, fill=MUTED, anchor="middle", css="c-muted"
            )
        if reading.value is not None:
            x, y = at(index, reading.value)
            body += dot(x, y, 3.5)
            if from_end % every == 0:
                label_y = y + 18 if _is_low(readings, index) else y - 9
                body += svg.text(reading.printed, x, label_y, anchor="middle", bold=True)
    return body


def _widest(readings: Sequence[Reading]) -> float:
    named = (reading.label for reading in readings if not reading.breaks)
    return max((svg.text_width(label, 12) for label in named), default=0.0)


def _is_low(readings: Sequence[Reading], index: int) -> bool:
    """Whether the line leaves this point upwards, so that its value belongs below it."""
    here = readings[index].value
    beside = [r.value for r in readings[max(0, index - 1) : index + 2] if r is not readings[index]]
    known = [float(value) for value in beside if value is not None]
    return here is not None and bool(known) and all(value > float(here) for value in known)


def _runs(readings: Sequence[Reading]) -> list[list[tuple[int, SupportsFloat]]]:
    """Consecutive known values with their positions: one polyline for each."""
    runs: list[list[tuple[int, SupportsFloat]]] = []
    open_run = False
    for index, reading in enumerate(readings):
        if reading.value is None:
            open_run = False
            continue
        if not open_run:
            runs.append([])
            open_run = True
        runs[-1].append((index, reading.value))
    return [run for run in runs if len(run) > 1]


def _scale(values: Sequence[float], maximum: float) -> tuple[float, float, float]:
    """Round lower and upper ends that hold all values, and the step between grid lines."""
    if not values:
        return 0.0, maximum, maximum / 4
    spread = max(max(values) - min(values), maximum / 20)
    step = next(
        s for s in (maximum * k for k in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)) if spread <= 4 * s
    )
    # a third of a step below the lowest point is free for its value
    low = max(0.0, math.floor((min(values) - step / 3) / step) * step)
    high = min(maximum, math.ceil(max(values) / step) * step)
    return (low, high, step) if high > low else (max(0.0, low - step), low or step, step)


def _marks(low: float, high: float, step: float) -> list[float]:
    return [low + step * k for k in range(int((high - low) / step + 1e-9) + 1)]
