"""From visits to a dealership's wave index, ranking, network mean and delta (docs/scoring.md)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from csiapp.audits.exact import half_up

SMALL_SAMPLE_BELOW = 3
SAMPLED_FORM = "visit"

Dealership = TypeVar("Dealership", bound=Hashable)


@dataclass(frozen=True, slots=True)
class WaveIndex:
    """``exact`` is what means are made of, ``index`` what is shown and ranked."""

    exact: Fraction
    index: int
    small_sample: bool


def form_index(final_indices: Sequence[int]) -> Fraction | None:
    """The mean of a dealership's final indices on one form; ``None`` without a visit."""
    return mean([Fraction(index) for index in final_indices])


def wave_index(
    final_indices: Mapping[str, Sequence[int]], weights: Mapping[str, int | Fraction]
) -> WaveIndex | None:
    """The weighted mean over the forms that were run; the weights of the others drop out.

    ``final_indices`` and ``weights`` are keyed by form kind. A form of weight 0 or without a
    weight does not enter it. ``None`` when no form counts.
    """
    run = {
        form: index
        for form, given in final_indices.items()
        if (index := form_index(given)) is not None
    }
    exact = weighted_mean(run, weights)
    if exact is None:
        return None
    few = len(final_indices.get(SAMPLED_FORM, ())) < SMALL_SAMPLE_BELOW
    return WaveIndex(exact, half_up(exact), few)


def weighted_mean(
    values: Mapping[str, Fraction], weights: Mapping[str, int | Fraction]
) -> Fraction | None:
    """The mean of what was measured, by form kind; weights of what is missing drop out.
    ``None`` when nothing that has a weight was measured."""
    counted = {form: Fraction(weights.get(form, 0)) for form in values}
    total = sum(counted.values(), Fraction(0))
    if not total:
        return None
    return sum((counted[form] * value for form, value in values.items()), Fraction(0)) / total


def mean(values: Iterable[Fraction]) -> Fraction | None:
    """The mean of exact dealership indices, each dealership once; ``None`` of nothing."""
    given = list(values)
    return sum(given, Fraction(0)) / len(given) if given else None


def rank(indices: Mapping[Dealership, int]) -> dict[Dealership, int]:
    """Places by rounded index, highest first; equals share a place (1, 2, 2, 4)."""
    return {
        dealership: 1 + sum(other > index for other in indices.values())
        for dealership, index in indices.items()
    }


def delta(index: int, previous: int | None, *, comparable: bool) -> int | None:
    """The change since the previous wave; ``None`` without one, or where the form or factor
    model versions of the two cannot be compared."""
    return index - previous if comparable and previous is not None else None
