"""Labels beside points, so that they cover neither each other nor a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csiapp.core.charts.svg import Anchor, text_width


@dataclass(frozen=True)
class Box:
    """A rectangle in user units."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The shared area; 0 when the two do not meet."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def overhang(self, frame: Box) -> float:
        """How far this box sticks out of the frame, summed over the four sides."""
        return (
            max(0.0, frame.left - self.left)
            + max(0.0, self.right - frame.right)
            + max(0.0, frame.top - self.top)
            + max(0.0, self.bottom - frame.bottom)
        )


@dataclass(frozen=True)
class Placement:
    """Where a label goes: baseline point, anchor and the box that the text covers."""

    x: float
    y: float
    anchor: Anchor
    box: Box


def place_labels(
    points: Sequence[tuple[float, float, str]], frame: Box, *, size: float = 12, radius: float = 5
) -> list[Placement]:
    """Put a label beside each (x, y, label) with the least overlap; greedy, right to left.

    Every label tries twelve places around its point. Overlap with labels already placed
    costs three times as much as overlap with a point; leaving the frame costs most.
    """
    dots = [Box(x - radius, y - radius, x + radius, y + radius) for x, y, _ in points]
    chosen: dict[int, Placement] = {}
    for index in sorted(range(len(points)), key=lambda i: (-points[i][0], points[i][1])):
        x, y, label = points[index]
        others = [dot for other, dot in enumerate(dots) if other != index]
        taken = [placement.box for placement in chosen.values()]
        candidates = _candidates(x, y, text_width(label, size), size, radius)

        def cost(
            ranked: tuple[int, Placement],
            others: list[Box] = others,
            taken: list[Box] = taken,
        ) -> float:
            rank, place = ranked
            return (
                3 * sum(place.box.overlap(box) for box in taken)
                + sum(place.box.overlap(box) for box in others)
                + 50 * place.box.overhang(frame)
                + rank / 2
            )

        chosen[index] = min(enumerate(candidates), key=cost)[1]
    return [chosen[index] for index in range(len(points))]


def _candidates(x: float, y: float, width: float, size: float, r: float) -> list[Placement]:
    """The twelve places around a point, most readable first."""
    offsets: list[tuple[float, float, Anchor]] = [
        (r + 2, size * 0.35, "start"),
        (-r - 2, size * 0.35, "end"),
        (0, -r - 2, "middle"),
        (0, r + size, "middle"),
        (r, -r, "start"),
        (r, r + size * 0.7, "start"),
        (-r, -r, "end"),
        (-r, r + size * 0.7, "end"),
        (r + 2, size * 1.4, "start"),
        (r + 2, -size * 0.8, "start"),
        (-r - 2, size * 1.4, "end"),
        (-r - 2, -size * 0.8, "end"),
    ]
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}
    places = []
    for dx, dy, anchor in offsets:
        left = x + dx - width * share[anchor]
        box = Box(left, y + dy - size * 0.85, left + width, y + dy + size * 0.2)
        places.append(Placement(x + dx, y + dy, anchor, box))
    return places
