"""How much of one version's index is measured the same way under another version."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from csiapp.standards.content import Measure, StandardsContent, standards_in

COMPARABLE_FROM = Fraction(4, 5)
"""Below this share a trend line breaks: its two ends do not measure the same thing."""


def comparability(
    old: StandardsContent, new: StandardsContent, redefined: Collection[str] = ()
) -> Fraction:
    """Unchanged weight over total weight, in [0, 1]; symmetric, and 1 for equal contents.

    Weight is a standard's points; the dealership's own (local) standards have none in the index
    and do not count. A standard is unchanged when both versions have its code with the same
    measure (type, unit, operator, target, tolerance, options), and nobody said that it means
    something else now: `redefined` are those codes. Of its points as many are unchanged as both
    versions give it. The total is the larger of the two versions' sums of points.

    Order, place, wording, evidence and who observes do not matter: they leave alone what a point
    is given for. Two versions without points are wholly comparable.
    """
    before, after = _weights(old), _weights(new)
    total = max(sum(before.values()), sum(after.values()))
    if total == 0:
        return Fraction(1)
    was, now = _measures(old), _measures(new)
    unchanged = sum(
        min(before[code], after[code])
        for code in before.keys() & after.keys()
        if code not in redefined and was[code] == now[code]
    )
    return Fraction(unchanged, total)


def comparable(share: Fraction) -> bool:
    """Whether results under two versions may stand in one trend."""
    return share >= COMPARABLE_FROM


def _weights(content: StandardsContent) -> dict[str, int]:
    return {
        placed.standard["code"]: placed.standard["points"]
        for placed in standards_in(content)
        if not placed.standard.get("local")
    }


def _measures(content: StandardsContent) -> dict[str, Measure]:
    return {placed.standard["code"]: placed.standard["measure"] for placed in standards_in(content)}
