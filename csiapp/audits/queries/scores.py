"""Reads of scores."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from csiapp.audits import receipts, scoring
from csiapp.audits.models import FormVersion, Visit, VisitScore
from csiapp.audits.queries.visits import FORM_OF_VISIT, SCORE_OF_VISIT, official
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.core.web import Page, page_of

TREND_FORM = "MS-VISIT"
"""The form whose index is followed over time."""


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """A published visit as its dealership sees it: without the shopper."""

    visit_id: uuid.UUID
    form_name: Text2
    published_at: dt.datetime
    revision: int
    final_index: int
    raw_index: int
    grade: str
    critical_failures: int
    standard_version_id: uuid.UUID

    @property
    def indexed(self) -> bool:
        return self.grade != ""


_RESULT_COLUMNS: tuple[Any, ...] = (
    Visit.id,
    FormVersion.name,
    Visit.published_at,
    VisitScore.revision,
    VisitScore.final_index,
    VisitScore.raw_index,
    VisitScore.grade,
    VisitScore.critical_failures,
    FormVersion.standard_version_id,
)


def latest_score(visit_id: uuid.UUID, kind: str | None = None) -> VisitScore | None:
    """The newest revision, of this kind ("provisional" or "published") if one is named."""
    query = sa.select(VisitScore).where(VisitScore.visit_id == visit_id)
    if kind is not None:
        query = query.where(VisitScore.kind == kind)
    return db.session.scalars(query.order_by(VisitScore.revision.desc()).limit(1)).first()


def scores_of(visit_id: uuid.UUID) -> Sequence[VisitScore]:
    """All revisions, R0 first."""
    return db.session.scalars(
        sa.select(VisitScore).where(VisitScore.visit_id == visit_id).order_by(VisitScore.revision)
    ).all()


def sheet_of(score: VisitScore) -> scoring.ScoreSheet:
    """The whole result, recomputed from the receipt."""
    return scoring.score(receipts.scoring_input(score.receipt))


def past_indices(form_code: str, without: uuid.UUID) -> Sequence[int]:
    """Final indices of the dealership's other published visits with this form."""
    return [
        row.final_index
        for row in db.session.execute(_published(form_code=form_code).where(has_index()))
        if row.id != without
    ]


def list_published(page: int) -> Page[PublishedResult]:
    """The dealership's published visits, the newest first."""
    query = _published().order_by(Visit.published_at.desc(), Visit.id.desc())
    found = page_of(query, page, scalars=False)
    return found.of([PublishedResult(*row) for row in found.items])


def published_trend(form_code: str, limit: int = 12) -> list[PublishedResult]:
    """The last published visits with this form that have an index, the oldest first."""
    query = _published(form_code=form_code).where(has_index())
    query = query.order_by(Visit.published_at.desc(), Visit.id.desc()).limit(limit)
    return [PublishedResult(*row) for row in reversed(db.session.execute(query).all())]


def count_published_since(today: dt.date, days: int) -> int:
    """Visits that were published in the last days."""
    since = dt.datetime.combine(today, dt.time(), dt.UTC) - dt.timedelta(days=days)
    query = sa.select(sa.func.count()).select_from(Visit)
    return (
        db.session.scalar(
            query.where(official(), Visit.state == "published", Visit.published_at >= since)
        )
        or 0
    )


@functools.cache
def published_and_newest() -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on `Visit` joined with `VisitScore`: the newest published revision of the
    score of a published visit that counts. Made once: an alias of a wide table takes
    milliseconds."""
    newer = sa.orm.aliased(VisitScore)
    return (
        official(),
        Visit.state == "published",
        VisitScore.kind == "published",
        ~sa.exists().where(
            newer.tenant_id == VisitScore.tenant_id,
            newer.visit_id == VisitScore.visit_id,
            newer.kind == "published",
            newer.revision > VisitScore.revision,
        ),
    )


def has_index() -> sa.ColumnElement[bool]:
    """Condition on `VisitScore`: something that was asked counted. Whatever adds up, ranks or
    follows indices asks for it; lists show the others in words."""
    return VisitScore.grade != ""


def _published(form_code: str | None = None) -> sa.Select[Any]:
    """Published visits with the newest published revision of their score."""
    query = (
        sa.select(*_RESULT_COLUMNS)
        .join(FormVersion, FORM_OF_VISIT)
        .join(VisitScore, SCORE_OF_VISIT)
        .where(*published_and_newest())
    )
    return query if form_code is None else query.where(FormVersion.code == form_code)
