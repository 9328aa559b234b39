"""Follow-ups: asked only where an earlier answer calls for them."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

import pytest

from csiapp.audits.filled_form import effective_answers, not_asked, to_scoring
from csiapp.audits.follow_ups import FollowUpError, asked, check_conditions
from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.form_shape import ShownIf
from csiapp.audits.form_template import template_content
from csiapp.audits.missing import missing_items
from csiapp.audits.scoring import Mark, score
from csiapp.audits.visit_sheet import VisitSheet
from csiapp.reference import loader
from csiapp.standards.content import standards_in
from tests.unit.audits import examples


@pytest.mark.parametrize(
    ("shown_if", "given", "expected"),
    [
        ({"any_of": ["yes"]}, {"value": "yes"}, True),
        ({"any_of": ["yes"]}, {"value": "no"}, False),
        ({"any_of": ["na", "never"]}, {"na": "not_occurred"}, True),
        ({"any_of": ["never"]}, {"never": True}, True),
        ({"any_of": ["yes"]}, {"never": True}, False),
        ({"any_of": ["4"]}, {"value": 4}, True),
        ({"at_least": 5}, {"value": 5}, True),
        ({"at_least": 5}, {"value": "4.99"}, False),
        ({"at_least": 5}, {"never": True}, False),
        ({"at_most": "2.5"}, {"value": "2.5"}, True),
        ({"at_least": 1, "at_most": 3}, {"value": 4}, False),
        ({"at_least": 5, "any_of": ["never"]}, {"never": True}, True),
        ({"at_most": 6}, 6, True),
        ({"at_most": 6}, "a remark", False),
        ({"at_most": 6}, None, False),
        ({"any_of": [""]}, "", False),
    ],
)
def test_an_answer_calls_for_a_follow_up(shown_if: dict[str, Any], given: Any, expected: bool):
    assert asked(ShownIf(field="V001", **shown_if), given) is expected


def test_a_question_without_a_condition_is_always_asked():
    assert asked(None, None)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ({"code": "Q1", "shown_if": {"field": "Q2", "any_of": ["yes"]}}, "Q2 is not asked before"),
        ({"code": "Q1", "shown_if": {"field": "Q1", "any_of": ["yes"]}}, "Q1 is not asked before"),
        ({"code": "Q1", "shown_if": {"field": "Q0"}}, "no answer would show it"),
        (
            {"code": "Q1", "when": "before_visit", "shown_if": {"field": "Q0", "at_least": 1}},
            "before the visit everything is asked",
        ),
    ],
)
def test_a_condition_that_can_never_be_met_is_refused(question: dict[str, Any], about: str):
    with pytest.raises(FollowUpError, match=about):
        check_conditions([{"code": "Q0"}, question, {"code": "Q2"}])


def conditional(code: str, shown_if: ShownIf) -> Any:
    """The visit form with one of its scored questions made a follow-up."""
    content = examples.form()
    examples.question_of(content, code)["shown_if"] = shown_if
    return content


def test_what_nothing_calls_for_is_no_gap_and_is_not_scored():
    content = conditional("V011", {"field": "V010", "any_of": ["no"]})
    answers = examples.complete(content) | {"V010": {"value": "yes"}, "V011": {"value": "no"}}

    assert missing_items(content, "SC1", answers, ()) == []
    assert "V011" not in effective_answers(content, "SC1", answers)
    assert to_scoring(content, "SC1", answers).answers["V011"] is Mark.EXCLUDED
    sheet = score(to_scoring(content, "SC1", answers))
    assert "V011" not in sheet.question_scores
    assert sheet.final_index == 1000


def test_what_an_answer_calls_for_is_a_gap_until_it_is_answered():
    content = conditional("V011", {"field": "V010", "any_of": ["no"]})
    answers = examples.complete(content) | {"V010": {"value": "no"}, "V010.comment": "Full."}
    del answers["V011"]

    gaps = missing_items(content, "SC1", answers, ())

    assert [(gap.field, gap.reason) for gap in gaps] == [("V011", "blank")]


def test_a_computed_duration_calls_for_a_follow_up_and_what_is_hidden_calls_for_nothing():
    content = conditional("V013", {"field": "V012", "at_least": 60})
    examples.question_of(content, "V016")["shown_if"] = {"field": "V013", "any_of": ["yes"]}
    answers: dict[str, Any] = {
        "T04": "2026-08-01T10:00:00+08:00",
        "T05": "2026-08-01T10:00:30+08:00",
        "V013": {"value": "yes"},
    }
    assert not_asked(content, "SC1", answers) >= {"V013", "V016"}
    late = answers | {"T05": "2026-08-01T10:02:00+08:00"}
    assert not_asked(content, "SC1", late).isdisjoint({"V013", "V016"})


REMARK = {
    "code": "U05",
    "when": "after_visit",
    "text": {"zh": "增加了哪些项目？", "en": "Which work was added?"},
    "answer_type": "text",
    "use": "narrative",
    "shown_if": {"field": "V049", "any_of": ["yes"]},
}


def template() -> dict[str, Any]:
    """The visit's template with an unscored follow-up."""
    made = template_content(loader.form_templates(), "visit")
    return made | {"unscored": [*made["unscored"], REMARK]}


def test_an_unscored_follow_up_is_asked_and_shown_only_where_it_is_called_for():
    content = build_form_content(template(), examples.standards(), examples.model())
    calm = examples.complete(content) | {"U05": None}
    added = calm | {"V049": {"value": "yes"}, "V049.comment": "Fact. " * 10}
    added["V049.photos"] = ["a" * 64]

    assert missing_items(content, "SC1", calm, {"a" * 64}) == []
    gaps = missing_items(content, "SC1", added, {"a" * 64})
    assert [(gap.field, gap.reason) for gap in gaps] == [("U05", "blank")]

    def remarks(answers: dict[str, Any]) -> int:
        sheet = VisitSheet(
            content=content, scenario="SC1", answers=answers, score=None, language="en",
            translate=NullTranslations(),
        )  # fmt: skip
        return len(sheet.remarks())

    assert remarks(added) == remarks(calm) + 1


def test_a_follow_up_leaves_the_form_with_the_standard_of_its_question():
    standards = examples.standards()
    asked_by = examples.question_of(examples.form(), "V049")["standard"]
    for placed in standards_in(standards):
        if placed.standard["code"] == asked_by:
            placed.key_factor["standards"].remove(placed.standard)
    content = build_form_content(template(), standards, examples.model())

    assert "U05" not in [question["code"] for question in content["unscored"]]


def test_a_template_with_a_wrong_condition_builds_no_form():
    wrong = template()
    wrong["sections"][0]["questions"][0]["shown_if"] = {"field": "V076", "any_of": ["yes"]}
    with pytest.raises(FormError, match="V076 is not asked before it"):
        build_form_content(wrong, examples.standards(), examples.model())
