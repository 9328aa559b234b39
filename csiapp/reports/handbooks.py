"""The handbook for staff: a published version in print, made by the worker and kept."""

from __future__ import annotations

import hashlib
import io
import logging
import uuid
from collections.abc import Sequence

import pypdf
import sqlalchemy as sa

from csiapp.accounts.queries import current_dealership
from csiapp.core.activity import record
from csiapp.core.clock import utcnow
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.extensions import db
from csiapp.core.jobs import enqueue
from csiapp.core.storage import storage
from csiapp.core.tenancy import current_scope
from csiapp.reports.handbook_html import handbook_html
from csiapp.reports.models import Handbook
from csiapp.reports.services import LOCALES, prepare_renderer
from csiapp.standards import queries
from csiapp.standards.models import StandardVersion

log = logging.getLogger(__name__)


def handbooks_of(version_id: uuid.UUID) -> Sequence[Handbook]:
    """Those that were asked for of a version."""
    return db.session.scalars(
        sa.select(Handbook).where(Handbook.version_id == version_id).order_by(Handbook.locale)
    ).all()


def get_handbook(handbook_id: uuid.UUID) -> Handbook:
    """Raises NotFound."""
    found = db.session.scalar(sa.select(Handbook).where(Handbook.id == handbook_id))
    if found is None:
        raise NotFound
    return found


def request_handbook(version_id: uuid.UUID, locale: str) -> Handbook:
    """The handbook of a published version in a language: the one there is, or a new one.

    A failed one is tried again. Raises NotFound for a draft or an unknown language.
    """
    if locale not in LOCALES:
        raise NotFound
    queries.published_content(version_id)
    handbook = db.session.scalar(
        sa.select(Handbook)
        .where(Handbook.version_id == version_id, Handbook.locale == locale)
        .with_for_update()
    )
    if handbook is None:
        handbook = Handbook(
            version_id=version_id, locale=locale, requested_by=current_scope().actor
        )
        db.session.add(handbook)
    elif handbook.state == "failed":
        handbook.state = "queued"
    else:
        return handbook
    db.session.flush()
    record("handbook.requested", "handbook", handbook.id, _traced(handbook))
    enqueue("reports.handbook", queue="low", handbook_id=str(handbook.id))
    return handbook


def render_handbook(handbook_id: uuid.UUID) -> None:
    """Render, store, mark ready; no transaction is open while the PDF is made. A second run does
    nothing."""
    handbook = get_handbook(handbook_id)
    if handbook.state == "ready":
        return
    handbook.state = "rendering"
    html = _html(handbook)
    key = f"t/{handbook.tenant_id}/handbooks/{handbook.id}.pdf"
    db.session.commit()
    db.session.close()

    prepare_renderer()
    from csiapp.reports import engine  # not at the top: see reports.render

    pdf = engine.html_to_pdf(html, {}, "handbook.css")
    storage().put(key, pdf)

    handbook = get_handbook(handbook_id)
    if handbook.state == "ready":  # meanwhile, by a second run
        return
    handbook.state, handbook.finished_at = "ready", utcnow()
    handbook.storage_key, handbook.size = key, len(pdf)
    handbook.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    handbook.pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    record("handbook.ready", "handbook", handbook.id, _traced(handbook))


def _html(handbook: Handbook) -> str:
    version = db.session.scalars(
        sa.select(StandardVersion).where(StandardVersion.id == handbook.version_id)
    ).one()
    return handbook_html(
        queries.published_content(version.id), version, current_dealership(), handbook.locale
    )


def give_up(handbook_id: uuid.UUID) -> None:
    """No retry is left: the page says so and offers to try again."""
    handbook = get_handbook(handbook_id)
    if handbook.state != "ready":
        handbook.state = "failed"
        record("handbook.failed", "handbook", handbook.id, _traced(handbook))


def pdf_of(handbook: Handbook) -> bytes:
    """The stored PDF. Raises NotFound while there is none, Conflict when it was altered."""
    if handbook.state != "ready" or handbook.storage_key is None:
        raise NotFound
    pdf = storage().get(handbook.storage_key)
    if hashlib.sha256(pdf).hexdigest() != handbook.pdf_sha256:
        log.error("handbook %s: stored bytes are not what was rendered", handbook.id)
        raise Conflict
    return pdf


def _traced(handbook: Handbook) -> dict[str, str]:
    return {"version": str(handbook.version_id), "locale": handbook.locale}
