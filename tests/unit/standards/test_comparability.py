"""The share of the index that two versions measure the same way."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.standards.comparability import COMPARABLE_FROM, comparability, comparable
from csiapp.standards.content import StandardsContent, standards_in
from tests.unit.standards.trees import edited, key_factor_of, lists_in, reference, standard_of

pytestmark = pytest.mark.unit

TIMED = "ST020101"


def points_of(content: StandardsContent, code: str) -> int:
    return standard_of(content, code)["points"]


@given(edited(), edited())
def test_it_is_the_same_from_either_side_and_a_share(
    one: StandardsContent, other: StandardsContent
) -> None:
    share = comparability(one, other)
    assert share == comparability(other, one)
    assert 0 <= share <= 1


@given(edited())
def test_a_version_is_wholly_comparable_with_itself(content: StandardsContent) -> None:
    assert comparability(content, content) == 1


@given(edited(), st.data())
def test_reordering_changes_nothing(content: StandardsContent, data: st.DataObject) -> None:
    before = comparability(reference(), content)
    for siblings in lists_in(content):
        siblings[:] = data.draw(st.permutations(siblings))
    assert comparability(reference(), content) == before


def test_a_target_takes_the_points_of_its_standard_out() -> None:
    content = reference()
    standard_of(content, TIMED)["measure"]["target"] = 2
    assert comparability(reference(), content) == 1 - Fraction(points_of(content, TIMED), 1000)


def test_wording_alone_changes_nothing_unless_it_is_said_to_mean_something_else() -> None:
    content = reference()
    standard_of(content, TIMED)["statement"] = {"zh": "改写", "en": "Reworded"}
    assert comparability(reference(), content) == 1
    redefined = comparability(reference(), content, redefined={TIMED})
    assert redefined == 1 - Fraction(points_of(content, TIMED), 1000)


def test_of_another_weight_as_much_is_unchanged_as_both_versions_give() -> None:
    content = reference()
    standard, other = standard_of(content, TIMED), standard_of(content, "ST020102")
    standard["points"] += 3
    other["points"] -= 3
    assert comparability(reference(), content) == Fraction(997, 1000)


def test_the_dealerships_own_standards_do_not_count() -> None:
    content = reference()
    own = standard_of(reference(), TIMED) | {"code": "LT1", "local": True, "points": 400}
    key_factor_of(content, "KF0201")["standards"].append(own)
    assert comparability(reference(), content) == 1


def test_versions_without_anything_in_common_are_not_comparable() -> None:
    content = reference()
    for placed in standards_in(content):
        placed.standard["code"] = f"X{placed.standard['code']}"
    assert comparability(reference(), content) == 0


def test_versions_without_points_are_comparable() -> None:
    empty = reference() | {"steps": []}
    assert comparability(empty, empty) == 1
    assert comparability(empty, reference()) == 0


@pytest.mark.parametrize(
    ("share", "expected"),
    [(COMPARABLE_FROM, True), (COMPARABLE_FROM - Fraction(1, 1000), False), (Fraction(1), True)],
)
def test_a_trend_breaks_below_four_fifths(share: Fraction, expected: bool) -> None:
    assert comparable(share) is expected
