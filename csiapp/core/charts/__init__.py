"""Charts as plain SVG, the same in pages and in PDF reports. No Flask, no database.

Every function returns finished Markup with a title and a description that holds all values in
words; its role is "img", or "group" for a chart with links. All words come from the caller,
already translated; `uid` must be unique on the page. Values are numbers on the stated scale; None
means "no result" and leaves a gap, never a zero.
"""

from __future__ import annotations

from csiapp.core.charts.bars import bars
from csiapp.core.charts.dial import dial
from csiapp.core.charts.quadrant import Mark, QuadrantWords, quadrant
from csiapp.core.charts.radar import radar
from csiapp.core.charts.reading import Reading, Tone, line_break
from csiapp.core.charts.trend import trend

__all__ = [
    "Mark",
    "QuadrantWords",
    "Reading",
    "Tone",
    "bars",
    "dial",
    "line_break",
    "quadrant",
    "radar",
    "trend",
]
