"""Customers' indices: worked examples EX4 and EX6. EX5 is the studio's quadrant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from csiapp.audits.exact import exact, rounded
from csiapp.audits.indices import (
    moments_of_truth,
    satisfaction_gap,
    survey_index,
    top_box,
)
from csiapp.reference import loader

pytestmark = pytest.mark.unit

EXAMPLES = loader.scoring_examples()
INDICATORS = {
    factor["code"]: [indicator["code"] for indicator in factor["indicators"]]
    for factor in loader.primary_factor_model()["factors"]
}


def test_the_survey_example_is_reproduced_exactly() -> None:
    example = EXAMPLES["survey"]
    found = survey_index(example["respondents"], INDICATORS, example["weights"])
    assert found is not None
    expected = example["expected"]
    assert {c: float(m) for c, m in found.indicator_means.items()} == expected["indicator_means"]
    means = {c: float(rounded(m, 6)) for c, m in found.factor_means.items()}
    assert means == expected["factor_means"]
    assert (found.exact, found.index) == (Fraction("790.625"), expected["index"])


def test_a_factor_that_nobody_rated_drops_out() -> None:
    found = survey_index(
        [{"SI1": 8, "SQ1": None}], {"SI": ["SI1"], "SQ": ["SQ1"]}, {"SI": 15, "SQ": 35}
    )
    assert found is not None
    assert (found.index, found.factor_means["SQ"]) == (800, None)
    assert survey_index([{"SI1": None}], {"SI": ["SI1"]}, {"SI": 15}) is None


@pytest.mark.parametrize("case", EXAMPLES["gap"]["cases"])
def test_the_gap_examples_are_reproduced_exactly(case: dict[str, float | str]) -> None:
    gap, level = satisfaction_gap(exact(case["performance"]), exact(case["expectation"]))
    assert (gap, level) == (exact(case["gap"]), case["level"])


def test_the_bounds_of_the_levels_belong_to_the_better_level() -> None:
    levels = loader.satisfaction_formula()["satisfaction"]["levels"]
    for level in levels:
        assert satisfaction_gap(exact(level["min"]), Fraction(0))[1] == level["code"]


def test_moments_of_truth_are_visits_times_five() -> None:
    example = EXAMPLES["gap"]
    assert moments_of_truth(example["visits"]) == example["moments"]


def test_the_top_box_is_the_share_of_9_and_10() -> None:
    assert top_box([10, 9, 8, 1]) == Fraction(1, 2)
    assert top_box([10, 9, 8, 1], lowest=10) == Fraction(1, 4)
    assert top_box([]) is None
