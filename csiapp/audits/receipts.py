"""The derivation of a score, so that anybody can recompute it.

A receipt is plain JSON. Fractions are text: ``"2/3"``, or ``"5"`` when whole. It holds what went
in (``rules``, ``weights``, ``questions`` with their answers), what came out of each question, the
``result``, and the SHA-256 of all that. Whoever holds the hash that was published with the score
can tell that neither side was changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from csiapp.audits.answer_rules import AnswerRule, Boolean, Choice, Linear, Rating
from csiapp.audits.exact import exact, fraction_text, parse_fraction
from csiapp.audits.scoring import (
    Band,
    Cap,
    Mark,
    Question,
    Rules,
    ScoreSheet,
    ScoringInput,
    score,
)
from csiapp.standards.content import canonical_json, content_sha256

FORMAT = 1


def receipt(form: ScoringInput) -> dict[str, Any]:
    """Score the form and write down how. Raises ``ScoringError`` as ``score`` does."""
    sheet = score(form)
    lost = {entry.code: entry.points for entry in sheet.points_lost}
    body: dict[str, Any] = {
        "format": FORMAT,
        "rules": _rules(form.rules),
        "weights": _texts(form.weights),
        "questions": [
            {
                **_question(question),
                "answer": _answer(question.rule, form.answers[question.code]),
                "score": _text(sheet.question_scores.get(question.code)),
                "met": question.code in sheet.met_questions,
                "points_lost": _text(lost.get(question.code)),
            }
            for question in form.questions
        ],
        "result": _result(sheet),
    }
    return body | {"sha256": content_sha256(body)}


def verify_receipt(given: object) -> bool:
    """Whether recomputing the receipt from its own input gives the same receipt, hash included."""
    try:
        return isinstance(given, Mapping) and (
            canonical_json(given) == canonical_json(receipt(scoring_input(given)))
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def scoring_input(given: Mapping[str, Any]) -> ScoringInput:
    """The form that a receipt was made from. Raises ``KeyError``, ``TypeError`` or ``ValueError``
    for what is no receipt."""
    if given["format"] != FORMAT:
        raise ValueError(f"unknown receipt format {given['format']!r}")
    rules = given["rules"]
    return ScoringInput(
        questions=[_read_question(question) for question in given["questions"]],
        answers={q["code"]: _read_answer(q["answer"]) for q in given["questions"]},
        weights={name: parse_fraction(text) for name, text in given["weights"].items()},
        rules=Rules(
            critical_fail_below=parse_fraction(rules["critical_fail_below"]),
            caps=tuple(Cap(cap["failures"], cap["max_index"]) for cap in rules["caps"]),
            grades=tuple(Band(band["code"], band["min_index"]) for band in rules["grades"]),
            bands=tuple(Band(band["code"], band["min_index"]) for band in rules["bands"]),
        ),
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else fraction_text(value)


def _texts(values: Mapping[str, Fraction] | Mapping[str, Fraction | None]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items()}


def _rules(rules: Rules) -> dict[str, Any]:
    return {
        "critical_fail_below": fraction_text(rules.critical_fail_below),
        "caps": [{"failures": cap.failures, "max_index": cap.max_index} for cap in rules.caps],
        "grades": [{"code": band.code, "min_index": band.min_index} for band in rules.grades],
        "bands": [{"code": band.code, "min_index": band.min_index} for band in rules.bands],
    }


def _question(question: Question) -> dict[str, Any]:
    local = {"local": True} if question.local else {}
    return local | {
        "code": question.code,
        "factor": question.factor,
        "points": fraction_text(question.points),
        "rule": _rule(question.rule),
        "critical": question.critical,
        "na_allowed": question.na_allowed,
        "never_allowed": question.never_allowed,
        "step": question.step,
        "kind": question.kind,
        "indicator": question.indicator,
    }


def _rule(rule: AnswerRule) -> dict[str, Any]:
    match rule:
        case Linear(op, full_at, zero_at):
            limits = {"full_at": fraction_text(full_at), "zero_at": fraction_text(zero_at)}
            return {"method": "linear", "op": op, **limits}
        case Boolean(good_answer):
            return {"method": "boolean", "good_answer": good_answer}
        case Rating(met_at, scale_max):
            limits = {"met_at": fraction_text(met_at), "scale_max": fraction_text(scale_max)}
            return {"method": "rating", **limits}
        case Choice(options):
            return {"method": "choice", "options": _texts(options)}


def _answer(rule: AnswerRule, answer: object) -> dict[str, str]:
    if isinstance(answer, Mark):
        return {"mark": answer.value}
    if isinstance(rule, Linear | Rating):
        return {"number": fraction_text(exact(answer))}
    if isinstance(answer, bool):
        return {"word": "yes" if answer else "no"}
    return {"word": str(answer)}


def _result(sheet: ScoreSheet) -> dict[str, Any]:
    return {
        "factor_scores": _texts(sheet.factor_scores),
        "factor_shares": _texts(sheet.factor_shares),
        "indicator_scores": _texts(sheet.indicator_scores),
        "step_scores": _texts(sheet.step_scores),
        "kind_scores": _texts(sheet.kind_scores),
        "raw_score": fraction_text(sheet.raw_score),
        "raw_index": sheet.raw_index,
        "critical_failures": list(sheet.critical_failures),
        "cap": sheet.cap,
        "final_index": sheet.final_index,
        "grade": sheet.grade,
        "band": sheet.band,
        "applicable": sheet.applicable,
        "met": sheet.met,
        "compliance": fraction_text(sheet.compliance),
        "not_applicable": list(sheet.not_applicable),
        "pending": list(sheet.pending),
        **_beside(sheet),
    }


def _beside(sheet: ScoreSheet) -> dict[str, Any]:
    """What only some visits have; left out it leaves the receipts of all others as they were."""
    found: dict[str, Any] = {}
    if sheet.local_score is not None:
        found |= {"local_score": _text(sheet.local_score), "local_index": sheet.local_index}
    if sheet.observed:
        found["observed"] = list(sheet.observed)
    return found


def _read_question(given: Mapping[str, Any]) -> Question:
    return Question(
        code=given["code"],
        factor=given["factor"],
        points=parse_fraction(given["points"]),
        rule=_read_rule(given["rule"]),
        critical=given["critical"],
        na_allowed=given["na_allowed"],
        never_allowed=given["never_allowed"],
        step=given["step"],
        kind=given["kind"],
        indicator=given["indicator"],
        local=given.get("local", False),
    )


def _read_rule(given: Mapping[str, Any]) -> AnswerRule:
    match given["method"]:
        case "linear":
            full_at, zero_at = parse_fraction(given["full_at"]), parse_fraction(given["zero_at"])
            return Linear(given["op"], full_at, zero_at)
        case "boolean":
            return Boolean(given["good_answer"])
        case "rating":
            return Rating(parse_fraction(given["met_at"]), parse_fraction(given["scale_max"]))
        case "choice":
            options = given["options"].items()
            return Choice({code: parse_fraction(text) for code, text in options})
        case other:
            raise ValueError(f"unknown method {other!r}")


def _read_answer(given: Mapping[str, Any]) -> object:
    if "mark" in given:
        return Mark(given["mark"])
    return parse_fraction(given["number"]) if "number" in given else given["word"]
