"""Stage two: what waits, what it asks, and what a rule answers when its days are over."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits import stage_two
from csiapp.audits.answer_fields import parse_field, validate_value
from csiapp.audits.form_content import all_questions
from csiapp.audits.missing import missing_items
from csiapp.audits.tablet_form import form_rules
from tests.factories.tablet import visit_form
from tests.unit.audits import examples

FORM = visit_form()
WHOLE = examples.complete(FORM)
SECOND = [q["code"] for _, q in all_questions(FORM) if q["stage"] == "stage2"]
LATER = {
    field for field in WHOLE if field.partition(".")[0] in {*SECOND, "J", "T19"}
}  # what is known only days later
FIRST = {field: value for field, value in WHOLE.items() if field not in LATER}


def test_the_form_has_questions_of_stage_two():
    assert SECOND == ["V074", "V075", "V076"]


def test_a_whole_form_waits_for_nothing_and_stage_one_alone_waits():
    assert not stage_two.waits(FORM, "SC1", WHOLE)
    assert stage_two.waits(FORM, "SC1", FIRST)


@given(st.sampled_from(sorted(WHOLE)))
def test_a_field_belongs_to_stage_two_exactly_when_it_is_about_it(field):
    assert stage_two.belongs(FORM, parse_field(FORM, field)) == (field in LATER)


def test_the_form_of_stage_two_asks_only_that_and_all_of_it_is_due():
    sections = stage_two.sections_of(FORM, "SC1", FIRST)
    assert [q["code"] for s in sections for q in s["questions"]] == SECOND
    assert [s["code"] for s in sections if s["narrative"]] == ["J"]
    rules = form_rules(FORM, sections, second=True)
    assert {q["stage"] for s in rules["sections"] for q in s["questions"]} == {"stage1"}
    assert rules["unscored"] == []


def test_a_follow_up_of_an_earlier_answer_is_settled():
    form = {**FORM, "sections": [{**s, "questions": [*s["questions"]]} for s in FORM["sections"]]}
    section = next(s for s in form["sections"] if s["code"] == "J")
    asked = {**section["questions"][1], "shown_if": {"field": "V017", "any_of": ["no"]}}
    section["questions"][1] = asked
    codes = lambda answers: [  # noqa: E731
        q["code"]
        for s in stage_two.sections_of(form, "SC1", {**FIRST, **answers})
        for q in s["questions"]
    ]
    assert "V076" not in codes({"V017": {"value": "yes"}})
    assert "V076" in codes({"V017": {"value": "no"}})
    shown = stage_two.sections_of(form, "SC1", {**FIRST, "V017": {"value": "no"}})
    assert all("shown_if" not in q for s in shown for q in s["questions"])


def test_no_call_by_the_last_day_is_answered_by_rule_and_nothing_is_missing_then():
    given_ = stage_two.rule_answers(FORM, "SC1", FIRST, days_since_leaving=7)
    assert given_["V075"] == {"value": 7}
    assert given_["V076"] == {"na": "not_occurred"}
    assert given_["V074"] == {"na": "not_occurred"}, "the scenario expects no fault"
    for field, value in given_.items():
        assert validate_value(FORM, field, value) == value
    filled = {**FIRST, **given_}
    assert missing_items(FORM, "SC1", filled, set(), stage="stage2") == []


def test_a_rule_does_not_say_whether_a_reported_fault_came_back():
    given_ = stage_two.rule_answers(FORM, "SC3", FIRST, days_since_leaving=7)
    assert "V074" not in given_
    left = missing_items(FORM, "SC3", {**FIRST, **given_}, set(), stage="stage2")
    assert [gap.field for gap in left] == ["V074"]


@pytest.mark.parametrize(("answers", "days"), [(FIRST, 6), (WHOLE, 30)])
def test_before_its_time_and_where_all_is_answered_a_rule_gives_nothing(answers, days):
    assert stage_two.rule_answers(FORM, "SC1", answers, days_since_leaving=days) == {}


def test_the_days_are_counted_from_the_day_of_leaving():
    first, last = stage_two.window(dt.date(2026, 2, 26), 3, 7)
    assert (first, last) == (dt.date(2026, 3, 1), dt.date(2026, 3, 5))
