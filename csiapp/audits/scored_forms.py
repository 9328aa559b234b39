"""Reads ``scored_forms`` (YAML, as in ``scoring_examples.yaml``) and prints their scores.

The file holds ``scored_forms``, each with ``code``, ``weights``, ``questions`` (with ``answer``;
``NA`` and ``never`` are marks) and, if wanted, ``expected`` and a ``variant`` with ``change``.
``critical_fail_below``, ``caps`` and ``grades`` stand beside them, else the domain's are used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from csiapp.audits.answer_rules import AnswerRule, Boolean, Choice, Linear, Rating
from csiapp.audits.exact import exact, rounded
from csiapp.audits.scoring import (
    Band,
    Cap,
    Mark,
    Question,
    Rules,
    ScoreSheet,
    ScoringError,
    ScoringInput,
    score,
)
from csiapp.reference.loader import read_yaml

TOP_LOSSES = 3
_MARKS = {"NA": Mark.NOT_APPLICABLE, "never": Mark.NEVER}


class BadFile(ValueError):
    """The file is not in the form of ``scoring_examples.yaml``; the message says where."""


def score_file(path: Path) -> dict[str, dict[str, Any]]:
    """Form code -> the values that its ``expected`` names (all of them where it names none).

    Raises :class:`BadFile`.
    """
    try:
        document = read_yaml(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFile(f"cannot be read: {error}") from error
    forms = document.get("scored_forms") if isinstance(document, dict) else None
    if not isinstance(forms, list) or not forms:
        raise BadFile("has no list scored_forms")
    with _reading("limits"):
        rules = _rules(document)
    results: dict[str, dict[str, Any]] = {}
    for number, form in enumerate(forms, 1):
        with _reading(f"form {number}"):
            code = str(form["code"])
        if code in results:
            raise BadFile(f"form {code}: stands twice")
        with _reading(f"form {code}"):
            results[code] = _results(form, rules)
    return results


def main(arguments: Sequence[str]) -> int:
    """The program: 0 and JSON on standard output, or 2 and one line on standard error."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m csiapp.audits.scoring FILE\n")
        return 2
    try:
        results = score_file(Path(arguments[0]))
    except BadFile as error:
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return 2
    sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    return 0


@contextmanager
def _reading(where: str) -> Iterator[None]:
    """Turn whatever is wrong with the file's content into one clear line."""
    try:
        yield
    except ScoringError as error:
        about = "question " if error.question else ""
        raise BadFile(f"{where}: {about}{error}") from error
    except KeyError as error:
        raise BadFile(f"{where}: {error} is missing") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise BadFile(f"{where}: {error}") from error


def _rules(document: Mapping[str, Any]) -> Rules:
    given: dict[str, Any] = {}
    if "critical_fail_below" in document:
        given["critical_fail_below"] = exact(document["critical_fail_below"])
    if "caps" in document:
        given["caps"] = tuple(
            Cap(int(cap["failures"]), int(cap["max_index"])) for cap in document["caps"]
        )
    if "grades" in document:
        given["grades"] = tuple(
            Band(str(grade["code"]), int(grade["min"])) for grade in document["grades"]
        )
    return Rules(**given)


def _results(form: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    answers = {str(question["code"]): question.get("answer") for question in form["questions"]}
    shown = _shown(_score(form, answers, rules), form.get("expected"))
    if "variant" in form:
        variant = form["variant"]
        changed = _score(form, answers | variant["change"], rules)
        shown["variant"] = _shown(changed, variant.get("expected"))
    return shown


def _score(form: Mapping[str, Any], answers: Mapping[str, Any], rules: Rules) -> ScoreSheet:
    sheet = score(
        ScoringInput(
            questions=[_question(question) for question in form["questions"]],
            answers={code: _answer(value) for code, value in answers.items()},
            weights={str(name): exact(weight) for name, weight in form["weights"].items()},
            rules=rules,
        )
    )
    if not sheet.indexed:
        raise ScoringError("", "no question of the form is applicable")
    return sheet


def _answer(value: object) -> object:
    return _MARKS.get(value, value) if isinstance(value, str) else value


def _question(given: Mapping[str, Any]) -> Question:
    code = str(given["code"])
    try:
        return Question(
            code=code,
            factor=str(given["factor"]),
            points=exact(given["points"]),
            rule=_answer_rule(given),
            critical=_flag(given, "critical", default=False),
            na_allowed=_flag(given, "na_allowed", default=True),
            never_allowed=_flag(given, "never_allowed", default=True),
            step=str(given.get("step", "")),
            kind=str(given.get("kind", "")),
        )
    except KeyError as error:
        raise ScoringError(code, f"{error} is missing") from error
    except ValueError as error:
        raise ScoringError(code, str(error)) from error


def _flag(given: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}, not true or false")
    return value


def _answer_rule(given: Mapping[str, Any]) -> AnswerRule:
    match given["method"]:
        case "linear":
            return Linear(given["op"], exact(given["full_at"]), exact(given["zero_at"]))
        case "boolean":
            good = given["good_answer"]
            return Boolean({True: "yes", False: "no"}[good] if isinstance(good, bool) else good)
        case "rating":
            return Rating(exact(given["met_at"]), exact(given.get("scale_max", 10)))
        case "choice":
            return Choice({str(code): exact(value) for code, value in given["options"].items()})
        case other:
            raise ValueError(f"unknown method {other!r}")


def _shown(sheet: ScoreSheet, expected: Mapping[str, Any] | None) -> dict[str, Any]:
    """What ``expected`` names, rounded as in the examples: scores to 6 decimals, percent to 1."""
    top = len((expected or {}).get("points_lost_top", ())) or TOP_LOSSES
    everything: dict[str, Any] = {
        "question_scores": {code: _number(s, 6) for code, s in sheet.question_scores.items()},
        "factor_scores": {name: _number(s, 6) for name, s in sheet.factor_scores.items()},
        "step_scores": {code: _number(s, 6) for code, s in sheet.step_scores.items()},
        "kind_scores": {code: _number(s, 6) for code, s in sheet.kind_scores.items()},
        "raw_score": _number(sheet.raw_score, 6),
        "raw_index": sheet.raw_index,
        "critical_failures": list(sheet.critical_failures),
        "final_index": sheet.final_index,
        "grade": sheet.grade,
        "applicable": sheet.applicable,
        "met": sheet.met,
        "compliance_pct": _number(100 * sheet.compliance, 1),
        "points_lost_top": [
            {"code": lost.code, "index_points": _number(lost.points, 4)}
            for lost in sheet.points_lost[:top]
        ],
    }
    if expected is None:
        return everything
    return {name: value for name, value in everything.items() if name in expected}


def _number(value: Fraction | None, places: int) -> float | None:
    return None if value is None else float(rounded(value, places))
