"""A filled form: durations from its time stamps, answers by rule, and what is scored.

``answers`` maps fields (see :mod:`csiapp.audits.answer_fields`) to their current, validated
values; a field that is absent or ``None`` is blank. Sections that the scenario leaves out are
ignored whatever they hold. Questions of stage two may wait: they are then "not yet answered",
left out of the index, and the index is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from csiapp.audits.answer_rules import AnswerRule, Boolean, Choice, Linear, Operator, Rating
from csiapp.audits.exact import exact
from csiapp.audits.follow_ups import asked
from csiapp.audits.form_content import all_questions, excluded_sections, questions_for
from csiapp.audits.form_shape import FormContent, FormQuestion, UnscoredQuestion
from csiapp.audits.scoring import Band, Cap, Mark, Question, Rules, ScoringInput
from csiapp.audits.timings import duration, stamp_time

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TimingViolation:
    """``later`` lies before ``earlier``, against timing rule ``rule``."""

    rule: str
    earlier: str
    later: str


def text_in(answers: Answers, field: str) -> str:
    """A text field without the space around it, empty when blank."""
    return str(answers.get(field) or "").strip()


def timings_in(content: FormContent, scenario: str, answers: Answers) -> dict[str, datetime]:
    """The time stamps that were recorded, without those of left-out sections."""
    excluded = excluded_sections(content, scenario)
    return {
        timing["code"]: stamp_time(answers[timing["code"]])
        for timing in content["timings"]
        if timing["section"] not in excluded and answers.get(timing["code"]) is not None
    }


def visit_day(content: FormContent, scenario: str, answers: Answers, zone: tzinfo) -> date | None:
    """The day at the dealership (``zone``) on which the visit began; ``None`` without a stamp.

    It is that of the first time stamp in a part that every scenario has: a booking by phone is
    days earlier, and a walk-in has none. Where there is no such stamp, of the first of all.
    """
    stamps = timings_in(content, scenario, answers)
    optional = {code for s in content["scenarios"] for code in s["sections_excluded"]}
    on_site = {t["code"] for t in content["timings"] if t["section"] not in optional}
    taken = [stamps[code] for code in stamps.keys() & on_site] or list(stamps.values())
    return min(taken).astimezone(zone).date() if taken else None


def derive_durations(content: FormContent, timings: Mapping[str, datetime]) -> dict[str, int]:
    """Question code -> whole units, for every duration whose stamps are there and in order."""
    durations: dict[str, int] = {}
    for _, question in all_questions(content):
        derive = question["derive"]
        if derive is not None:
            value = duration(derive["formula"], derive["unit"], timings)
            if value is not None:
                durations[question["code"]] = value
    return durations


def timing_violations(
    content: FormContent, scenario: str, answers: Answers
) -> list[TimingViolation]:
    """Stamps out of order. A stamp that was not recorded is passed over."""
    timings = timings_in(content, scenario, answers)
    violations: list[TimingViolation] = []
    for rule in content["timing_rules"]:
        chains = list(rule["chains"])
        commented = rule["unless_comment"]
        if commented and not text_in(answers, f"{commented['question']}.comment"):
            chains.append(commented["chain"])
        for chain in chains:
            for earlier, later in pairwise(code for code in chain if code in timings):
                first, second = timings[earlier], timings[later]
                if second < first or (rule["strict"] and second == first):
                    violations.append(TimingViolation(rule["code"], earlier, later))
    return violations


def effective_answers(
    content: FormContent, scenario: str, answers: Answers
) -> dict[str, dict[str, Any]]:
    """Question code -> the answer that counts, for every answered question that is asked.

    A duration is computed where its stamps allow; a typed one stands in only where they do not.
    N/A and "never" are the shopper's word and are kept.
    """
    return _asked(content, scenario, answers)[0]


def not_asked(content: FormContent, scenario: str, answers: Answers) -> frozenset[str]:
    """Codes of the scenario's follow-ups, scored and unscored, that no answer calls for."""
    return _asked(content, scenario, answers)[1]


def unscored_asked(content: FormContent, scenario: str, answers: Answers) -> list[UnscoredQuestion]:
    """The unscored questions without the follow-ups that no answer calls for."""
    hidden = not_asked(content, scenario, answers)
    return [question for question in content["unscored"] if question["code"] not in hidden]


def _asked(
    content: FormContent, scenario: str, answers: Answers
) -> tuple[dict[str, dict[str, Any]], frozenset[str]]:
    """The answers that count, and the follow-ups that are not asked. A condition looks at an
    earlier answer that counts, so what is not asked calls for nothing itself."""
    durations = derive_durations(content, timings_in(content, scenario, answers))
    effective: dict[str, dict[str, Any]] = {}
    hidden: set[str] = set()
    unscored = {question["code"] for question in content["unscored"]}

    def is_asked(question: FormQuestion | UnscoredQuestion) -> bool:
        shown_if = question.get("shown_if")
        field = shown_if["field"] if shown_if else ""
        plain = field in unscored and field not in hidden
        given = answers.get(field) if plain else effective.get(field)
        if not asked(shown_if, given):
            hidden.add(question["code"])
        return question["code"] not in hidden

    for _, question in questions_for(content, scenario):
        code = question["code"]
        if not is_asked(question):
            continue
        given = answers.get(code)
        if code in durations and (given is None or "value" in given):
            effective[code] = {"value": durations[code]}
        elif given is not None:
            effective[code] = given
    for remark in content["unscored"]:
        is_asked(remark)
    return effective, frozenset(hidden)


def answers_by_rule(
    content: FormContent, scenario: str, answers: Answers, *, days_since_leaving: int
) -> dict[str, dict[str, Any]]:
    """Answers that a rule gives to blank questions: no follow-up call by day 7 counts as day 7.

    Returns field -> value to record, empty while there is still time.
    """
    answered, hidden = _asked(content, scenario, answers)
    given: dict[str, dict[str, Any]] = {}
    for _, question in questions_for(content, scenario):
        rule = question["no_contact"]
        code = question["code"]
        if rule is None or code in answered or code in hidden:
            continue
        if days_since_leaving < rule["after_days"]:
            continue
        given[code] = {"na": rule["na"]} if "na" in rule else {"value": rule["value"]}
    return given


def to_scoring(
    content: FormContent,
    scenario: str,
    answers: Answers,
    observed: Mapping[str, Mark] = MappingProxyType({}),
) -> ScoringInput:
    """What :func:`csiapp.audits.scoring.score` takes. A blank question of stage one stays blank,
    which ``score`` refuses; one of stage two is marked pending. A follow-up that no answer calls
    for is left out like a part that the scenario leaves out. What was answered to a question in
    ``observed`` (:func:`csiapp.audits.observed.observed_questions`) gives way to its mark."""
    effective, hidden = _asked(content, scenario, answers)
    excluded = excluded_sections(content, scenario)
    marked: dict[str, object] = {}
    for section, question in all_questions(content):
        code = question["code"]
        if section["code"] in excluded or code in hidden:
            marked[code] = Mark.EXCLUDED
        elif code in effective:
            marked[code] = scored_answer(code, effective[code], observed)
        elif question["stage"] == "stage2":
            marked[code] = Mark.PENDING
    return scoring_form(content, marked)


def scoring_form(content: FormContent, marked: Mapping[str, object]) -> ScoringInput:
    """The form with ``marked``: question -> a value as the rules take it, or a mark."""
    return ScoringInput(
        questions=[scoring_question(question) for _, question in all_questions(content)],
        answers=marked,
        weights={factor["code"]: exact(factor["weight"]) for factor in content["factors"]},
        rules=scoring_rules(content),
    )


def scoring_question(question: FormQuestion) -> Question:
    """The scorer's view of a form question."""
    return Question(
        code=question["code"],
        factor=question["factor"],
        points=Fraction(question["points"]),
        rule=answer_rule(question),
        critical=question["critical"],
        na_allowed=question["na_allowed"],
        never_allowed=question["never_allowed"],
        step=question["step"],
        kind=question["kind"],
        indicator=question["indicator"],
        local=question.get("local", False),
    )


def answer_rule(question: FormQuestion) -> AnswerRule:
    scoring = question["scoring"]
    match scoring["method"]:
        case "boolean":
            return Boolean(scoring["good_answer"])
        case "rating":
            return Rating(exact(scoring["met_at"]), exact(scoring["scale_max"]))
        case "choice":
            return Choice({o["code"]: exact(o["score"]) for o in question["options"]})
        case _:
            op: Operator = "<=" if scoring["op"] == "<=" else ">="
            return Linear(op, exact(scoring["full_at"]), exact(scoring["zero_at"]))


def scoring_rules(content: FormContent) -> Rules:
    rules = content["rules"]
    return Rules(
        critical_fail_below=exact(rules["critical_fail_below"]),
        caps=tuple(Cap(cap["failures"], cap["max_index"]) for cap in rules["caps"]),
        grades=tuple(Band(grade["code"], grade["min_index"]) for grade in rules["grades"]),
        bands=tuple(Band(band["code"], band["min_index"]) for band in rules["bands"]),
    )


def scored_answer(code: str, answer: Mapping[str, Any], observed: Mapping[str, Mark]) -> object:
    """What a given answer counts as. What did not apply is never observed."""
    if "na" in answer:
        return Mark.NOT_APPLICABLE
    return observed.get(code) or (Mark.NEVER if "never" in answer else answer["value"])
