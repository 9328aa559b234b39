"""Horizontal bars: one row for each step, factor or dealership."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from csiapp.core.charts import svg
from csiapp.core.charts.reading import TONES, Reading, in_words, share
from csiapp.core.charts.svg import num


def bars(
    readings: Sequence[Reading],
    *,
    uid: str,
    title: str,
    maximum: float = 100,
    width: float = 560,
    label_width: float = 190,
    row: float = 34,
) -> Markup:
    """Horizontal bars from 0 to maximum, label left and value right.

    Labels take the room of the longest one, at most `label_width`, in up to two lines.
    """
    size = 12
    longest = max((svg.text_width(reading.label, size) for reading in readings), default=0)
    label_width = min(label_width, longest + 4)
    left, right = label_width + 12, width - 52
    body = ""
    for index, reading in enumerate(readings):
        top = index * row
        middle = top + row / 2
        lines = svg.wrap(reading.label, label_width, size)
        first = middle + size * 0.35 - (len(lines) - 1) * size * 0.6
        for number, line in enumerate(lines):
            body += svg.text(
                line, label_width, first + number * size * 1.2, size=size, anchor="end"
            )
        body += (
            f'<rect class="c-track" x="{num(left)}" y="{num(middle - 7)}" '
            f'width="{num(right - left)}" height="14" rx="3" fill="#eef1f5"/>'
        )
        if reading.value is not None:
            length = (right - left) * share(reading.value, maximum)
            body += (
                f'<rect class="c-{reading.tone}" x="{num(left)}" y="{num(middle - 7)}" '
                f'width="{num(length)}" height="14" rx="3" fill="{TONES[reading.tone]}"/>'
            )
        body += svg.text(reading.printed, right + 8, middle + size * 0.35, size=size, bold=True)
    height = row * max(1, len(readings))
    return svg.figure(width, height, uid=uid, title=title, desc=in_words(readings), body=body)
