"""Reads of a visit's journal: everything that devices sent, counting or not."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.audits.answer_fields import FOCUS_FIELD, HOLDER_FIELD
from csiapp.audits.models import Answer, AnswerConflict, AnswerEvent
from csiapp.audits.paradata import Kept
from csiapp.core.extensions import db
from csiapp.core.web import Page, page_of

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One event. ``standing``: ``counts``, ``replaced`` by a greater (seq, device), or ``late``:
    it came after the submission and changed nothing. ``others`` came with the same id."""

    event: AnswerEvent
    standing: str
    others: Sequence[AnswerConflict]


@dataclass(frozen=True, slots=True)
class Unusual:
    """What of a journal a reviewer has to know: how many events came after the submission, and
    how many ids came with two contents."""

    late: int
    conflicts: int


def journal_of(visit_id: uuid.UUID, number: int) -> Page[JournalLine]:
    """The events of a visit in their order, a page of them; without what was only looked at."""
    query = (
        sa.select(AnswerEvent, Answer.id.label("counting"))
        .outerjoin(
            Answer,
            sa.and_(Answer.tenant_id == AnswerEvent.tenant_id, Answer.event_id == AnswerEvent.id),
        )
        .where(AnswerEvent.visit_id == visit_id, AnswerEvent.field != FOCUS_FIELD)
        .order_by(AnswerEvent.seq, AnswerEvent.device, AnswerEvent.id)
    )
    page = page_of(query, number, PER_PAGE, scalars=False)
    ids = [row.AnswerEvent.id for row in page.items]
    others: dict[uuid.UUID, list[AnswerConflict]] = {}
    for conflict in db.session.scalars(
        sa.select(AnswerConflict).where(AnswerConflict.event_id.in_(ids))
    ):
        others.setdefault(conflict.event_id, []).append(conflict)
    lines = [
        JournalLine(
            row.AnswerEvent,
            _standing(row.AnswerEvent, counts=row.counting is not None),
            others.get(row.AnswerEvent.id, ()),
        )
        for row in page.items
    ]
    return page.of(lines)


def _standing(event: AnswerEvent, *, counts: bool) -> str:
    if event.late:
        return "late"
    return "counts" if counts else "replaced"


def unusual_in(visit_id: uuid.UUID) -> Unusual:
    """One query, whatever the length of the journal."""
    late = sa.select(sa.func.count(AnswerEvent.id)).where(
        AnswerEvent.visit_id == visit_id, AnswerEvent.late, AnswerEvent.field != FOCUS_FIELD
    )
    conflicts = sa.select(sa.func.count(AnswerConflict.id)).where(
        AnswerConflict.visit_id == visit_id
    )
    row = db.session.execute(
        sa.select(late.scalar_subquery().label("late"), conflicts.scalar_subquery().label("twice"))
    ).one()
    return Unusual(row.late, row.twice)


def kept_events(visit_id: uuid.UUID) -> list[Kept]:
    """Every event of the visit with the time at which its device kept it, in order: one query."""
    rows = db.session.execute(
        sa.select(AnswerEvent.device, AnswerEvent.field, AnswerEvent.value, AnswerEvent.client_ts)
        .where(AnswerEvent.visit_id == visit_id)
        .order_by(AnswerEvent.seq, AnswerEvent.device, AnswerEvent.id)
    )
    return [Kept(r.device, r.field, r.value, dt.datetime.fromisoformat(r.client_ts)) for r in rows]


def devices_of(visit_id: uuid.UUID) -> dict[str, str]:
    """The devices that held the visit, each with its own words for itself, the first one first."""
    claims = db.session.scalars(
        sa.select(AnswerEvent)
        .where(AnswerEvent.visit_id == visit_id, AnswerEvent.field == HOLDER_FIELD)
        .order_by(AnswerEvent.seq, AnswerEvent.device)
    )
    return {event.device: str(event.value or "") for event in claims}
