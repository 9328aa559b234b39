"""Importance against satisfaction: what to improve first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import SupportsFloat

from markupsafe import Markup

from csiapp.core.charts import labels, svg
from csiapp.core.charts.reading import clamp, dot
from csiapp.core.charts.svg import AXIS, BRAND, MUTED, Anchor, num


@dataclass(frozen=True)
class Point:
    """A labelled point of the quadrant chart."""

    label: str
    x: SupportsFloat
    y: SupportsFloat


@dataclass(frozen=True)
class QuadrantWords:
    """The captions of the four fields and of the two axes."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    x_axis: str
    y_axis: str


def quadrant(
    points: Sequence[Point],
    words: QuadrantWords,
    *,
    uid: str,
    title: str,
    desc: str = "",
    low: float = 1,
    high: float = 5,
    width: float = 520,
    height: float = 400,
) -> Markup:
    """Two scales from low to high, split in the middle; captions stand outside the field."""
    left, right, top, bottom = 58.0, width - 14, 28.0, height - 66
    mid_x, mid_y = (left + right) / 2, (top + bottom) / 2
    half_w, half_h = (right - left) / 2, (bottom - top) / 2
    fields: list[tuple[float, float, str, str]] = [
        (left, top, "#fdecea", "c-field-poor"),
        (mid_x, top, "#e8f5ee", "c-field-good"),
        (left, mid_y, "#f2f4f7", "c-field-plain"),
        (mid_x, mid_y, "#eef4fb", "c-field-brand"),
    ]
    body = "".join(
        f'<rect class="{css}" x="{num(x)}" y="{num(y)}" width="{num(half_w)}" '
        f'height="{num(half_h)}" fill="{fill}"/>'
        for x, y, fill, css in fields
    )
    body += (
        f'<path class="c-axis" d="M{num(mid_x)} {num(top)}V{num(bottom)}M{num(left)} {num(mid_y)}'
        f'H{num(right)}M{num(left)} {num(top)}H{num(right)}V{num(bottom)}H{num(left)}Z" '
        f'stroke="{AXIS}" fill="none"/>'
    )
    body += _captions(words, labels.Box(left, top, right, bottom), height)

    def place(point: Point) -> tuple[float, float, str]:
        share_x = clamp((float(point.x) - low) / (high - low))
        share_y = clamp((float(point.y) - low) / (high - low))
        return left + (right - left) * share_x, bottom - (bottom - top) * share_y, point.label

    spots = [place(point) for point in points]
    frame = labels.Box(left + 2, top + 2, right - 2, bottom - 2)
    for (x, y, label), spot in zip(spots, labels.place_labels(spots, frame), strict=True):
        body += dot(x, y, 4.5) + svg.text(label, spot.x, spot.y, anchor=spot.anchor)
    said = desc or "; ".join(f"{p.label}: {num(float(p.x))}, {num(float(p.y))}" for p in points)
    return svg.figure(width, height, uid=uid, title=title, desc=said, body=body)


def _captions(words: QuadrantWords, field: labels.Box, height: float) -> str:
    """Captions above and below the field, where no point can lie, and the axis titles."""
    captions: list[tuple[float, float, str, str, Anchor, str]] = [
        (field.left, field.top - 9, words.top_left, "#b3261e", "start", "c-poor-ink"),
        (field.right, field.top - 9, words.top_right, "#13703b", "end", "c-good-ink"),
        (field.left, field.bottom + 18, words.bottom_left, MUTED, "start", "c-muted"),
        (field.right, field.bottom + 18, words.bottom_right, BRAND, "end", "c-brand-ink"),
    ]
    body = "".join(
        svg.text(said, x, y, fill=fill, anchor=anchor, bold=True, css=css)
        for x, y, said, fill, anchor, css in captions
    )
    body += svg.text(
        f"{words.x_axis} →", (field.left + field.right) / 2, height - 14, anchor="middle", size=12
    )
    middle = (field.top + field.bottom) / 2
    return body + svg.text(
        f"{words.y_axis} →",
        0,
        0,
        anchor="middle",
        size=12,
        transform=f"translate(22 {num(middle)}) rotate(-90)",
    )
