"""Forms to test with: the reference forms, filled in well or badly, and random small ones."""

from __future__ import annotations

import functools
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from csiapp.audits.answer_rules import Boolean, Choice, Linear, Rating
from csiapp.audits.form_content import all_questions, build_form_content, questions_for
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.form_template import template_content
from csiapp.audits.scoring import Mark, Question, ScoringInput
from csiapp.reference import loader
from csiapp.standards.content import StandardsContent, from_template
from csiapp.standards.factors import FactorModelContent, factor_model_content

FACTORS = ("SI", "SA", "SF", "VP", "SQ")


@functools.cache
def _standards() -> StandardsContent:
    return from_template(loader.standards_template(), loader.service_process())


def standards() -> StandardsContent:
    return deepcopy(_standards())


def model() -> FactorModelContent:
    return factor_model_content(loader.primary_factor_model())


@functools.cache
def _form(kind: str) -> FormContent:
    template = template_content(loader.form_templates(), kind)
    return build_form_content(template, standards(), model())


def form(kind: str = "visit") -> FormContent:
    return deepcopy(_form(kind))


def question_of(content: FormContent, code: str) -> FormQuestion:
    return next(q for _, q in all_questions(content) if q["code"] == code)


def best(question: FormQuestion) -> Any:
    return _extreme(question, good=True)


def worst(question: FormQuestion) -> Any:
    return _extreme(question, good=False)


def _extreme(question: FormQuestion, *, good: bool) -> Any:
    scoring = question["scoring"]
    match scoring["method"]:
        case "boolean":
            other = {"yes": "no", "no": "yes"}[scoring["good_answer"]]
            return scoring["good_answer"] if good else other
        case "rating":
            return 10 if good else 0
        case "choice":
            pick = max if good else min
            return pick(question["options"], key=lambda option: Fraction(option["score"]))["code"]
        case _ if good:
            return scoring["full_at"]
        case _ if scoring["full_at"] != scoring["zero_at"]:
            return scoring["zero_at"]
        case _:  # nothing between full and zero: one step further is the worst
            step = 1 if scoring["op"] == "<=" else -1
            return Fraction(scoring["zero_at"]) + step


def answered(content: FormContent, pick: Any = best, scenario: str | None = None) -> dict[str, Any]:
    """Every question of the scenario answered by ``pick``."""
    chosen = scenario if scenario is not None else ("SC1" if content["scenarios"] else "")
    return {q["code"]: {"value": pick(q)} for _, q in questions_for(content, chosen)}


def complete(content: FormContent, pick: Any = best) -> dict[str, Any]:
    """Answers, narratives and unscored questions: nothing is missing when all are good."""
    fields = answered(content, pick)
    for section in content["sections"]:
        if section["narrative"]:
            fields[f"{section['code']}.narrative"] = "They did what the standard says. " * 3
    for unscored in content["unscored"]:
        fields[unscored["code"]] = 8 if unscored["answer_type"] == "rating_0_10" else "All in order"
    return fields


AnyRule = Linear | Boolean | Rating | Choice

thirds = st.integers(0, 60).map(lambda number: Fraction(number, 3))
weights = st.tuples(*[st.integers(1, 700)] * len(FACTORS)).map(
    lambda drawn: {name: Fraction(w, 7) for name, w in zip(FACTORS, drawn, strict=True)}
)
rules: st.SearchStrategy[AnyRule] = st.one_of(
    st.builds(lambda full, width: Linear("<=", full, full + width), thirds, thirds),
    st.builds(lambda full, width: Linear(">=", full, full - width), thirds, thirds),
    st.sampled_from([Boolean("yes"), Boolean("no")]),
    st.integers(0, 10).map(lambda met_at: Rating(Fraction(met_at))),
    st.integers(0, 9).map(
        lambda ninths: Choice({"ok": Fraction(1), "part": Fraction(ninths, 9), "bad": Fraction(0)})
    ),
)


def best_answer(rule: AnyRule) -> Any:
    match rule:
        case Boolean(good):
            return good
        case Rating():
            return 10
        case Choice():
            return "ok"
        case Linear():
            return rule.full_at


def worst_answer(rule: AnyRule) -> Any:
    match rule:
        case Boolean(good):
            return {"yes": "no", "no": "yes"}[good]
        case Rating():
            return 0
        case Choice():
            return "bad"
        case Linear():
            return rule.zero_at + (1 if rule.op == "<=" else -1)


def answers_to(rule: AnyRule) -> st.SearchStrategy[Any]:
    match rule:
        case Boolean():
            return st.sampled_from(["yes", "no"])
        case Rating():
            return st.integers(0, 10)
        case Choice():
            return st.sampled_from(["ok", "part", "bad"])
        case Linear():
            return thirds


_placed = st.builds(
    Question,
    code=st.just(""),
    factor=st.sampled_from(FACTORS),
    points=st.integers(1, 60).map(Fraction),
    rule=rules,
    critical=st.booleans(),
    step=st.sampled_from(["S01", "S02", ""]),
    kind=st.sampled_from(["product", "process"]),
)
questions = st.lists(_placed, min_size=1, max_size=9).map(
    lambda drawn: [replace(question, code=f"q{n}") for n, question in enumerate(drawn, 1)]
)


@st.composite
def filled_forms(draw: st.DrawFn) -> ScoringInput:
    """A small form with at least one applicable question."""
    asked = draw(questions)
    answers: dict[str, Any] = {}
    for place, question in enumerate(asked):
        left_out = place > 0 and draw(st.integers(0, 4)) == 0
        answers[question.code] = (
            Mark.NOT_APPLICABLE if left_out else draw(answers_to(question.rule))
        )
    return ScoringInput(questions=asked, answers=answers, weights=draw(weights))
