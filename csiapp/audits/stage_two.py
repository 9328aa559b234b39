"""Stage two of a visit: what is known only days later (life of an audit, stage 7). Pure.

The follow-up call and the return of a fault are asked from day 3 to day 7 after leaving. Until
they are answered the index is provisional; no call by day 7 is answered by rule.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from csiapp.audits.answer_fields import Field, FieldKind
from csiapp.audits.filled_form import Answers, answers_by_rule, not_asked
from csiapp.audits.form_content import all_questions, excluded_sections, questions_for
from csiapp.audits.form_shape import FormContent, FormQuestion, Section
from csiapp.audits.missing import Stage, missing_items
from csiapp.audits.timings import stamps_of

STAGE: Stage = "stage2"
BY_RULE = (
    "按规则作答：离店后第7天结束时，没有收到该店的任何回访联系。本说明由系统填写，不是神秘顾客的原话。"
    " Answered by rule: by the end of day 7 after leaving there was no follow-up contact. "
    "Written by the system, not by the shopper."
)
"""Stands where a comment or description is needed for an answer that a rule gave."""


def waits(content: FormContent, scenario: str, answers: Answers) -> bool:
    """Whether questions of stage two have no answer yet."""
    hidden = not_asked(content, scenario, answers)
    return any(
        question["stage"] == STAGE and question["code"] not in hidden
        for _section, question in questions_for(content, scenario)
        if not answers.get(question["code"]) and not _derived(question, answers)
    )


def _derived(question: FormQuestion, answers: Answers) -> bool:
    derive = question["derive"]
    return derive is not None and all(answers.get(t) for t in stamps_of(derive["formula"]))


def belongs(content: FormContent, field: Field) -> bool:
    """Whether a field may still be answered in stage two: its questions, their sections'
    stamps and descriptions, notes, which device holds the visit, and what was looked at."""
    if field.kind in (FieldKind.HOLDER, FieldKind.JOT, FieldKind.FOCUS):
        return True
    sections = {s["code"] for s in content["sections"] if s["stage"] == STAGE}
    if field.kind in (FieldKind.STAMP, FieldKind.REASON):
        return any(t["code"] == field.code and t["section"] in sections for t in content["timings"])
    if field.kind in (FieldKind.NARRATIVE, FieldKind.IMPRESSION):
        return field.code in sections
    return any(q["code"] == field.code and q["stage"] == STAGE for _, q in all_questions(content))


def sections_of(content: FormContent, scenario: str, answers: Answers) -> list[Section]:
    """The form of stage two: what it asks and nothing else. A follow-up of an earlier stage is
    there, or is not, for good."""
    excluded = excluded_sections(content, scenario)
    hidden = not_asked(content, scenario, answers)
    shown: list[Section] = []
    for section in content["sections"]:
        asked = [q for q in section["questions"] if q["stage"] == STAGE and q["code"] not in hidden]
        whole = section["stage"] == STAGE
        if section["code"] in excluded or not (asked or whole):
            continue
        part = Section(**{**section, "questions": asked})
        if not whole:
            part["narrative"], part["impression_max"] = None, 0
        shown.append(part)
    here = {question["code"] for section in shown for question in section["questions"]}
    for section in shown:
        section["questions"] = [_settled(question, here) for question in section["questions"]]
    return shown


def _settled(question: FormQuestion, here: set[str]) -> FormQuestion:
    if "shown_if" not in question or question["shown_if"]["field"] in here:
        return question
    settled = question.copy()
    del settled["shown_if"]
    return settled


def rule_answers(
    content: FormContent, scenario: str, answers: Answers, *, days_since_leaving: int
) -> dict[str, Any]:
    """Field -> value for what a rule answers when the days are over: no call by day 7, what the
    scenario expects not to apply, and the words that those answers need. Empty before."""
    given: dict[str, Any] = dict(
        answers_by_rule(content, scenario, answers, days_since_leaving=days_since_leaving)
    )
    if not given:
        return {}
    expected = {
        code for s in content["scenarios"] if s["code"] == scenario for code in s["na_expected"]
    }
    for _section, question in questions_for(content, scenario):
        blank = question["code"] not in given and not answers.get(question["code"])
        left_out = question["na_allowed"] and question["standard"] in expected
        if question["stage"] == STAGE and blank and left_out:
            given[question["code"]] = {"na": content["na_reasons"][0]["code"]}
    filled = {**answers, **given}
    for gap in missing_items(content, scenario, filled, _photos(answers), stage=STAGE):
        code, _dot, part = gap.field.partition(".")
        if part == "narrative" or (part == "comment" and code in given):
            given[gap.field] = BY_RULE
    return given


def _photos(answers: Answers) -> set[str]:
    found = (value for field, value in answers.items() if field.endswith(".photos"))
    return {photo for photos in found for photo in photos or ()}


def window(left_on: dt.date, first_day: int, last_day: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of stage two, both included."""
    return left_on + dt.timedelta(first_day), left_on + dt.timedelta(last_day)
