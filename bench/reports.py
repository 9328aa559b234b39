"""The job that makes a PDF, against WeasyPrint alone on the same HTML.

The job is what the worker's forked child runs: read the frozen snapshot, render HTML and PDF, store
the bytes, mark the report ready, all transactions included. The fork and the way through the queue
are not in it. WeasyPrint alone gets the finished HTML with its style sheet and photos inside.
"""

from __future__ import annotations

import base64
import functools
import gc
import uuid

import sqlalchemy as sa

from bench.figures import Figures, p50, ratio, timed
from bench.stage import NOBODY, ROOT, Stage
from csiapp.audits.models import VisitScore
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.jobs import perform
from csiapp.core.storage import storage
from csiapp.core.tenancy import entered
from csiapp.demo.places import NETWORK_ID
from csiapp.demo.work import at_work, in_dealership, in_network
from csiapp.reports import photos, render
from csiapp.reports.queries import get_report
from csiapp.reports.services import prepare_renderer, request_report
from csiapp.reports.snapshot import Audience, from_json

ROUNDS = 7
SHEET = ROOT / "templates" / "reports" / "pdf" / "report.css"


def measure(stage: Stage) -> Figures:
    """`pdf_job_ms`, `pdf_raw_ms`, and `pdf_ratio`: the middle of the rounds' own ratios. Every
    round has another visit; the first is not counted."""
    with stage.app.app_context():
        return _measure()


def _measure() -> Figures:
    prepare_renderer()
    from csiapp.reports import engine  # loads WeasyPrint, after its fonts are set

    engine.warm_up()
    gc.collect()
    gc.freeze()  # as the worker does before it forks
    job_times: list[float] = []
    raw_times: list[float] = []
    pages = 0
    for number, found in enumerate(_scored_visits(ROUNDS + 1)):
        report_id, outbox_id = _promise(*found)
        work = {
            "job": functools.partial(perform, outbox_id),
            "raw": functools.partial(_raw, _document(found[0], report_id)),
        }
        order = ("job", "raw") if number % 2 else ("raw", "job")
        times = {name: timed(work[name]) for name in order}
        if number:
            job_times.append(times["job"])
            raw_times.append(times["raw"])
            pages += _pages(found[0], report_id)
    return {
        "pdf_job_ms": p50(job_times),
        "pdf_raw_ms": p50(raw_times),
        "pdf_ratio": ratio(job_times, raw_times),
        "pdf_pages": pages / len(job_times),
    }


def _scored_visits(count: int) -> list[tuple[int, uuid.UUID]]:
    """(dealership, visit) of the first published visits, which have photos."""
    with entered(in_network(NETWORK_ID, NOBODY)):
        rows = db.session.execute(
            sa.select(VisitScore.tenant_id, VisitScore.visit_id)
            .where(VisitScore.kind == "published")
            .order_by(VisitScore.created_at)
            .limit(count)
        ).all()
        db.session.close()
    return [(tenant_id, visit_id) for tenant_id, visit_id in rows]


def _promise(dealership_id: int, visit_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Ask for a report; its id, and that of its job."""
    with at_work(in_dealership(NETWORK_ID, dealership_id, NOBODY), utcnow()):
        report = request_report(visit_id, "zh", Audience.HEADOFFICE)
        outbox_id: uuid.UUID = db.session.info["promised_jobs"][-1]
        return report.id, outbox_id


def _document(dealership_id: int, report_id: uuid.UUID) -> str:
    """The report's HTML with everything inside."""
    with entered(in_dealership(NETWORK_ID, dealership_id, NOBODY)):
        snapshot = from_json(get_report(report_id).snapshot["json"])
        db.session.close()
    resources = photos.load(snapshot.photos(), storage().get)
    html = render.render_html(snapshot, resources)
    for sha256, photo in resources.items():
        data = base64.b64encode(photo.body).decode()
        html = html.replace(f"photo:{sha256}", f"data:{photo.media_type};base64,{data}")
    return html.replace("</head>", f"<style>{SHEET.read_text('utf-8')}</style></head>", 1)


def _raw(document: str) -> None:
    from weasyprint import HTML

    HTML(string=document).write_pdf()


def _pages(dealership_id: int, report_id: uuid.UUID) -> int:
    with entered(in_dealership(NETWORK_ID, dealership_id, NOBODY)):
        report = get_report(report_id)
        db.session.close()
    if report.state != "ready" or report.pages is None:
        raise RuntimeError(f"the report is {report.state}")
    return report.pages
