"""Scores a visit, freezes the result with its derivation, and leads it to what caused it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from flask import current_app

from csiapp.accounts.queries import current_dealership
from csiapp.audits import receipts, scoring
from csiapp.audits.answer_rules import ZERO
from csiapp.audits.exact import fraction_text
from csiapp.audits.filled_form import to_scoring
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.models import Finding, FormVersion, Visit, VisitScore
from csiapp.audits.observed import changed_questions, marks_in, observed_questions
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.scores import latest_score, sheet_of
from csiapp.audits.queries.shopper import dealership_of
from csiapp.audits.queries.teaching import teaching_courses, untaught_questions
from csiapp.audits.queries.visits import answers_of, get_visit, visited_on
from csiapp.audits.scoring import Mark
from csiapp.core.activity import record
from csiapp.core.extensions import db
from csiapp.core.jobs import enqueue
from csiapp.core.tenancy import current_scope
from csiapp.standards.models import SubStep

_NOT_ANSWERED = (Mark.PENDING, Mark.NOT_APPLICABLE)

Kind = Literal["provisional", "published"]
Gap = dict[str, Any]

GapFinder = Callable[[Sequence[str], Sequence[str], dt.date], list[Gap]]
"""(courses, roles, day) -> [{"course", "role", "staff", "lacked"}]. Registered by training as
`app.extensions["csiapp.training_gap"]`; without it no gap is known."""


def score_visit(visit: Visit, kind: Kind, reason: str = "") -> VisitScore:
    """Score the current answers as the visit's next revision (rules 1 to 12, docs/scoring.md).

    Works under a visit's scope as well. Raises `scoring.ScoringError` for a blank question.
    """
    content, answers, last = (
        content_of(form_of(visit)),
        answers_of(visit.id),
        latest_score(visit.id),
    )
    observed = _observed(visit, content, answers, last)
    filled = to_scoring(content, visit.scenario, answers, observed)
    sheet, derivation = scoring.score(filled), receipts.receipt(filled)
    result = VisitScore(
        visit_id=visit.id,
        revision=0 if last is None else last.revision + 1,
        kind=kind,
        reason=reason,
        raw=fraction_text(sheet.raw_score),
        raw_index=sheet.raw_index,
        final_index=sheet.final_index,
        grade=sheet.grade,
        critical_failures=len(sheet.critical_failures),
        compliance=fraction_text(sheet.compliance),
        factor_scores={
            factor: None if value is None else fraction_text(value)
            for factor, value in sheet.factor_scores.items()
        },
        local_index=sheet.local_index,
        observed=list(sheet.observed),
        receipt=derivation,
        sha256=derivation["sha256"],
        created_by=current_scope().actor,
    )
    db.session.add(result)
    db.session.flush()
    record("visit.score", "visit", visit.id, _traced(result))
    return result


def _observed(
    visit: Visit, content: FormContent, answers: Mapping[str, Any], last: VisitScore | None
) -> dict[str, Mark]:
    """The questions that do not count in this visit. What no course taught when the visit was
    first scored stays so in all its revisions: a course made later is for later visits."""
    changed = {question["code"] for question in changed_questions(content)}
    if not changed:
        return {}
    zone = dealership_of(visit).timezone
    day = visited_on(visit, content, answers, zone)
    earlier = marks_in(last.receipt) if last else dict.fromkeys(changed, Mark.PENDING)
    untaught = {code for code in changed if earlier.get(code) is Mark.UNTAUGHT}
    new = {code for code in changed if earlier.get(code) in _NOT_ANSWERED}
    if new:
        untaught |= new & untaught_questions(content)
    return observed_questions(content, day, untaught)


def announce(visit: Visit, score: VisitScore) -> None:
    """Let the reports of this score be prepared, once this transaction is committed. A pilot
    has none."""
    if visit.pilot:
        return
    enqueue("reports.prepare", visit_id=str(visit.id), score_id=str(score.id))


def findings_for(score: VisitScore) -> list[Finding]:
    """Write one finding for every question of the score that was not fully met. The dealership's
    own standards cost no points of the index."""
    visit = get_visit(score.visit_id)
    form, sheet = form_of(visit), sheet_of(score)
    lost = {entry.code: entry.points for entry in sheet.points_lost}
    failed = [
        question
        for _section, question in all_questions(content_of(form))
        if sheet.question_scores.get(question["code"], 1) < 1
    ]
    taught = _Teaching(form, failed, _day_of(visit, form))
    findings = [
        Finding(
            visit_id=visit.id,
            score_id=score.id,
            question=question["code"],
            standard_code=question["standard"],
            step_code=question["step"],
            key_factor_code=question["key_factor"],
            courses=taught.courses(question),
            score=fraction_text(sheet.question_scores[question["code"]]),
            points_lost=fraction_text(lost.get(question["code"], ZERO)),
            critical=question["code"] in sheet.critical_failures,
            gap=taught.gap(question),
        )
        for question in failed
    ]
    db.session.add_all(findings)
    db.session.flush()
    return findings


class _Teaching:
    """Which courses teach what failed, and who lacked them on the day. One question to
    training for all courses and roles together."""

    def __init__(self, form: FormVersion, failed: Iterable[FormQuestion], day: dt.date) -> None:
        self._failed = list(failed)
        self._roles = _executing_roles(form.standard_version_id)
        self._taught_by = teaching_courses({q["standard"] for q in self._failed})
        self._gaps = self._find_gaps(day)

    def courses(self, question: FormQuestion) -> list[str]:
        return sorted({*question["courses"], *self._taught_by.get(question["standard"], ())})

    def gap(self, question: FormQuestion) -> list[Gap]:
        roles, courses = self._roles.get(question["sub_step"], ()), self.courses(question)
        return [g for g in self._gaps if g["course"] in courses and g["role"] in roles]

    def _find_gaps(self, day: dt.date) -> list[Gap]:
        find: GapFinder | None = current_app.extensions.get("csiapp.training_gap")
        if find is None:
            return []
        courses = sorted({course for q in self._failed for course in self.courses(q)})
        roles = sorted({r for q in self._failed for r in self._roles.get(q["sub_step"], ())})
        return find(courses, roles, day)


def _executing_roles(standard_version_id: uuid.UUID) -> dict[str, list[str]]:
    """Sub-step -> the roles that carry it out, in the standards that the form was built from."""
    rows = db.session.execute(
        sa.select(SubStep.code, SubStep.executed_by).where(
            SubStep.version_id == standard_version_id
        )
    )
    return {row.code: row.executed_by for row in rows}


def _day_of(visit: Visit, form: FormVersion) -> dt.date:
    return visited_on(visit, content_of(form), answers_of(visit.id), current_dealership().timezone)


def _traced(score: VisitScore) -> dict[str, Any]:
    return {
        "revision": score.revision,
        "kind": score.kind,
        "final_index": score.final_index if score.indexed else "–",
        "sha256": score.sha256,
    }
