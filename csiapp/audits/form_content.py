"""The frozen content of an audit form: a template joined with published standards.

The template says what is asked, where and in which words; the standards say how each answer is
scored, so a target that a dealership edited counts. The result is plain JSON (see
:mod:`csiapp.standards.content` for canonical text and hash) with typed reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from csiapp.audits.exact import exact, rounded
from csiapp.audits.follow_ups import FollowUpError, check_conditions, in_order, orphans
from csiapp.audits.form_shape import (
    BriefQuestion,
    FormContent,
    FormOption,
    FormQuestion,
    Named,
    Pinned,
    Scoring,
    ScoringRules,
    Section,
    TimingField,
    UnscoredQuestion,
)
from csiapp.audits.form_template import LISTED_KEY
from csiapp.audits.timings import FormulaError, stamps_of
from csiapp.standards.content import (
    Number,
    Placed,
    Standard,
    StandardsContent,
    Text,
    content_sha256,
    plain_number,
    standards_in,
)
from csiapp.standards.factors import FactorModelContent

FORMAT = 1
CRITICAL_COMMENT_CHARS = 40
LOCAL_SECTION = "L"
LOCAL_TITLE: Text = {"zh": "本店自有标准", "en": "The dealership's own standards"}
_ANSWER_TYPES = {
    "yes_no": "yes_no",
    "count": "number",
    "duration": "duration",
    "percentage": "percent",
    "rating": "rating_0_10",
    "choice": "single_choice",
}


class FormError(ValueError):
    """The template, standards and factor model do not fit together."""


def build_form_content(
    template: Mapping[str, Any],
    standards: StandardsContent,
    model: FactorModelContent,
    observed: Mapping[str, str] = MappingProxyType({}),
) -> FormContent:
    """Join one form's template (:func:`csiapp.audits.form_template.template_content`) with
    published standards.

    A question whose standard is gone is left out, and with it its follow-ups. A standard that
    names this form in ``observed_by`` and has no question of its own gets one, worded as the
    standard, at the end of the last section that has questions of its step, else of the last
    section; the dealership's own (local) ones stand in a section of their own at the end.
    ``observed`` maps a standard that
    changed to the first day (ISO) on which it counts. Raises :class:`FormError`.
    """
    if standards["model"] != model["code"]:
        raise FormError(f"standards are weighted by {standards['model']}, not {model['code']}")
    placed = {p.standard["code"]: p for p in standards_in(standards)}
    _check_conditions(template)
    sections = [_section(section, placed) for section in template["sections"]]
    unscored = _without_orphans(sections, template["unscored"])
    if not template.get(LISTED_KEY):
        _append_unasked(sections, template, placed)
    _mark_observed(sections, observed)
    asked = [question for section in sections for question in section["questions"]]
    _check_questions(asked, model, template["timings"])
    content = FormContent(
        format=FORMAT,
        code=template["code"],
        kind=template["kind"],
        name=template["name"],
        template=Pinned(code=template["code"], sha256=content_sha256(template)),
        standards=Pinned(code=standards["code"], sha256=content_sha256(standards)),
        model=model["code"],
        factors=model["factors"],
        rules=ScoringRules(
            critical_fail_below=standards["rules"]["critical_fail_below"],
            caps=standards["rules"]["caps"],
            grades=template["grades"],
            bands=template["bands"],
        ),
        steps=[Named(code=step["code"], name=step["name"]) for step in standards["steps"]],
        sections=sections,
        unscored=unscored,
        timings=template["timings"],
        timing_rules=template["timing_rules"],
        scenarios=template["scenarios"],
        na_reasons=template["na_reasons"],
        instructions=template["instructions"],
        scenario_rules=template["scenario_rules"],
        reporting_rules=template["reporting_rules"],
        rejection_reasons=template["rejection_reasons"],
        qa_checks=template["qa_checks"],
    )
    if "conduct" in template:
        content["conduct"] = template["conduct"]
    if "brief_test" in template:
        content["brief_test"] = _checked_test(template["brief_test"])
    return content


def _checked_test(questions: list[BriefQuestion]) -> list[BriefQuestion]:
    for question in questions:
        if question["right"] not in {option["code"] for option in question["options"]}:
            raise FormError(f"test question {question['code']} has no right option")
    return questions


def all_questions(content: FormContent) -> list[tuple[Section, FormQuestion]]:
    """Every scored question with its section, in the order of the form."""
    return [(section, q) for section in content["sections"] for q in section["questions"]]


def excluded_sections(content: FormContent, scenario: str) -> frozenset[str]:
    """Section codes that the scenario leaves out. Forms without scenarios take an empty one.

    Raises ``ValueError`` for a scenario that the form does not have.
    """
    if not scenario and not content["scenarios"]:
        return frozenset()
    for known in content["scenarios"]:
        if known["code"] == scenario:
            return frozenset(known["sections_excluded"])
    raise ValueError(f"form {content['code']} has no scenario {scenario!r}")


def questions_for(content: FormContent, scenario: str) -> list[tuple[Section, FormQuestion]]:
    """The questions that this scenario asks, with their sections."""
    excluded = excluded_sections(content, scenario)
    return [(s, q) for s, q in all_questions(content) if s["code"] not in excluded]


def _section(section: Mapping[str, Any], placed: Mapping[str, Placed]) -> Section:
    return Section(
        code=section["code"],
        title=section["title"],
        stage=section["stage"],
        questions=[
            _question(question, placed[question["standard"]])
            for question in section["questions"]
            if question["standard"] in placed
        ],
        narrative=section["narrative"],
        impression_max=section["impression_max"],
    )


def _check_conditions(template: Mapping[str, Any]) -> None:
    try:
        check_conditions(in_order(template["sections"], template["unscored"]))
    except FollowUpError as error:
        raise FormError(str(error)) from error


def _without_orphans(
    sections: Sequence[Section], unscored: Sequence[UnscoredQuestion]
) -> list[UnscoredQuestion]:
    lost = orphans(in_order(sections, unscored))
    for section in sections:
        section["questions"] = [q for q in section["questions"] if q["code"] not in lost]
    return [question for question in unscored if question["code"] not in lost]


def _append_unasked(
    sections: list[Section], template: Mapping[str, Any], placed: Mapping[str, Placed]
) -> None:
    asked = {question["standard"] for s in template["sections"] for question in s["questions"]}
    own: list[FormQuestion] = []
    for code, found in placed.items():
        if code in asked or template["kind"] not in found.standard["observed_by"]:
            continue
        if found.standard.get("local"):
            own.append(_unasked(found, "stage1"))
            continue
        home = sections[-1]
        for section in sections:
            if any(q["step"] == found.step["code"] for q in section["questions"]):
                home = section
        home["questions"].append(_unasked(found, home["stage"]))
    if own:
        sections.append(_local_section(own))


def question_code(standard: str) -> str:
    """The code of a question that has none of its own."""
    return "Q" + "".join(filter(str.isalnum, standard)).upper()


def _unasked(placed: Placed, stage: str) -> FormQuestion:
    """A question in the words of the standard itself."""
    code = placed.standard["code"]
    asking = {
        "code": question_code(code),
        "text": placed.standard["statement"],
        "stage": stage,
        "reversed": False,
        "derive": None,
        "no_contact": None,
    }
    return _question(asking, placed)


def _local_section(questions: list[FormQuestion]) -> Section:
    return Section(
        code=LOCAL_SECTION,
        title=LOCAL_TITLE,
        stage="stage1",
        questions=questions,
        narrative=None,
        impression_max=0,
    )


def _mark_observed(sections: Iterable[Section], observed: Mapping[str, str]) -> None:
    for section in sections:
        for question in section["questions"]:
            if question["standard"] in observed:
                question["enforce_from"] = observed[question["standard"]]


def _question(asking: Mapping[str, Any], placed: Placed) -> FormQuestion:
    standard, measure = placed.standard, placed.standard["measure"]
    lasting = measure["type"] == "duration"
    derive = asking["derive"]
    question = FormQuestion(
        code=asking["code"],
        standard=standard["code"],
        text=asking["text"],
        statement=standard["statement"],
        answer_type=_ANSWER_TYPES[measure["type"]],
        unit=measure.get("unit", ""),
        options=[
            FormOption(code=o["code"], label=o["label"], score=o["score"])
            for o in measure.get("options", [])
        ],
        scoring=_scoring(standard, reverse=asking["reversed"]),
        derive=derive if lasting and derive and derive["unit"] == measure.get("unit") else None,
        no_contact=asking["no_contact"],
        never_allowed=lasting and measure.get("op") == "<=",
        na_allowed=asking.get("na_allowed", standard["na_allowed"]),
        points=standard["points"],
        importance=standard["importance"],
        factor=standard["factor"],
        indicator=standard["indicator"],
        step=placed.step["code"],
        sub_step=placed.sub_step["code"],
        key_factor=placed.key_factor["code"],
        key_factor_name=placed.key_factor["name"],
        kind=standard["kind"],
        critical=standard["critical"],
        evidence=asking.get("evidence", standard["evidence"]),
        comment_chars=CRITICAL_COMMENT_CHARS if standard["critical"] else 1,
        stage=asking["stage"],
        courses=standard["courses"],
    )
    if standard.get("local"):
        question["local"] = True
    if "shown_if" in asking:
        question["shown_if"] = asking["shown_if"]
    return question


def _scoring(standard: Standard, *, reverse: bool) -> Scoring:
    """Rule 1 from the standard's measure: full score at the target, none at the tolerance."""
    measure = standard["measure"]
    try:
        match measure["type"]:
            case "yes_no":
                good = bool(measure["target"]) is not reverse
                return Scoring(method="boolean", good_answer="yes" if good else "no")
            case "rating":
                return Scoring(method="rating", scale_max=10, met_at=_number(measure["target"]))
            case "choice":
                return Scoring(method="choice", met_at=1)
            case _:
                full, width = exact(measure["target"]), exact(measure["tolerance"])
                zero = full + width if measure["op"] == "<=" else full - width
                return Scoring(
                    method="linear",
                    op=measure["op"],
                    full_at=_number(measure["target"]),
                    zero_at=_decimal(zero),
                )
    except KeyError as missing:
        raise FormError(f"standard {standard['code']} has no {missing.args[0]}") from missing


def _number(value: object) -> Number:
    return _decimal(exact(value))


def _decimal(value: Fraction) -> Number:
    """Sums of decimals are decimals; 12 places hold every target and tolerance."""
    return plain_number(rounded(value, 12)) if value.denominator != 1 else int(value)


def _check_questions(
    questions: Sequence[FormQuestion],
    model: FactorModelContent,
    timings: Iterable[TimingField],
) -> None:
    if all(question.get("local") for question in questions):
        raise FormError("no question is left: none of the form's standards is published")
    factors = {factor["code"] for factor in model["factors"]}
    stamps = {timing["code"] for timing in timings}
    codes: set[str] = set()
    for question in questions:
        code = question["code"]
        if code in codes:
            raise FormError(f"question {code} stands twice")
        codes.add(code)
        if question["factor"] not in factors:
            raise FormError(f"question {code}: factor {question['factor']} is not in the model")
        if question["points"] <= 0:
            raise FormError(f"question {code}: points are not above 0")
        if question["derive"]:
            try:
                unknown = stamps_of(question["derive"]["formula"]) - stamps
            except FormulaError as error:
                raise FormError(f"question {code}: {error}") from error
            if unknown:
                raise FormError(f"question {code}: no time stamp {', '.join(sorted(unknown))}")
