"""What a draft lacks: the three rules, the four parts, translations; and how points spread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.standards.checks import (
    completeness,
    effectiveness_problems,
    process_problems,
    spread_points,
)
from csiapp.standards.content import Measure, make_measure, standards_in
from tests.unit.standards.trees import key_factor_of, reference, small, standard_of

pytestmark = pytest.mark.unit


def found(code: str, **fields: Any) -> list[tuple[str, str, str, bool]]:
    content = small()
    standard_of(content, code).update(fields)  # type: ignore[typeddict-item]
    return [(p.code, p.rule, p.reason, p.blocking) for p in effectiveness_problems(content)]


def numeric(**changes: Any) -> Measure:
    given_all = {"target": 3, "unit": "rings", "op": "<=", "tolerance": 3} | changes
    return make_measure("count", **given_all)


def test_the_reference_standards_pass_every_check() -> None:
    assert effectiveness_problems(reference()) == []
    assert process_problems(reference()) == []
    for language in completeness(reference()).values():
        assert (language.filled, language.missing) == (language.total, ())


@pytest.mark.parametrize(
    ("statement", "reason"),
    [({"zh": "", "en": " "}, "statement_missing"), ({"zh": "热情", "en": ""}, "statement_short")],
)
def test_a_statement_is_specific(statement: dict[str, str], reason: str) -> None:
    assert found("ST020101", statement=statement) == [("ST020101", "specific", reason, True)]


def test_a_statement_in_one_language_is_enough_to_publish() -> None:
    assert found("ST020101", statement={"zh": "预约电话在铃响3声内接听", "en": ""}) == []


def test_a_target_that_the_wording_contradicts_is_pointed_out_but_does_not_block() -> None:
    assert found("ST020101", measure=numeric(target=5)) == [
        ("ST020101", "specific", "target_not_stated", False)
    ]
    assert found("ST020101", measure=numeric(target="3.0")) == []


@pytest.mark.parametrize(
    ("measure", "reasons"),
    [
        ({"type": ""}, ["type_missing"]),
        (make_measure("yes_no"), ["target_missing"]),
        (make_measure("rating"), ["target_missing"]),
        (make_measure("rating", target=11), ["target_out_of_range"]),
        (numeric(target=None), ["target_missing"]),
        (numeric(unit=None, op=None), ["unit_missing", "op_missing"]),
        (numeric(tolerance=None), ["tolerance_missing"]),
        (numeric(tolerance=-1), ["tolerance_negative"]),
        (
            make_measure("percentage", target=101, unit="percent", op=">=", tolerance=0),
            ["target_out_of_range"],
        ),
    ],
)
def test_a_standard_is_measurable(measure: Any, reasons: list[str]) -> None:
    problems = found("ST020101", measure=measure)
    assert [reason for _, rule, reason, _ in problems if rule == "measurable"] == reasons


@pytest.mark.parametrize(
    ("scores", "reasons"),
    [
        ([1, "0.5", 0], []),
        ([1], ["options_missing", "options_unscored"]),
        ([1, "0.5"], ["options_unscored"]),
        (["0.5", 0], ["options_unscored"]),
        ([1, 0, 2], ["options_unscored"]),
        ([], ["options_missing", "options_unscored"]),
    ],
)
def test_a_choice_has_a_best_and_a_worst_option(scores: list[Any], reasons: list[str]) -> None:
    label = {"zh": "选项", "en": "Option"}
    options = [{"code": f"o{n}", "label": label, "score": score} for n, score in enumerate(scores)]
    problems = found("ST020402", measure=make_measure("choice", options=options))
    assert [reason for _, _, reason, _ in problems] == reasons


def test_options_have_codes_of_their_own() -> None:
    label = {"zh": "选项", "en": "Option"}
    options = [{"code": "same", "label": label, "score": score} for score in (1, 0)]
    problems = found("ST020402", measure=make_measure("choice", options=options))
    assert [reason for _, _, reason, _ in problems] == ["options_repeated"]


def test_a_key_factor_rests_on_a_customer_demand() -> None:
    content = small()
    key_factor_of(content, "KF0201")["customer_demand"] = {"zh": "", "en": ""}
    (problem,) = effectiveness_problems(content)
    assert (problem.code, problem.rule) == ("KF0201", "demand_based")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: s.update(operation_steps=[]), "operation_steps_missing"),
        (lambda s: s.update(operation_steps=[{"zh": " ", "en": ""}]), "operation_steps_missing"),
        (lambda s: s.update(executed_by=[]), "executed_by_missing"),
        (lambda s: s.update(management_tools=[]), "management_tools_missing"),
        (lambda s: s.update(key_factors=[]), "standards_missing"),
    ],
)
def test_a_sub_step_needs_its_four_parts(change: Callable[[Any], None], reason: str) -> None:
    content = small()
    change(content["steps"][1]["sub_steps"][0])
    (problem,) = process_problems(content)
    assert (problem.code, problem.rule, problem.reason) == ("S02.1", "four_parts", reason)


def test_an_untranslated_text_is_named_for_its_language_only() -> None:
    content = small()
    standard_of(content, "ST020101")["statement"]["en"] = "  "
    standard_of(content, "ST020402")["measure"]["options"][1]["label"].pop("en")
    report = completeness(content)
    assert report["zh"].missing == ()
    assert [(m.code, m.field) for m in report["en"].missing] == [
        ("ST020101", "statement"),
        ("ST020402", "options[1]"),
    ]
    assert report["en"].filled == report["en"].total - 2


def test_the_reference_points_are_those_that_importance_gives() -> None:
    content = reference()
    drafted = {p.standard["code"]: p.standard["points"] for p in standards_in(content)}
    assert spread_points(content) == drafted


@given(st.lists(st.integers(1, 5), min_size=13, max_size=13))
def test_points_sum_to_the_factors_and_follow_importance(importances: list[int]) -> None:
    content = small()
    for placed, importance in zip(standards_in(content), importances, strict=False):
        placed.standard["importance"] = importance
    points = spread_points(content)
    for factor, total in content["factor_points"].items():
        members = [p.standard for p in standards_in(content) if p.standard["factor"] == factor]
        if members:
            assert sum(points[standard["code"]] for standard in members) == total
        for one in members:
            for other in members:
                if one["importance"] > other["importance"]:
                    assert points[one["code"]] >= points[other["code"]]


def test_a_factor_with_fewer_points_than_standards_is_refused() -> None:
    content = small() | {"factor_points": {"SI": 2, "SA": 150, "SF": 150, "VP": 200, "SQ": 350}}
    with pytest.raises(ValueError, match="factor SI: no points left for"):
        spread_points(content)
