"""For head office: what devices sent for a visit, and files of devices that could not send."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_translations
from flask_babel import gettext as _

from csiapp.accounts.access import permitted, require_place
from csiapp.audits.answer_events import SERVER_DEVICE
from csiapp.audits.field_wording import field_name, field_words
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.journal import devices_of, journal_of, unusual_in
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services import evidence, imports
from csiapp.audits.views.tablet_json import (
    acknowledged,
    checked_hash,
    chunk,
    event_batch,
    json_object,
    moment,
    photo_answer,
)
from csiapp.core.errors import Invalid
from csiapp.core.i18n import get_locale
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, render_page

blueprint = Blueprint("fieldwork", __name__)

AT = "/n/<network>/d/<dealership>/visits/<uuid:visit_id>"


@blueprint.route(f"{AT}/journal")
@require(Permission.VISITS_READ)
def journal(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Every event of the visit: what counts, what was replaced, what came late or twice."""
    visit = get_visit(visit_id)
    content = content_of(form_of(visit))

    def name(field: str) -> str:
        return field_name(content, field, get_translations())

    def words(field: str, value: Any) -> str:
        return field_words(content, field, value, get_locale(), get_translations())

    return render_page(
        "audits/visits/journal.html",
        visit=visit,
        place=require_place(),
        page=journal_of(visit_id, page_number()),
        unusual=unusual_in(visit_id),
        devices=devices_of(visit_id),
        server=SERVER_DEVICE,
        name=name,
        words=words,
        page_url=lambda number: url_for(".journal", visit_id=visit_id, page=number),
        may_import=permitted(Permission.VISIT_IMPORT),
    )


@blueprint.route(f"{AT}/import")
@require(Permission.VISIT_IMPORT)
def choose_file(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Where a coordinator gives in the file that a shopper saved from a device."""
    return render_page(
        "audits/visits/import.html", visit=get_visit(visit_id), place=require_place()
    )


@blueprint.post(f"{AT}/import/events")
@require(Permission.VISIT_IMPORT)
def import_events(visit_id: uuid.UUID) -> Response:
    """One batch of a file, in the tablet's own words and by its rules; the browser reads the
    file, because a day's photos are larger than one request may be."""
    get_visit(visit_id)
    body = json_object()
    if body.get("visit") != str(visit_id):
        raise Invalid(_("This file belongs to another visit."))
    batch = event_batch(body)
    appended = imports.import_events(visit_id, batch, saved_at=moment(body.get("saved_at")))
    return acknowledged(
        events=[str(event_id) for event_id in appended.kept],
        rejected=[rejection.to_json() for rejection in appended.rejected],
        conflicts=[str(event_id) for event_id in appended.conflicts],
    )


@blueprint.route(f"{AT}/import/photos/<sha256>", methods=["PATCH"])
@require(Permission.VISIT_IMPORT)
def import_photo(visit_id: uuid.UUID, sha256: str) -> Response:
    """One part of a photo, as the tablet sends it."""
    get_visit(visit_id)
    return photo_answer(evidence.receive_chunk(visit_id, checked_hash(sha256), **chunk()))
