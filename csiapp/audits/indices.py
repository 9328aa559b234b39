"""Indices from customers' ratings; their quadrants are in ``studio/quadrant``.

They belong to the reference data, with worked examples; ratings come from customers' surveys,
which are held elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from csiapp.audits.exact import half_up

CONTACTS_PER_VISIT = 5
TOP_BOX_FROM = 9

_LEVELS = (
    ("delighted", Fraction(1)),
    ("satisfied", Fraction(0)),
    ("misread", Fraction(-1)),
)


@dataclass(frozen=True, slots=True)
class SurveyIndex:
    """Means on the rating scale; what nobody answered is ``None``. ``index`` is of 1,000."""

    indicator_means: Mapping[str, Fraction | None]
    factor_means: Mapping[str, Fraction | None]
    exact: Fraction
    index: int


def survey_index(
    respondents: Sequence[Mapping[str, Fraction | int | None]],
    indicators: Mapping[str, Sequence[str]],
    weights: Mapping[str, Fraction | int],
) -> SurveyIndex | None:
    """The customers' index from ratings of 1 to 10 (``None``: not answered).

    ``indicators`` maps factor -> its indicators. A factor that nobody rated drops out and the
    others scale up. ``None`` when nothing was rated.
    """
    means = {
        indicator: _mean(row.get(indicator) for row in respondents)
        for members in indicators.values()
        for indicator in members
    }
    factors = {
        factor: _mean(means[indicator] for indicator in members)
        for factor, members in indicators.items()
    }
    rated = {factor: value for factor, value in factors.items() if value is not None}
    if not rated:
        return None
    total = sum((Fraction(weights[factor]) for factor in rated), Fraction(0))
    weighted = sum((weights[factor] * value for factor, value in rated.items()), Fraction(0))
    exact = 100 * weighted / total
    return SurveyIndex(means, factors, exact, half_up(exact))


def top_box(ratings: Iterable[Fraction | int], lowest: int = TOP_BOX_FROM) -> Fraction | None:
    """The share of ratings of ``lowest`` (9) or more; ``None`` without ratings."""
    return _mean(Fraction(rating >= lowest) for rating in ratings)


def satisfaction_gap(performance: Fraction, expectation: Fraction) -> tuple[Fraction, str]:
    """Performance minus expectation, and its level: delighted (1 or more), satisfied (0 or more),
    misread (-1 or more) or dissatisfied."""
    gap = performance - expectation
    level = next((name for name, least in _LEVELS if gap >= least), "dissatisfied")
    return gap, level


def moments_of_truth(visits: int, contacts: int = CONTACTS_PER_VISIT) -> int:
    """How often customers met the dealership: visits times five."""
    return visits * contacts


def _mean(values: Iterable[Fraction | int | None]) -> Fraction | None:
    given = [Fraction(value) for value in values if value is not None]
    return sum(given, Fraction(0)) / len(given) if given else None
