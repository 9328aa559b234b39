"""What the charts are given, and the small sums they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, SupportsFloat

from csiapp.core.charts.svg import BRAND, num

Tone = Literal["brand", "good", "fair", "weak", "poor"]
TONES: dict[Tone, str] = {
    "brand": BRAND,
    "good": "#13703b",
    "fair": "#5f7a12",
    "weak": "#9a6700",
    "poor": "#b3261e",
}
NO_VALUE = "\u2013"


@dataclass(frozen=True)
class Reading:
    """One labelled value, and the text to print for it.

    One that `breaks` a line is no value: what stands before and after it cannot be compared,
    and its label says why. Made by :func:`line_break`.
    """

    label: str
    value: SupportsFloat | None
    text: str = ""
    tone: Tone = "brand"
    breaks: bool = False

    @property
    def printed(self) -> str:
        """The caller's text, else the bare number, else a dash."""
        if self.text:
            return self.text
        return NO_VALUE if self.value is None else num(float(self.value))


def line_break(why: object) -> Reading:
    """Where a line ends and begins anew."""
    return Reading(str(why), None, breaks=True)


def share(value: SupportsFloat | None, maximum: float) -> float:
    return 0.0 if value is None else clamp(float(value) / maximum)


def clamp(share: float) -> float:
    return min(1.0, max(0.0, share))


def pairs_text(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{num(x)},{num(y)}" for x, y in pairs)


def dot(x: float, y: float, radius: float) -> str:
    return f'<circle class="c-dot" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{BRAND}"/>'


def in_words(readings: Sequence[Reading]) -> str:
    return "; ".join(
        f"({reading.label})" if reading.breaks else f"{reading.label}: {reading.printed}"
        for reading in readings
        if reading.label or not reading.breaks
    )
