"""A spider chart: one axis for each factor."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from csiapp.core.charts import svg
from csiapp.core.charts.reading import Reading, dot, in_words, pairs_text, share
from csiapp.core.charts.svg import BRAND, GRID, MUTED, Anchor, num


def radar(
    readings: Sequence[Reading],
    *,
    uid: str,
    title: str,
    maximum: float = 100,
    width: float = 480,
    height: float = 340,
) -> Markup:
    """A spider chart of three or more readings."""
    if len(readings) < 3:
        raise ValueError("a radar needs at least three axes")
    cx, cy, radius = width / 2, height / 2 + 4, height / 2 - 48
    turn = 2 * math.pi / len(readings)

    def at(part: float, index: int) -> tuple[float, float]:
        angle = turn * index
        return cx + radius * part * math.sin(angle), cy - radius * part * math.cos(angle)

    corners = range(len(readings))
    rings = "".join(
        f'<polygon class="c-grid" points="{pairs_text(at(ring, i) for i in corners)}" '
        f'fill="none" stroke="{GRID}"/>'
        for ring in (0.25, 0.5, 0.75, 1)
    )
    spokes = "".join(f"M{num(cx)} {num(cy)}L{num(at(1, i)[0])} {num(at(1, i)[1])}" for i in corners)
    body = f'{rings}<path class="c-grid" d="{spokes}" stroke="{GRID}" fill="none"/>'
    body += "".join(
        svg.text(num(maximum * k), cx + 4, cy - radius * k + 10, size=9, fill=MUTED, css="c-muted")
        for k in (0.5, 1)
    )
    own = [at(share(r.value, maximum), i) for i, r in enumerate(readings) if r.value is not None]
    if len(own) >= 3:
        body += (
            f'<polygon class="c-area" points="{pairs_text(own)}" fill="{BRAND}" '
            f'fill-opacity="0.16" stroke="{BRAND}" stroke-width="2" stroke-linejoin="round"/>'
        )
    body += "".join(dot(x, y, 3) for x, y in own)
    body += "".join(
        _axis_label(r, turn * i, cx=cx, cy=cy, radius=radius, width=width)
        for i, r in enumerate(readings)
    )
    return svg.figure(width, height, uid=uid, title=title, desc=in_words(readings), body=body)


def _axis_label(
    reading: Reading, angle: float, *, cx: float, cy: float, radius: float, width: float
) -> str:
    """The axis name in up to two lines and its value in bold, outside the outer ring."""
    sine, cosine = math.sin(angle), math.cos(angle)
    x, y = cx + (radius + 10) * sine, cy - (radius + 10) * cosine
    anchor: Anchor = "middle" if abs(sine) < 0.2 else "start" if sine > 0 else "end"
    room = {"middle": width / 2, "start": width - x - 2, "end": x - 2}[anchor]
    lines = svg.wrap(reading.label, room, 12)
    # Above the ring the block ends at the point, below it begins there, beside it is centred.
    if cosine > 0.5:
        y -= 14 * len(lines) + 2
    elif cosine < -0.5:
        y += 10
    else:
        y -= 14 * (len(lines) - 1)
    body = "".join(svg.text(line, x, y + 14 * i, anchor=anchor) for i, line in enumerate(lines))
    return body + svg.text(
        reading.printed,
        x,
        y + 14 * len(lines),
        size=13,
        fill=BRAND,
        anchor=anchor,
        bold=True,
        css="c-brand-ink",
    )
