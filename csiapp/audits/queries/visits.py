"""Reads of visits and of what was sent for them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, User
from csiapp.audits.answer_fields import BRIEF_FIELD, FOCUS_FIELD, HOLDER_FIELD
from csiapp.audits.filled_form import visit_day
from csiapp.audits.form_shape import FormContent
from csiapp.audits.models import Answer, AnswerEvent, Evidence, FormVersion, Visit, VisitScore, Wave
from csiapp.core.clock import day_at, utcnow
from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.web import Page, page_of

NOT_STARTED = ("unassigned", "assigned", "accepted")
UNFINISHED = (*NOT_STARTED, "in_progress", "returned")
"""Someone has to do something before the due day."""
TO_REVIEW = ("submitted", "in_review", "approved")
WAITING = "waiting"
"""Stands for all states of TO_REVIEW in a filter: submitted and not yet published."""
FORM_OF_VISIT = sa.and_(
    FormVersion.tenant_id == Visit.tenant_id, FormVersion.id == Visit.form_version_id
)
SCORE_OF_VISIT = sa.and_(VisitScore.tenant_id == Visit.tenant_id, VisitScore.visit_id == Visit.id)
"""Joins a visit with every revision of its score."""


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What a list of visits shows; None and False mean all."""

    state: str | None = None
    dealership_id: int | None = None
    region_id: uuid.UUID | None = None
    wave_id: uuid.UUID | None = None
    overdue_on: dt.date | None = None
    """Only unfinished visits that were due before this day."""
    pilots: bool = False
    """Pilots instead of the visits that count."""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit in a list, with the names around it and its newest score."""

    visit: Visit
    dealership: Dealership
    form_name: Text2
    shopper: str
    wave_name: Text2 | None
    index: int | None
    grade: str | None


def official() -> sa.ColumnElement[bool]:
    """The condition on `Visit` that every figure asks: a pilot tries a form out and counts
    nowhere."""
    return Visit.pilot.is_(False)


def get_visit(visit_id: uuid.UUID, *, lock: bool = False) -> Visit:
    """A visit of the scope; with `lock` it is read anew, and nobody else changes it before the
    transaction ends."""
    query = sa.select(Visit).where(Visit.id == visit_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    visit = db.session.scalars(query).one_or_none()
    if visit is None:
        raise NotFound
    return visit


def list_visits(wanted: VisitFilter, page: int, per_page: int = 25) -> Page[VisitLine]:
    """Visits of the network, those due last first."""
    query = (
        sa.select(Visit)
        .join(Dealership, Dealership.id == Visit.tenant_id)
        .where(*_conditions(wanted))
        .order_by(Visit.due_on.desc(), Visit.id.desc())
    )
    return _lines(page_of(query, page, per_page))


def list_to_review(page: int, per_page: int = 25) -> Page[VisitLine]:
    """Visits that wait for a reviewer or for publication, the longest waiting first."""
    query = sa.select(Visit).where(Visit.state.in_(TO_REVIEW), official())
    return _lines(page_of(query.order_by(Visit.submitted_at, Visit.id), page, per_page))


def _conditions(wanted: VisitFilter) -> list[sa.ColumnElement[bool]]:
    found = [~official() if wanted.pilots else official()]
    if wanted.state == WAITING:
        found.append(Visit.state.in_(TO_REVIEW))
    elif wanted.state:
        found.append(Visit.state == wanted.state)
    if wanted.dealership_id:
        found.append(Visit.tenant_id == wanted.dealership_id)
    if wanted.region_id:
        found.append(Dealership.region_id == wanted.region_id)
    if wanted.wave_id:
        found.append(Visit.wave_id == wanted.wave_id)
    if wanted.overdue_on:
        found += [Visit.state.in_(UNFINISHED), Visit.due_on < wanted.overdue_on]
    return found


def _lines(page: Page[Visit]) -> Page[VisitLine]:
    """Names around the visits of one page, and their newest scores: two queries."""
    ids = [visit.id for visit in page.items]
    names = {
        row.id: row
        for row in db.session.execute(
            sa.select(
                Visit.id,
                Dealership,
                FormVersion.name.label("form"),
                User.name.label("shopper"),
                Wave.name.label("wave"),
            )
            .join(Dealership, Dealership.id == Visit.tenant_id)
            .join(FormVersion, FORM_OF_VISIT)
            .join(User, User.id == Visit.shopper_id)
            .outerjoin(Wave, Wave.id == Visit.wave_id)
            .where(Visit.id.in_(ids))
        )
    }
    scores = newest_scores(ids)
    lines = []
    for visit in page.items:
        row = names[visit.id]
        index, grade = scores.get(visit.id, (None, None))
        lines.append(
            VisitLine(visit, row.Dealership, row.form, row.shopper, row.wave, index, grade)
        )
    return page.of(lines)


def newest_scores(visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[int, str]]:
    """Visit -> final index and grade of its newest revision."""
    rows = db.session.execute(
        sa.select(VisitScore.visit_id, VisitScore.final_index, VisitScore.grade)
        .where(VisitScore.visit_id.in_(visit_ids))
        .order_by(VisitScore.revision)
    )
    return {row.visit_id: (row.final_index, row.grade) for row in rows}


def count_overdue(on: dt.date) -> int:
    """Unfinished visits of the scope that were due before this day."""
    return _count(Visit.state.in_(UNFINISHED), Visit.due_on < on)


def count_in(*states: str) -> int:
    """How many visits of the scope are in one of these states."""
    return _count(Visit.state.in_(states))


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(Visit).where(official(), *conditions)
    return db.session.scalar(query) or 0


def answers_of(visit_id: uuid.UUID) -> dict[str, Any]:
    """Field -> current value; fields that were cleared are left out, and so are the device and
    the test on the brief."""
    rows = db.session.execute(
        sa.select(Answer.field, Answer.value).where(
            Answer.visit_id == visit_id, Answer.field.not_in((HOLDER_FIELD, BRIEF_FIELD))
        )
    )
    return {row.field: row.value for row in rows if row.value is not None}


def overwritten_of(visit_id: uuid.UUID) -> dict[str, list[AnswerEvent]]:
    """Field -> the events whose value no longer counts, the oldest first."""
    counts = sa.exists().where(
        Answer.tenant_id == AnswerEvent.tenant_id, Answer.event_id == AnswerEvent.id
    )
    events = db.session.scalars(
        sa.select(AnswerEvent)
        .where(AnswerEvent.visit_id == visit_id, AnswerEvent.field != FOCUS_FIELD, ~counts)
        .order_by(AnswerEvent.seq, AnswerEvent.device)
    )
    found: dict[str, list[AnswerEvent]] = defaultdict(list)
    for event in events:
        found[event.field].append(event)
    return dict(found)


def evidence_of(visit_id: uuid.UUID) -> dict[str, Evidence]:
    """SHA-256 of what was sent -> photo."""
    rows = db.session.scalars(sa.select(Evidence).where(Evidence.visit_id == visit_id))
    return {row.sha256: row for row in rows}


def visited_on(
    visit: Visit, content: FormContent, answers: Mapping[str, Any], zone: str
) -> dt.date:
    """The day of the visit in `zone`: by its time stamps (`filled_form.visit_day`) if they lie
    between its first day and its handing in. Else the device's clock was wrong or nothing was
    stamped, and it is the day of handing in, or of the begin, or today."""
    known_at = visit.stage_one_at or visit.submitted_at or visit.started_at or utcnow()
    latest = day_at(zone, known_at)
    by_stamps = visit_day(content, visit.scenario, answers, ZoneInfo(zone))
    return by_stamps if by_stamps and visit.opens_on <= by_stamps <= latest else latest


def visits_of_shopper(shopper_id: uuid.UUID) -> Sequence[Visit]:
    """The shopper's visits to the scope's dealership that took place or may still do."""
    return db.session.scalars(
        sa.select(Visit).where(
            official(),
            Visit.shopper_id == shopper_id,
            Visit.state.not_in(("cancelled", "rejected", "unassigned")),
        )
    ).all()


def identity_words(user_id: uuid.UUID) -> list[str]:
    """Everything that says who a person is, for blotting it out of texts."""
    row = db.session.execute(sa.select(User.name, User.email).where(User.id == user_id)).one()
    return [row.name, row.email, str(user_id)]
