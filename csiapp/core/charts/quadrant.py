"""Importance against what was found: what to improve first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import SupportsFloat

from markupsafe import Markup, escape

from csiapp.core.charts import svg
from csiapp.core.charts.reading import clamp
from csiapp.core.charts.svg import AXIS, BRAND, GRID, MUTED, Anchor, num

RADIUS = 12.0
STEP = 2 * RADIUS + 3
"""From one mark to the next where they would cover each other."""
MOST_ROWS = 8
"""So many marks stand above each other on one level; more become one mark with their number."""
LEFT, RIGHT, TOP, BOTTOM = 58.0, 14.0, 30.0, 84.0
LEAST_LANE = 56.0
NARROW = 480.0
"""Below this width the title of the scale stands on a line of its own."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One item: `level` is its importance, a whole number; `strong` marks are filled."""

    number: int
    label: str
    level: int
    value: SupportsFloat
    url: str = ""
    strong: bool = True


@dataclass(frozen=True, slots=True)
class QuadrantWords:
    """The captions of the four fields and of the two axes."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    x_axis: str
    y_axis: str


@dataclass(slots=True)
class _Spot:
    """Where one mark stands in its lane, or several that found no room."""

    x: float
    row: int
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Plot:
    """The plotted field: levels from the top down, each with the middle of its lane."""

    left: float
    right: float
    top: float
    bottom: float
    middles: Mapping[int, float]
    edges: Mapping[int, float]
    low: float
    high: float

    def x(self, value: SupportsFloat) -> float:
        """Marks at either end stand whole inside the field."""
        inner = self.right - self.left - 2 * RADIUS - 4
        share = clamp((float(value) - self.low) / (self.high - self.low))
        return self.left + RADIUS + 2 + inner * share


def quadrant(
    marks: Sequence[Mark],
    words: QuadrantWords,
    *,
    uid: str,
    title: str,
    cross: tuple[SupportsFloat, SupportsFloat],
    low: float = 0,
    high: float = 100,
    unit: str = "",
    more_url: str = "",
    width: float = 760,
) -> Markup:
    """A lane for every level of importance, and the value along it. `cross` is (value,
    importance): a level at or above it counts as high, so the line runs below that lane.

    Numbers stand for the items; a list beside the chart says which. Marks that would cover each
    other move up or down within their lane, never along the scale. A mark with a `url` is a
    link; what finds no room becomes one mark, which says how many, and leads to `more_url`.
    """
    lanes = _lanes(marks, low, high, width)
    plot = _plot(lanes, low, high, width)
    height = plot.bottom + BOTTOM - 30 + _drop(width)
    body = _fields(plot, cross) + _scale(plot, unit) + _captions(words, plot)
    for level, spots in lanes.items():
        for spot in spots:
            y = plot.middles[level] + spot.row * STEP
            body += _mark(spot, y, more_url)
    said = "; ".join(f"{m.number} {m.label}: {num(float(m.value))}{unit}, {m.level}" for m in marks)
    linked = any(mark.url for mark in marks)
    return svg.figure(
        width,
        height,
        uid=uid,
        title=title,
        desc=said,
        body=body,
        role="group" if linked else "img",
    )


def _lanes(marks: Sequence[Mark], low: float, high: float, width: float) -> dict[int, list[_Spot]]:
    """The spots of every level between the least and the greatest, the greatest first."""
    by_level: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_level[mark.level].append(mark)
    if not by_level:
        return {}
    flat = _Plot(LEFT, width - RIGHT, 0, 0, {}, {}, low, high)
    return {
        level: _spots(by_level[level], flat)
        for level in range(max(by_level), min(by_level) - 1, -1)
    }


def _spots(marks: Sequence[Mark], plot: _Plot) -> list[_Spot]:
    """Along the scale; each takes the row nearest the middle in which there is room."""
    placed: list[_Spot] = []
    last: dict[int, _Spot] = {}
    for mark in sorted(marks, key=lambda mark: (float(mark.value), mark.number)):
        x = plot.x(mark.value)
        free = (row for row in _rows() if row not in last or x - last[row].x >= STEP)
        row = next(free, None)
        if row is None:
            max(last.values(), key=lambda spot: (len(spot.marks), spot.x)).marks.append(mark)
            continue
        last[row] = _Spot(x, row, [mark])
        placed.append(last[row])
    return placed


def _rows() -> Iterator[int]:
    """0, -1, 1, -2, 2, and so on."""
    yield 0
    for distance in range(1, MOST_ROWS // 2 + 1):
        yield -distance
        if 2 * distance < MOST_ROWS:
            yield distance


def _plot(lanes: Mapping[int, Sequence[_Spot]], low: float, high: float, width: float) -> _Plot:
    y = TOP
    middles: dict[int, float] = {}
    edges: dict[int, float] = {}
    for level, spots in lanes.items():
        rows = [spot.row for spot in spots] or [0]
        above, below = -min(rows), max(rows)
        tall = max(LEAST_LANE, (above + below + 1) * STEP + 14)
        spare = (tall - (above + below + 1) * STEP) / 2
        middles[level] = y + spare + (above + 0.5) * STEP
        y += tall
        edges[level] = y
    return _Plot(LEFT, width - RIGHT, TOP, max(y, TOP + 60), middles, edges, low, high)


def _fields(plot: _Plot, cross: tuple[SupportsFloat, SupportsFloat]) -> str:
    """The four fields, the lines between the levels and the crosshair."""
    x = plot.x(cross[0])
    important = [edge for level, edge in plot.edges.items() if level >= float(cross[1])]
    y = max(important, default=plot.top)
    fields: list[tuple[float, float, float, float, str, str]] = [
        (plot.left, plot.top, x, y, "#fdecea", "c-field-poor"),
        (x, plot.top, plot.right, y, "#e8f5ee", "c-field-good"),
        (plot.left, y, x, plot.bottom, "#f2f4f7", "c-field-plain"),
        (x, y, plot.right, plot.bottom, "#eef4fb", "c-field-brand"),
    ]
    body = "".join(
        f'<rect class="{css}" x="{num(left)}" y="{num(top)}" width="{num(right - left)}" '
        f'height="{num(bottom - top)}" fill="{fill}"/>'
        for left, top, right, bottom, fill, css in fields
    )
    between = "".join(f"M{num(plot.left)} {num(e)}H{num(plot.right)}" for e in plot.edges.values())
    body += f'<path class="c-grid" d="{between}" stroke="{GRID}" fill="none"/>'
    return body + (
        f'<path class="c-axis" d="M{num(x)} {num(plot.top)}V{num(plot.bottom)}M{num(plot.left)} '
        f"{num(y)}H{num(plot.right)}M{num(plot.left)} {num(plot.top)}H{num(plot.right)}"
        f'V{num(plot.bottom)}H{num(plot.left)}Z" stroke="{AXIS}" stroke-width="1.5" fill="none"/>'
    )


def _scale(plot: _Plot, unit: str) -> str:
    """Five values below the field, and the level beside each lane."""
    body = ""
    for part in range(5):
        value = plot.low + (plot.high - plot.low) * part / 4
        body += svg.text(
            f"{num(value)}{unit}", plot.x(value), plot.bottom + 16, anchor="middle", fill=MUTED,
            css="c-muted",
        )  # fmt: skip
    for level, middle in plot.middles.items():
        body += svg.text(str(level), plot.left - 10, middle + 5, anchor="end", size=14, bold=True)
    return body


def _captions(words: QuadrantWords, plot: _Plot) -> str:
    """Captions above and below the field, where no mark can lie, and the axis titles."""
    low = plot.bottom + 36
    captions: list[tuple[float, float, str, str, Anchor, str]] = [
        (plot.left, plot.top - 10, words.top_left, "#b3261e", "start", "c-poor-ink"),
        (plot.right, plot.top - 10, words.top_right, "#13703b", "end", "c-good-ink"),
        (plot.left, low, words.bottom_left, MUTED, "start", "c-muted"),
        (plot.right, low, words.bottom_right, BRAND, "end", "c-brand-ink"),
    ]
    body = "".join(
        svg.text(said, x, y, fill=fill, anchor=anchor, bold=True, size=13, css=css)
        for x, y, said, fill, anchor, css in captions
    )
    middle = (plot.left + plot.right) / 2
    axis = low + _drop(plot.right + RIGHT)
    body += svg.text(f"{words.x_axis} →", middle, axis, anchor="middle", size=13)
    turned = f"translate(20 {num((plot.top + plot.bottom) / 2)}) rotate(-90)"
    return body + svg.text(f"{words.y_axis} →", 0, 0, anchor="middle", size=13, transform=turned)


def _drop(width: float) -> float:
    """How far the title of the scale stands below the captions."""
    return 0 if width >= NARROW else 22


def _mark(spot: _Spot, y: float, more_url: str) -> str:
    """A numbered circle, as a link where it leads somewhere."""
    first, several = spot.marks[0], len(spot.marks) > 1
    strong = all(mark.strong for mark in spot.marks)
    shown = f"+{len(spot.marks)}" if several else str(first.number)
    said = "; ".join(f"{mark.number} {mark.label}" for mark in spot.marks)
    fill, ink = (BRAND, "#ffffff") if strong else ("#ffffff", BRAND)
    css = "c-mark" if strong else "c-mark c-mark-hollow"
    body = (
        f"<title>{escape(said)}</title>"
        f'<circle class="{css}" cx="{num(spot.x)}" cy="{num(y)}" r="{num(RADIUS)}" fill="{fill}" '
        f'stroke="{BRAND}" stroke-width="1.5"/>'
    )
    ink_css = "c-mark-ink" if strong else "c-mark-ink c-mark-ink-hollow"
    body += svg.text(
        shown, spot.x, y + 4, size=11, anchor="middle", fill=ink, bold=True, css=ink_css
    )
    url = more_url if several else first.url
    if not url:
        return f"<g>{body}</g>"
    return f'<a href="{escape(url)}" aria-label="{escape(said)}">{body}</a>'
