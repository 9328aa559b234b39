"""Importance against what was found, held to worked example EX5."""

from __future__ import annotations

from fractions import Fraction

import pytest

from csiapp.audits.exact import exact
from csiapp.reference import loader
from csiapp.standards.content import StandardsContent, standards_in
from csiapp.studio.quadrant import FIELDS, Axis, Field, quadrant
from tests.unit.studio.trees import reference, visit

pytestmark = pytest.mark.unit


def only(*factors: tuple[int | Fraction, str]) -> StandardsContent:
    """The reference content, with key factors of (importance, standard) alone."""
    content = reference()
    step = content["steps"][0]
    sub_step = step["sub_steps"][0]
    model = sub_step["key_factors"][0]
    standard = model["standards"][0]
    sub_step["key_factors"] = [
        {
            **model,
            "code": f"KF-{code}",
            "importance": level,
            "standards": [{**standard, "code": code}],
        }
        for level, code in factors
    ]
    content["steps"] = [{**step, "sub_steps": [sub_step]}]
    return content


def fields_of(content, visits, axis=Axis.COMPLIANCE) -> dict[str, Field]:
    return {item.standards[0]: item.field for item in quadrant(content, visits, axis).items}


def test_the_four_fields_follow_the_means():
    content = only((5, "a"), (5, "b"), (2, "c"), (2, "d"))
    seen = [
        visit(("a", Fraction(1, 4)), ("b", Fraction(1)), ("c", Fraction(1, 4)), ("d", Fraction(1)))
    ]
    assert fields_of(content, seen) == {
        "a": Field.FIX_FIRST,
        "b": Field.STRENGTH,
        "c": Field.LOW_PRIORITY,
        "d": Field.EXCESS,
    }


def test_the_worked_example_is_reproduced_exactly():
    example = loader.scoring_examples()["quadrants"]
    told = {item["code"]: item for item in example["items"]}
    content = only(*((exact(item["importance"]), code) for code, item in told.items()))
    ratings = [(code, exact(item["satisfaction"]) / 10) for code, item in told.items()]
    found = quadrant(content, [visit(*ratings, rating=True)], Axis.SATISFACTION)
    numbers = {item.standards[0]: list(Field).index(item.field) + 1 for item in found.items}
    assert numbers == example["expected"]["quadrant"]
    cross = {"importance": float(found.importance), "satisfaction": float(10 * found.value)}
    assert cross == example["expected"]["cross"]


def test_an_item_on_the_line_counts_as_high():
    content = only((4, "a"), (4, "b"))
    seen = [visit(("a", Fraction(1, 2)), ("b", Fraction(1, 2)))]
    assert set(fields_of(content, seen).values()) == {Field.STRENGTH}


def test_the_names_are_those_of_the_reference_data():
    items = loader.satisfaction_formula()["quadrants"]["items"]
    told = {
        (item["importance"] == "high", item["satisfaction"] == "high"): item["code"]
        for item in items
    }
    assert told == {key: field.value for key, field in FIELDS.items()}
    assert [item["code"] for item in items] == [field.value for field in Field]


def test_numbers_begin_with_what_is_to_be_fixed_first():
    content = only((5, "a"), (5, "b"), (2, "c"))
    seen = [visit(("a", Fraction(9, 10)), ("b", Fraction(1, 10)), ("c", Fraction(1)))]
    found = quadrant(content, seen, Axis.COMPLIANCE)
    assert [(item.number, item.standards[0]) for item in found.items] == [
        (1, "b"),
        (2, "a"),
        (3, "c"),
    ]


def test_a_key_factor_that_nobody_looked_at_has_no_place():
    found = quadrant(only((5, "a"), (4, "b")), [visit(("a", Fraction(1)))], Axis.COMPLIANCE)
    assert [item.standards[0] for item in found.without] == ["b"]
    assert found.importance == 5


def test_satisfaction_is_made_of_ratings_alone():
    content = only((5, "a"), (4, "b"))
    seen = [visit(("a", Fraction(4, 5)), rating=True), visit(("b", Fraction(1)))]
    found = quadrant(content, seen, Axis.SATISFACTION)
    assert [(item.standards[0], item.share.value) for item in found.items] == [
        ("a", Fraction(4, 5))
    ]


def test_without_any_answer_there_is_no_crosshair():
    found = quadrant(reference(), [], Axis.SATISFACTION)
    assert (found.items, found.importance, found.value) == ([], None, None)
    assert len(found.without) == 47


def test_an_answer_that_does_not_count_yet_moves_nothing():
    content = only((5, "a"))
    assert quadrant(content, [visit(("a", None))], Axis.COMPLIANCE).items == []


def test_a_standard_counts_for_the_key_factor_where_it_stands_now():
    content = reference()
    placed = next(p for p in standards_in(content) if len(p.key_factor["standards"]) > 1)
    code = placed.standard["code"]
    target = content["steps"][-1]["sub_steps"][-1]["key_factors"][-1]
    placed.key_factor["standards"].remove(placed.standard)
    target["standards"].append(placed.standard)
    (item,) = quadrant(content, [visit((code, Fraction(1)))], Axis.COMPLIANCE).items
    assert item.code == target["code"]
