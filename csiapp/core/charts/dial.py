"""An index as a half circle."""

from __future__ import annotations

import math
from typing import SupportsFloat

from markupsafe import Markup

from csiapp.core.charts import svg
from csiapp.core.charts.reading import TONES, Reading, Tone, share
from csiapp.core.charts.svg import MUTED, num


def dial(
    value: SupportsFloat | None,
    *,
    uid: str,
    title: str,
    label: str = "",
    tone: Tone = "brand",
    maximum: float = 1000,
    size: float = 180,
) -> Markup:
    """A half circle filled to the value, the number inside it and a short label under it."""
    radius, stroke = size / 2 - 10, size / 13
    cx, cy = size / 2, size / 2
    printed = Reading(label, value).printed

    def arc(share: float) -> str:
        angle = math.pi * share
        x, y = cx - radius * math.cos(angle), cy - radius * math.sin(angle)
        return f"M{num(cx - radius)} {num(cy)}A{num(radius)} {num(radius)} 0 0 1 {num(x)} {num(y)}"

    body = (
        f'<path class="c-track-line" d="{arc(1)}" fill="none" stroke="#e4e9ef" '
        f'stroke-width="{num(stroke)}" stroke-linecap="round"/>'
    )
    if value is not None and float(value) > 0:
        body += (
            f'<path class="c-{tone}-line" d="{arc(share(value, maximum))}" fill="none" '
            f'stroke="{TONES[tone]}" stroke-width="{num(stroke)}" stroke-linecap="round"/>'
        )
    body += svg.text(printed, cx, cy - 2, size=size / 4.5, anchor="middle", bold=True)
    body += svg.text(
        label, cx, cy + size / 8, size=size / 12, fill=MUTED, anchor="middle", css="c-muted"
    )
    said = f"{printed} / {num(maximum)}" + (f" · {label}" if label else "")
    return svg.figure(size, size * 0.66, uid=uid, title=title, desc=said, body=body)
