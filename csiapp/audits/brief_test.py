"""The short test on the brief, passed before a visit may start (life of an audit, stage 4). Pure.

The form brings questions on conduct; those on the scenario are made from the scenario's own
facts, so that whoever passes has read which visit they are to make.
"""

from __future__ import annotations

from collections.abc import Mapping

from csiapp.audits.form_content import excluded_sections
from csiapp.audits.form_shape import BriefOption, BriefQuestion, FormContent

SCENARIO_CODE = "SCENARIO"
LEFT_OUT_CODE = "LEFTOUT"
SECTIONS_OFFERED = 3
WHICH_SCENARIO = {"zh": "您这次执行哪个场景？", "en": "Which scenario do you play on this visit?"}
WHICH_LEFT_OUT = {
    "zh": "您的场景不问哪个部分？",
    "en": "Which part is not asked in your scenario?",
}


def brief_questions(content: FormContent, scenario: str) -> list[BriefQuestion]:
    """What this visit's shopper is asked; nothing where the form has no test.

    Raises ``ValueError`` for a scenario that the form does not have.
    """
    if not content.get("brief_test"):
        return []
    return [*_on_scenario(content, scenario), *content["brief_test"]]


def wrong_answers(content: FormContent, scenario: str, given: object) -> list[str]:
    """The codes of the questions that are not answered right; passed when there is none."""
    answers = given if isinstance(given, Mapping) else {}
    return [
        question["code"]
        for question in brief_questions(content, scenario)
        if answers.get(question["code"]) != question["right"]
    ]


def right_answers(content: FormContent, scenario: str) -> dict[str, str]:
    """Question -> the code of its right option."""
    return {q["code"]: q["right"] for q in brief_questions(content, scenario)}


def _on_scenario(content: FormContent, scenario: str) -> list[BriefQuestion]:
    excluded = excluded_sections(content, scenario)
    made = []
    if len(content["scenarios"]) > 1:
        names = [BriefOption(code=s["code"], text=s["name"]) for s in content["scenarios"]]
        made.append(
            BriefQuestion(code=SCENARIO_CODE, text=WHICH_SCENARIO, options=names, right=scenario)
        )
    if len(excluded) == 1:
        (right,) = excluded
        asked = [s["code"] for s in content["sections"] if s["code"] != right]
        offered = {right, *asked[: SECTIONS_OFFERED - 1]}
        titles = [
            BriefOption(code=section["code"], text=section["title"])
            for section in content["sections"]
            if section["code"] in offered
        ]
        made.append(
            BriefQuestion(code=LEFT_OUT_CODE, text=WHICH_LEFT_OUT, options=titles, right=right)
        )
    return made
