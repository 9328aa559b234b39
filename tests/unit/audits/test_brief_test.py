"""The test on the brief: what is asked, and when it is passed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.brief_test import brief_questions, right_answers, wrong_answers
from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.form_template import template_content
from csiapp.reference import loader
from csiapp.standards.factors import factor_model_content
from tests.factories.standards import reference_content
from tests.factories.tablet import visit_form

FORM = visit_form()
SCENARIOS = [scenario["code"] for scenario in FORM["scenarios"]]
LEFT_OUT = {"SC4": "A", "SC5": "E"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_scenario_asks_for_its_own_facts(scenario):
    right = right_answers(FORM, scenario)
    assert right["SCENARIO"] == scenario
    assert right.get("LEFTOUT") == LEFT_OUT.get(scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_question_offers_its_right_answer_and_others_in_both_languages(scenario):
    for question in brief_questions(FORM, scenario):
        offered = [option["code"] for option in question["options"]]
        assert question["right"] in offered
        assert len(set(offered)) == len(offered) >= 2
        for text in (question["text"], *(option["text"] for option in question["options"])):
            assert text["zh"]
            assert text["en"]


def test_a_form_without_a_test_asks_nothing_and_nothing_is_wrong():
    plain = {key: value for key, value in FORM.items() if key != "brief_test"}
    assert brief_questions(plain, "SC1") == []
    assert wrong_answers(plain, "SC1", {}) == []


@given(st.sampled_from(SCENARIOS), st.data())
def test_exactly_what_is_not_the_right_option_is_wrong(scenario, data):
    questions = brief_questions(FORM, scenario)
    chosen = {
        q["code"]: data.draw(st.sampled_from([o["code"] for o in q["options"]])) for q in questions
    }
    expected = [q["code"] for q in questions if chosen[q["code"]] != q["right"]]
    assert wrong_answers(FORM, scenario, chosen) == expected


@pytest.mark.parametrize("given_", [None, {}, "b", []])
def test_what_is_no_answer_is_wrong_in_everything(given_):
    codes = [question["code"] for question in brief_questions(FORM, "SC1")]
    assert wrong_answers(FORM, "SC1", given_) == codes


def test_a_question_without_a_right_option_makes_no_form():
    template = template_content(loader.form_templates(), "visit")
    broken = {**template["brief_test"][0], "right": "z"}
    model = factor_model_content(loader.primary_factor_model())
    with pytest.raises(FormError, match="no right option"):
        build_form_content({**template, "brief_test": [broken]}, reference_content(), model)
