"""Factors, survey, process and standards: numbers that must add up, codes that must exist."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from csiapp.reference import loader

pytestmark = pytest.mark.unit

TEMPLATE = loader.standards_template()
PROCESS = loader.service_process()
MODELS = loader.factor_models()
PRIMARY = loader.primary_factor_model()
SURVEY = loader.service_survey()
COURSES = {course["code"] for course in loader.training_catalogue()["courses"]}

FACTORS = {factor["code"]: factor for factor in PRIMARY["factors"]}
FACTOR_OF = {i["code"]: name for name, factor in FACTORS.items() for i in factor["indicators"]}
SUB_STEPS = {sub["code"]: sub for step in PROCESS["steps"] for sub in step["sub_steps"]}
TREE = [
    (step, sub, key_factor, standard)
    for step in TEMPLATE["steps"]
    for sub in step["sub_steps"]
    for key_factor in sub["key_factors"]
    for standard in key_factor["standards"]
]
STANDARDS = {standard["code"]: standard for *_, standard in TREE}


def codes(items: list[dict[str, Any]]) -> set[str]:
    return {item["code"] for item in items}


def test_the_primary_model_has_five_factors_and_sixteen_indicators() -> None:
    weights = {name: factor["weight"] for name, factor in FACTORS.items()}
    assert weights == {"SI": 15, "SA": 15, "SF": 15, "VP": 20, "SQ": 35}
    assert len(FACTOR_OF) == 16
    assert TEMPLATE["model"] == loader.form_templates()["model"] == PRIMARY["code"]


def test_the_crosswalk_leads_to_indicators_of_the_old_model() -> None:
    old = {i["code"] for f in MODELS["SEVEN-FACTOR-CN-2008"]["factors"] for i in f["indicators"]}
    links = [
        link for f in FACTORS.values() for i in f["indicators"] for link in i["old_model_links"]
    ]
    assert links
    assert set(links) <= old
    for factor in MODELS["SEVEN-FACTOR-CN-2008"]["factors"]:
        assert factor["indicator_count_in_deck"] in {None, len(factor["indicators"])}


def test_published_weights_of_other_years_are_complete_and_near_100() -> None:
    years = loader.read_yaml(loader._DATA / "factors.yaml")["other_years"]
    for year in years:
        if year["weights"]:
            assert year["weights"].keys() == FACTORS.keys()
            assert 98 <= sum(year["weights"].values()) == year["sum"] <= 102
        else:
            order = year.get("order_of_importance") or year["order_as_listed"]
            assert sorted(order) == sorted(FACTORS)


def test_the_survey_has_nineteen_items_that_reach_every_indicator() -> None:
    assert [item["number"] for item in SURVEY["items"]] == list(range(1, 20))
    reached = {indicator for item in SURVEY["items"] for indicator in item["indicators"]}
    assert reached == FACTOR_OF.keys()
    assert set(SURVEY["yes_no_items"]) <= codes(SURVEY["items"])


def test_every_sub_step_has_the_four_parts_of_a_process() -> None:
    roles, tools = codes(PROCESS["roles"]), codes(PROCESS["management_tools"])
    used: set[str] = set()
    for code, sub in SUB_STEPS.items():
        for part in ("operation_steps", "work_standards", "executed_by", "management_tools"):
            assert sub[part], f"{code} has no {part}"
        assert set(sub["executed_by"]) <= roles
        used.update(sub["management_tools"])
    assert used | {"TL13"} == tools  # corrective-action forms belong to no step


def test_every_step_has_a_factor_and_moments_of_truth_of_its_own() -> None:
    moments = [moment for step in PROCESS["steps"] for moment in step["moments_of_truth"]]
    assert len(codes(moments)) == len(moments)
    for step in PROCESS["steps"]:
        assert step["primary_factor"] in FACTORS
        assert step["moments_of_truth"]
    assert {moment["contact_role"] for moment in moments} <= codes(PROCESS["roles"])


def test_a_visit_has_six_covers_and_five_contacts() -> None:
    assert len(PROCESS["six_piece_cover_set"]["pieces"]) == 6
    contacts = PROCESS["contacts_per_visit"]
    assert len(contacts["default_contacts"]) == contacts["count"] == 5


def test_the_standards_stand_on_the_same_tree_as_the_process() -> None:
    steps = {step["code"]: step["order"] for step in PROCESS["steps"]}
    assert {step["code"]: step["order"] for step in TEMPLATE["steps"]} == steps
    below = {sub["code"]: sub for step in TEMPLATE["steps"] for sub in step["sub_steps"]}
    assert below.keys() == SUB_STEPS.keys()
    for code, sub in below.items():
        told = SUB_STEPS[code]
        assert [factor["code"] for factor in sub["key_factors"]] == told["key_factors"]
        standards = [s["code"] for factor in sub["key_factors"] for s in factor["standards"]]
        assert standards == told["work_standards"]


def test_the_tree_has_its_size_and_no_code_twice() -> None:
    assert len(TREE) == len(STANDARDS) == 118
    key_factors = [
        f["code"] for s in TEMPLATE["steps"] for u in s["sub_steps"] for f in u["key_factors"]
    ]
    assert len(key_factors) == len(set(key_factors)) == 47
    assert (len(TEMPLATE["steps"]), len(SUB_STEPS)) == (14, 31)


def test_key_factors_state_a_demand_and_known_determinants() -> None:
    known = codes(loader.service_quality_dimensions()["eight_determinants"]["items"])
    for _, _, key_factor, _ in TREE:
        assert key_factor["customer_demand"]["zh"]
        assert key_factor["customer_demand"]["en"]
        assert set(key_factor["determinants"]) <= known


@pytest.mark.parametrize("code", STANDARDS)
def test_a_standard_is_measurable_and_linked(code: str) -> None:
    standard = STANDARDS[code]
    measure = standard["measure"]
    assert re.fullmatch(r"ST\d{6}", code)
    assert standard["kind"] in codes(TEMPLATE["kinds"])
    assert measure["type"] in codes(TEMPLATE["measure_types"])
    assert "target" in measure
    if measure["type"] in {"count", "duration", "percentage"}:
        assert measure["unit"]
        assert measure["op"] in {"<=", ">="}
        assert measure["tolerance"] >= 0
    if measure["type"] == "duration":
        assert measure["unit"] in {"second", "minute", "hour", "day", "working_day"}
    if measure["type"] == "choice":
        scores = [option["score"] for option in measure["options"]]
        assert (min(scores), max(scores)) == (0, 1)
    assert FACTOR_OF[standard["indicator"]] == standard["factor"]
    assert set(standard["survey_items"]) <= codes(SURVEY["items"])
    assert standard["courses"]
    assert set(standard["courses"]) <= COURSES
    assert standard["evidence_required"] in codes(TEMPLATE["evidence_types"])
    assert standard["observed_by"]
    assert set(standard["observed_by"]) <= codes(TEMPLATE["observers"])
    assert standard["weight_points"] >= 1
    assert 1 <= standard["importance"] <= 5
    limit = TEMPLATE["critical_rule"]["critical_fail_below"]
    assert standard.get("critical_fail_below") == (limit if standard["critical"] else None)


def test_the_points_of_each_factor_stand_in_proportion_to_its_weight() -> None:
    points: Counter[str] = Counter()
    for standard in STANDARDS.values():
        points[standard["factor"]] += standard["weight_points"]
    assert points == {name: 10 * factor["weight"] for name, factor in FACTORS.items()}
    assert points == TEMPLATE["weight_rules"]["factor_points"]


def test_every_indicator_survey_item_kind_and_measure_has_a_standard() -> None:
    standards = STANDARDS.values()
    assert {standard["indicator"] for standard in standards} == FACTOR_OF.keys()
    assert {item for s in standards for item in s["survey_items"]} == codes(SURVEY["items"])
    assert {standard["kind"] for standard in standards} == codes(TEMPLATE["kinds"])
    assert {s["measure"]["type"] for s in standards} == codes(TEMPLATE["measure_types"])
