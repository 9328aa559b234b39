"""The handbook of the standards: asked for, made in the background, downloaded by any staff."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import require_place
from csiapp.core.errors import NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, wants_fragment
from csiapp.reports import handbooks
from csiapp.reports.services import LOCALES
from csiapp.standards import queries
from csiapp.standards.set_address import asked_set

if TYPE_CHECKING:
    from csiapp.reports.models import Handbook

blueprint = Blueprint("handbook", __name__)


@blueprint.route("/handbook")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    """The handbook of the version in force, in each language."""
    return _page()


@blueprint.post("/handbook")
@require(Permission.STANDARDS_READ)
def ask() -> ResponseReturnValue:
    """Have it made; the one there is counts, so a second tap makes nothing new."""
    version = queries.published_version(asked_set().id)
    if version is None:
        raise NotFound(_("Nothing is published yet."))
    handbooks.request_handbook(version.id, request.form.get("locale", ""))
    return _page() if wants_fragment() else redirect_to(url_for(".index"))


def _page() -> ResponseReturnValue:
    version = queries.published_version(asked_set().id)
    made = handbooks.handbooks_of(version.id) if version else []
    return render_page(
        "reports/handbook.html",
        "reports/_handbook.html",
        version=version,
        made={handbook.locale: handbook for handbook in made},
        languages=LOCALES,
    )


def _asked(handbook_id: uuid.UUID) -> Handbook:
    """A handbook of the set that the address names. Raises NotFound."""
    handbook = handbooks.get_handbook(handbook_id)
    if queries.set_of(handbook.version_id).id != asked_set().id:
        raise NotFound
    return handbook


@blueprint.route("/handbook/<uuid:handbook_id>/status")
@require(Permission.STANDARDS_READ)
def status(handbook_id: uuid.UUID) -> ResponseReturnValue:
    """How far it is; the page asks again while it is not finished."""
    handbook = _asked(handbook_id)
    return render_template("reports/_handbook_status.html", handbook=handbook)


@blueprint.route("/handbook/<uuid:handbook_id>.pdf")
@require(Permission.STANDARDS_READ)
def download(handbook_id: uuid.UUID) -> ResponseReturnValue:
    handbook = _asked(handbook_id)
    response = Response(handbooks.pdf_of(handbook), mimetype="application/pdf")
    number = queries.version_summary([handbook.version_id])[handbook.version_id].number
    place = tr(require_place().name).replace("/", "-")
    name = f"{place} {asked_set().code} v{number} {handbook.locale}.pdf"
    how = "inline" if request.args.get("open") == "1" else "attachment"
    response.headers["Content-Disposition"] = (
        f"{how}; filename=handbook.pdf; filename*=UTF-8''{quote(name)}"
    )
    return response
