"""A score becomes reports: frozen snapshots first, then PDF bytes, made by the worker."""

from __future__ import annotations

import hashlib
import io
import logging
import uuid
from pathlib import Path
from typing import Any

import pypdf
import sqlalchemy as sa
from flask import current_app

from csiapp.accounts.queries import current_network
from csiapp.audits.models import Evidence, Visit, VisitScore
from csiapp.audits.queries.scores import latest_score
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.evidence import read_received
from csiapp.core.activity import record
from csiapp.core.clock import utcnow
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.extensions import db
from csiapp.core.jobs import enqueue
from csiapp.core.storage import Missing, storage
from csiapp.core.tenancy import current_scope
from csiapp.reports import fonts, render
from csiapp.reports.facts import snapshot_of
from csiapp.reports.models import Report
from csiapp.reports.queries import get_report
from csiapp.reports.snapshot import Audience, from_json

log = logging.getLogger(__name__)

LOCALES = ("zh", "en")


def prepare_reports(visit_id: uuid.UUID, score_id: uuid.UUID) -> list[Report]:
    """Freeze the reports that a new score calls for, in the network's own language: head
    office's copy, and once published the dealership's. Doing it twice makes nothing new."""
    visit = get_visit(visit_id)
    score = _score(score_id)
    audiences = [Audience.HEADOFFICE]
    if score.kind == "published":
        audiences.append(Audience.DEALERSHIP)
    _read_waiting_photos(visit_id)
    locale = current_network().locale
    return [_report(visit, score, locale, audience) for audience in audiences]


def request_report(visit_id: uuid.UUID, locale: str, audience: Audience) -> Report:
    """The report of the newest score in this language: the one there is, or a new one.

    A failed one is tried again. The dealership gets published scores only.
    Raises NotFound (no such visit, nothing published) or Conflict (nothing scored yet).
    """
    visit = get_visit(visit_id)
    kind = "published" if audience is Audience.DEALERSHIP else None
    score = latest_score(visit_id, kind)
    if score is None:
        raise NotFound if audience is Audience.DEALERSHIP else Conflict
    return _report(visit, score, locale, audience)


def _report(visit: Visit, score: VisitScore, locale: str, audience: Audience) -> Report:
    if locale not in LOCALES:
        raise NotFound
    report = db.session.scalar(
        sa.select(Report).where(
            Report.visit_id == visit.id,
            Report.revision == score.revision,
            Report.locale == locale,
            Report.audience == audience.value,
        )
    )
    if report is None:
        report = _freeze(visit, score, locale, audience)
    elif report.state == "failed":
        report.state, report.failure = "queued", None
    else:
        return report
    record("report.requested", "report", report.id, _traced(report))
    db.session.flush()
    enqueue("reports.render", report_id=str(report.id))
    return report


def _freeze(visit: Visit, score: VisitScore, locale: str, audience: Audience) -> Report:
    whole = snapshot_of(visit, score, locale)
    copy = whole if audience is Audience.HEADOFFICE else whole.for_dealership()
    report = Report(
        visit_id=visit.id,
        score_id=score.id,
        revision=score.revision,
        locale=locale,
        audience=audience.value,
        snapshot={"json": copy.to_json()},
        snapshot_sha256=copy.sha256(),
        requested_by=current_scope().actor,
    )
    db.session.add(report)
    db.session.flush()
    return report


def _score(score_id: uuid.UUID) -> VisitScore:
    score = db.session.scalar(sa.select(VisitScore).where(VisitScore.id == score_id))
    if score is None:
        raise NotFound
    return score


def _read_waiting_photos(visit_id: uuid.UUID) -> None:
    """A snapshot shows photos as they are printed: those not re-encoded yet are now."""
    waiting = db.session.scalars(
        sa.select(Evidence.id).where(Evidence.visit_id == visit_id, Evidence.state == "received")
    ).all()
    for evidence_id in waiting:
        read_received(evidence_id)


def render_report(report_id: uuid.UUID) -> None:
    """Render, store, mark ready. Three steps, so that no transaction is open while the PDF is
    made: on SQLite that would stop every other writer. A second run does nothing."""
    report = get_report(report_id)
    if report.state == "ready":
        return
    report.state, report.started_at, report.failure = "rendering", utcnow(), None
    snapshot = from_json(report.snapshot["json"])
    key = f"t/{report.tenant_id}/reports/{report.visit_id}/{report.id}.pdf"
    db.session.commit()
    db.session.close()

    prepare_renderer()
    pdf = render.render_pdf(snapshot, _photo_reader)
    storage().put(key, pdf)

    report = get_report(report_id)
    if report.state == "ready":
        return
    report.state, report.finished_at = "ready", utcnow()
    report.storage_key, report.size = key, len(pdf)
    report.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    report.pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    record("report.ready", "report", report.id, _traced(report))


def prepare_renderer() -> None:
    """Check libraries and fonts, once per process. Raises fonts.RendererIncomplete."""
    if not fonts.prepared():
        folders = current_app.extensions["assets"]
        fonts.prepare(folders.fonts, Path(current_app.config["DATA_DIR"]))


def give_up(report_id: uuid.UUID) -> None:
    """No retry is left: the page says so and offers to try again."""
    report = get_report(report_id)
    if report.state != "ready":
        report.state, report.failure, report.finished_at = "failed", "not_rendered", utcnow()
        record("report.failed", "report", report.id, _traced(report))


def pdf_bytes(report: Report) -> bytes:
    """The stored PDF. Raises NotFound while there is none, Conflict when it was altered."""
    if report.state != "ready" or report.storage_key is None:
        raise NotFound
    pdf = storage().get(report.storage_key)
    if hashlib.sha256(pdf).hexdigest() != report.pdf_sha256:
        log.error("report %s: stored bytes are not what was rendered", report.id)
        raise Conflict
    return pdf


def _photo_reader(key: str) -> bytes | None:
    try:
        return storage().get(key)
    except Missing:
        return None


def _traced(report: Report) -> dict[str, Any]:
    return {
        "visit": str(report.visit_id),
        "revision": report.revision,
        "locale": report.locale,
        "audience": report.audience,
    }
