"""Reads of reports. An audience sees its own copies: head office's, or the dealership's."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.accounts.models import Dealership
from csiapp.audits.models import Visit, VisitScore
from csiapp.audits.queries.scores import latest_score
from csiapp.audits.queries.visits import get_visit
from csiapp.core.clock import utcnow
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.web import Page, page_of
from csiapp.reports.models import Report
from csiapp.reports.snapshot import Audience

COMING_WITHIN = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What the list of reports shows; None means all."""

    dealership_id: int | None = None
    wave_id: uuid.UUID | None = None
    state: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report in a list, with its dealership and score."""

    report: Report
    dealership: Dealership
    visit: Visit
    score: VisitScore


def reports_of(visit_id: uuid.UUID, audience: str | None = None) -> Sequence[Report]:
    """All reports of a visit, the newest revision first. Raises NotFound (no such visit)."""
    get_visit(visit_id)
    query = sa.select(Report).where(Report.visit_id == visit_id)
    if audience is not None:
        query = query.where(Report.audience == audience)
    return db.session.scalars(
        query.order_by(Report.revision.desc(), Report.audience.desc(), Report.locale.desc())
    ).all()


def coming_report(visit_id: uuid.UUID, audience: Audience) -> VisitScore | None:
    """The newest score that a report of this audience follows by itself, while there is none.

    After an hour something is wrong, and nobody is promised anything any longer.
    """
    kind = "published" if audience is Audience.DEALERSHIP else None
    score = latest_score(visit_id, kind)
    if score is None or utcnow() - score.created_at > COMING_WITHIN:
        return None
    made = sa.select(Report.id).where(
        Report.score_id == score.id, Report.audience == audience.value
    )
    return None if db.session.scalar(made.limit(1)) else score


def get_report(report_id: uuid.UUID, audience: str | None = None) -> Report:
    """A report of the scope. Raises NotFound, also for another audience's copy."""
    report = db.session.scalar(sa.select(Report).where(Report.id == report_id))
    if report is None or audience not in (None, report.audience):
        raise NotFound
    return report


def list_reports(wanted: ReportFilter, page: int) -> Page[ReportLine]:
    """Head office's copies over the network, the newest first."""
    query = (
        sa.select(Report, Dealership, Visit, VisitScore)
        .join(Dealership, Dealership.id == Report.tenant_id)
        .join(Visit, sa.and_(Visit.tenant_id == Report.tenant_id, Visit.id == Report.visit_id))
        .join(
            VisitScore,
            sa.and_(VisitScore.tenant_id == Report.tenant_id, VisitScore.id == Report.score_id),
        )
        .where(Report.audience == "headoffice", *_conditions(wanted))
        .order_by(Report.requested_at.desc(), Report.id.desc())
    )
    found = page_of(query, page, scalars=False)
    return found.of([ReportLine(*row) for row in found.items])


def _conditions(wanted: ReportFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.dealership_id:
        found.append(Report.tenant_id == wanted.dealership_id)
    if wanted.wave_id:
        found.append(Visit.wave_id == wanted.wave_id)
    if wanted.state:
        found.append(Report.state == wanted.state)
    if wanted.locale:
        found.append(Report.locale == wanted.locale)
    return found


def count_failed() -> int:
    """Reports of the network that could not be rendered."""
    query = sa.select(sa.func.count()).select_from(Report)
    return db.session.scalar(query.where(Report.state == "failed")) or 0
