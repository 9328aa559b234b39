"""The checks before a visit is approved (life of an audit, stage 8): what a machine can tell.

The checks themselves stand in the form (``qa_checks``). Those that are not ``auto`` are a
person's: papers against the visit, facts and tone of comments against the scores.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from csiapp.audits.exact import exact
from csiapp.audits.filled_form import (
    Answers,
    TimingViolation,
    derive_durations,
    effective_answers,
    timing_violations,
    timings_in,
)
from csiapp.audits.form_content import questions_for
from csiapp.audits.form_shape import FormContent
from csiapp.audits.missing import missing_items
from csiapp.audits.rollup import form_index
from csiapp.standards.content import Text

DEVIATION = 150
TOLERANCE = {"second": 60, "minute": 1}
OUT_OF_SCENARIO = "not_observable"


@dataclass(frozen=True, slots=True)
class Checked:
    """``passed`` is None where a person has to look. ``fields`` are what to look at; ``deviation``
    is in index points, where that is what was checked."""

    code: str
    name: Text
    passed: bool | None
    fields: tuple[str, ...] = ()
    deviation: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What was handed in. ``photos`` are the SHA-256 of those that arrived, ``past_indices`` the
    final indices of earlier published visits with this form at this dealership; ``final_index``
    is None where no question counts."""

    content: FormContent
    scenario: str
    answers: Answers
    photos: Collection[str]
    final_index: int | None
    past_indices: Sequence[int] = ()


def manual_checks(content: FormContent) -> list[str]:
    """Codes of the checks that a person has to confirm."""
    return [check["code"] for check in content["qa_checks"] if not check["auto"]]


def run_checks(visit: Submitted) -> list[Checked]:
    """Every check of the form, in its order."""
    found = {
        "QA1": tuple(_incomplete(visit)),
        "QA2": tuple(v.later for v in _out_of_order(visit)),
        "QA3": tuple(_disagreeing_durations(visit)),
        "QA7": tuple(_failures_without_evidence(visit)),
        "QA8": tuple(_unfitting_na(visit)),
    }
    results = []
    for check in visit.content["qa_checks"]:
        code, name = check["code"], check["name"]
        if code == "QA9":
            deviation = _deviation(visit)
            fits = deviation is None or abs(deviation) <= DEVIATION
            results.append(Checked(code, name, fits, deviation=deviation))
        elif code in found:
            results.append(Checked(code, name, not found[code], found[code]))
        else:
            results.append(Checked(code, name, None))
    return results


def _gaps(visit: Submitted) -> Iterator[tuple[str, str]]:
    gaps = missing_items(visit.content, visit.scenario, visit.answers, visit.photos, stage="stage2")
    return ((gap.field, gap.reason) for gap in gaps)


def _incomplete(visit: Submitted) -> Iterator[str]:
    elsewhere = {"stamp_order", "evidence_missing", "na_not_allowed", "na_reason_missing"}
    return (field for field, reason in _gaps(visit) if reason not in elsewhere)


def _failures_without_evidence(visit: Submitted) -> Iterator[str]:
    return (field for field, reason in _gaps(visit) if reason == "evidence_missing")


def _out_of_order(visit: Submitted) -> list[TimingViolation]:
    return timing_violations(visit.content, visit.scenario, visit.answers)


def _disagreeing_durations(visit: Submitted) -> Iterator[str]:
    """Typed durations that differ from their stamps by more than a minute."""
    stamps = timings_in(visit.content, visit.scenario, visit.answers)
    derived = derive_durations(visit.content, stamps)
    for _section, question in questions_for(visit.content, visit.scenario):
        code = question["code"]
        typed = (visit.answers.get(code) or {}).get("value")
        if code in derived and typed is not None:
            allowed = TOLERANCE.get(question["unit"].removesuffix("s"), 0)
            if abs(exact(typed) - derived[code]) > allowed:
                yield code


def _unfitting_na(visit: Submitted) -> Iterator[str]:
    """N/A without a reason, or laid on the scenario where the scenario asks the question."""
    expected = {
        standard
        for scenario in visit.content["scenarios"]
        if scenario["code"] == visit.scenario
        for standard in scenario["na_expected"]
    }
    reasons = {reason["code"] for reason in visit.content["na_reasons"]}
    effective = effective_answers(visit.content, visit.scenario, visit.answers)
    for _section, question in questions_for(visit.content, visit.scenario):
        given = effective.get(question["code"], {})
        if "na" not in given:
            continue
        blamed = given["na"] == OUT_OF_SCENARIO and question["standard"] not in expected
        if blamed or given["na"] not in reasons or not question["na_allowed"]:
            yield question["code"]


def _deviation(visit: Submitted) -> Fraction | None:
    past = form_index(visit.past_indices)
    if past is None or visit.final_index is None:
        return None
    return visit.final_index - past
