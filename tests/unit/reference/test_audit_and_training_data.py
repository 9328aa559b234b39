"""Forms, scenarios, life of an audit, training and the remaining files: codes that must exist."""

from __future__ import annotations

import re

import pytest

from csiapp.reference import loader

pytestmark = pytest.mark.unit

FORMS = loader.form_templates()
TEMPLATE = loader.standards_template()
PROCESS = loader.service_process()
CATALOGUE = loader.training_catalogue()
DIMENSIONS = loader.service_quality_dimensions()
FACTORS = {factor["code"] for factor in loader.primary_factor_model()["factors"]}
COURSES = {course["code"]: course for course in CATALOGUE["courses"]}
ROLES = {role["code"] for role in PROCESS["roles"]}
STANDARDS = {
    standard["code"]: standard | {"sub_step": sub["code"]}
    for step in TEMPLATE["steps"]
    for sub in step["sub_steps"]
    for key_factor in sub["key_factors"]
    for standard in key_factor["standards"]
}
EXECUTED_BY = {
    sub["code"]: set(sub["executed_by"]) for step in PROCESS["steps"] for sub in step["sub_steps"]
}
ASKED = {
    kind: [question for section in form["sections"] for question in section["questions"]]
    for kind, form in FORMS["forms"].items()
}


def test_the_forms_are_the_observers_and_their_weights_sum_to_100() -> None:
    weights = FORMS["programme_weights"]["forms"]
    assert sum(weights.values()) == 100
    assert weights.keys() == ASKED.keys() == {o["code"] for o in TEMPLATE["observers"]}
    assert FORMS["standards_set"] == TEMPLATE["code"]


@pytest.mark.parametrize("kind", ASKED)
def test_a_form_asks_exactly_the_standards_that_it_can_observe(kind: str) -> None:
    asked = sorted(question["standard"] for question in ASKED[kind])
    assert asked == sorted(c for c, s in STANDARDS.items() if kind in s["observed_by"])


def test_question_codes_are_unique_and_every_standard_is_asked() -> None:
    codes = [question["code"] for questions in ASKED.values() for question in questions]
    assert len(codes) == len(set(codes)) == 133
    assert {q["standard"] for questions in ASKED.values() for q in questions} == STANDARDS.keys()


def test_the_visit_touches_every_factor_in_76_questions_and_4_unscored() -> None:
    assert {question["factor"] for question in ASKED["visit"]} == FACTORS
    assert len(ASKED["visit"]) == 76
    assert len(FORMS["forms"]["visit"]["unscored_questions"]) == 4


def test_time_stamps_stand_in_sections_and_derived_durations_use_them() -> None:
    sections = {section["code"] for section in FORMS["forms"]["visit"]["sections"]}
    stamps = {timing["code"] for timing in FORMS["timing_fields"]}
    assert {timing["section"] for timing in FORMS["timing_fields"]} <= sections
    for question in ASKED["visit"]:
        if "derive" in question:
            assert set(re.findall(r"T\d\d", question["derive"]["formula"])) <= stamps
            measure = STANDARDS[question["standard"]]["measure"]
            assert question["derive"]["unit"] == measure["unit"]


def test_the_chains_of_a_timing_rule_say_what_its_text_says() -> None:
    codes = {question["code"] for question in ASKED["visit"]}
    for rule in FORMS["timing_rules"]:
        words = re.split(r" when | \(", rule["text"])[0]
        chains = [re.split(r" <=? ", part) for part in words.split(" and ")]
        assert chains == rule["chains"]
        assert rule.get("strict", False) == ("<=" not in words)
        assert ("with a comment" in rule["text"]) == ("unless_comment" in rule)
        if "unless_comment" in rule:
            assert rule["unless_comment"]["question"] in codes


def test_only_stage_two_is_answered_by_rule() -> None:
    form = FORMS["forms"]["visit"]
    for section in form["sections"]:
        for question in section["questions"]:
            if "no_contact" in question:
                assert question.get("stage", section["stage"]) == "stage2"
                assert question["no_contact"]["after_days"] == 7


def test_scenarios_leave_out_known_sections_and_expect_allowed_not_applicables() -> None:
    sections = {section["code"] for section in FORMS["forms"]["visit"]["sections"]}
    for scenario in FORMS["scenarios"]:
        assert set(scenario.get("sections_excluded", [])) <= sections
        assert all(STANDARDS[code]["na_allowed"] for code in scenario["na_expected"])


@pytest.mark.parametrize("name", ["wave", "visit"])
def test_transitions_lead_between_known_states(name: str) -> None:
    table = loader.audit_lifecycle()[name]
    states = {state["code"] for state in table["states"]}
    for transition in table["transitions"]:
        assert {transition["from"], transition["to"]} <= states


@pytest.mark.parametrize(("short", "whole"), [("visit_running", "visit"), ("wave_short", "wave")])
def test_a_short_life_stays_on_the_states_of_the_whole(short: str, whole: str) -> None:
    lives = loader.audit_lifecycle()
    kept = set(lives[short]["states"])
    assert kept <= {state["code"] for state in lives[whole]["states"]}
    for transition in lives[short]["transitions"]:
        assert {transition["from"], transition["to"]} <= kept


def test_courses_have_roles_limits_and_prerequisites_that_exist() -> None:
    assert {role["code"] for role in CATALOGUE["roles"]} == ROLES
    for code, course in COURSES.items():
        required, optional = set(course["required_roles"]), set(course["optional_roles"])
        assert required
        assert required | optional <= ROLES
        assert not required & optional
        assert set(course["prerequisites"]) <= COURSES.keys() - {code}
        assert course["validity_months"] > 0
        assert course["hours"] > 0
        assert 0 < course["pass_mark"] <= 100
        assert course["delivery"] in CATALOGUE["delivery_values"]
        assert course["assessment"] in CATALOGUE["assessment_values"]


def test_courses_and_standards_name_each_other() -> None:
    for code, course in COURSES.items():
        naming = {name for name, standard in STANDARDS.items() if code in standard["courses"]}
        assert set(course["supports_standards"]) == naming
        assert course["foundation"] or naming
        roles = {*course["required_roles"], *course["optional_roles"]}
        for name in naming:
            assert roles & EXECUTED_BY[STANDARDS[name]["sub_step"]], f"{code} {name}"


def test_certificates_cover_the_required_courses_of_every_role() -> None:
    certificates = {item["code"]: item for item in CATALOGUE["certifications"]}
    assert {item["role"] for item in certificates.values()} == ROLES
    held: dict[str, set[str]] = {role: set() for role in ROLES}
    for item in certificates.values():
        assert set(item["requires"]) <= certificates.keys()
        held[item["role"]].update(item["courses"])
        for code in item["courses"]:
            course = COURSES[code]
            assert item["role"] in course["required_roles"] + course["optional_roles"]
    for role in ROLES:
        assert {c for c, x in COURSES.items() if role in x["required_roles"]} <= held[role]


def test_the_training_states_are_those_of_the_catalogue() -> None:
    known = {"assigned", "in_progress", "passed", "failed", "expiring", "expired", "waived"}
    assert {state["code"] for state in CATALOGUE["status_values"]} == known
    assert CATALOGUE["rules"]["expiring_window_days"] == 30
    assert {question["course"] for question in CATALOGUE["quiz_bank"]} <= COURSES.keys()


def test_the_remaining_files_name_what_exists() -> None:
    for axis in loader.customer_types()["axes"]:
        assert all(set(kind["focus_factors"]) <= FACTORS for kind in axis["types"])
    facts = [fact["code"] for fact in loader.complaint_facts()["facts"]]
    assert len(facts) == len(set(facts))
    rates = loader.complaint_facts()["scenario_return_rates"]
    assert {rate["fact"] for rate in rates} <= set(facts)
    servqual = {dimension["code"] for dimension in DIMENSIONS["servqual"]["dimensions"]}
    determinants = DIMENSIONS["eight_determinants"]["items"]
    assert {item["servqual"] for item in determinants} <= servqual
    fifteen = DIMENSIONS["fifteen_c"]["items"]
    assert [bool(item.get("missing")) for item in fifteen].count(False) == 14
    assert {code for item in fifteen for code in item["standards"]} <= STANDARDS.keys()
    numbers = [item["number"] for item in loader.satisfaction_formula()["quadrants"]["items"]]
    assert numbers == [1, 2, 3, 4]
    assert len(loader.survey_purposes()["purposes"]) == 6
