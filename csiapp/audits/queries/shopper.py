"""A shopper's own visits."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.accounts.models import Dealership
from csiapp.audits.answer_fields import BRIEF_FIELD, HOLDER_FIELD
from csiapp.audits.models import Answer, Evidence, Visit, Wave
from csiapp.core.clock import today
from csiapp.core.db import Text2
from csiapp.core.extensions import db

WAITING = ("assigned", "accepted")
UNDER_WAY = ("in_progress", "returned", "awaiting_stage2")
HIDDEN = ("unassigned", "cancelled")
SENT_SHOWN = 50


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """One visit in the shopper's list. ``days_left`` counts to the due day in the
    dealership's zone; below 0 it is overdue."""

    id: uuid.UUID
    state: str
    dealership: Text2
    city: Text2
    wave: Text2 | None
    opens_on: dt.date
    due_on: dt.date
    days_left: int
    open_now: bool
    submitted_at: dt.datetime | None
    form_version_id: uuid.UUID
    briefed: bool
    stage_two_from: dt.date | None
    stage_two_until: dt.date | None

    @property
    def to_keep(self) -> bool:
        """Whether the device keeps its form for the time without a network: once the test on
        the brief is passed, which needs a network."""
        return self.state in UNDER_WAY or (self.state == "accepted" and self.briefed)


@dataclass(frozen=True, slots=True)
class OwnVisits:
    waiting: list[OwnVisit]
    under_way: list[OwnVisit]
    sent: list[OwnVisit]

    @property
    def total(self) -> int:
        return len(self.waiting) + len(self.under_way) + len(self.sent)


def own_visits() -> OwnVisits:
    """The visits of the shopper in scope: open ones by due day, the newest of the sent ones."""
    query = (
        sa.select(Visit, Dealership, Wave.name)
        .join(Dealership, Dealership.id == Visit.tenant_id)
        .outerjoin(Wave, Wave.id == Visit.wave_id)
    )
    open_states = (*WAITING, *UNDER_WAY)
    open_rows = db.session.execute(
        query.where(Visit.state.in_(open_states)).order_by(Visit.due_on, Visit.id)
    )
    found = [_own(*row) for row in open_rows]
    sent_rows = db.session.execute(
        query.where(Visit.state.not_in((*open_states, *HIDDEN)))
        .order_by(Visit.submitted_at.desc(), Visit.id)
        .limit(SENT_SHOWN)
    )
    return OwnVisits(
        waiting=[v for v in found if v.state in WAITING],
        under_way=[v for v in found if v.state in UNDER_WAY],
        sent=[_own(*row) for row in sent_rows],
    )


def dealership_of(visit: Visit) -> Dealership:
    """Where the visit goes."""
    return db.session.get_one(Dealership, visit.tenant_id)


def _own(visit: Visit, dealership: Dealership, wave: Text2 | None) -> OwnVisit:
    day = today(dealership.timezone)
    return OwnVisit(
        id=visit.id,
        state=visit.state,
        dealership=dealership.name,
        city=dealership.city,
        wave=wave,
        opens_on=visit.opens_on,
        due_on=visit.due_on,
        days_left=(visit.due_on - day).days,
        open_now=visit.opens_on <= day,
        submitted_at=visit.submitted_at,
        form_version_id=visit.form_version_id,
        briefed=visit.briefed_at is not None,
        stage_two_from=visit.stage_two_from,
        stage_two_until=visit.stage_two_until,
    )


def wave_of(visit: Visit) -> Wave | None:
    """The wave that the visit belongs to, if any."""
    if visit.wave_id is None:
        return None
    return db.session.scalar(sa.select(Wave).where(Wave.id == visit.wave_id))


@dataclass(frozen=True, slots=True)
class SentCounts:
    """What of a visit is on the server; ``photos_on_the_way`` are not whole yet."""

    answers: int
    photos: int
    photos_on_the_way: int


def sent_counts(visit_id: uuid.UUID) -> SentCounts:
    answers = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Answer)
        .where(
            Answer.visit_id == visit_id,
            Answer.value.is_not(None),
            Answer.field.not_in((HOLDER_FIELD, BRIEF_FIELD)),
        )
    )
    states = db.session.scalars(
        sa.select(Evidence.state).where(Evidence.visit_id == visit_id)
    ).all()
    on_the_way = states.count("receiving")
    return SentCounts(answers or 0, len(states) - on_the_way, on_the_way)
