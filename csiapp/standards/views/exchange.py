"""A whole set as a file, out and in. A file is shown as what it would change before it does."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.core.i18n import get_locale
from csiapp.core.permissions import Permission, require
from csiapp.core.spreadsheet import XLSX
from csiapp.core.spreadsheet_reading import TooMuch, Unreadable
from csiapp.core.storage import Missing, storage
from csiapp.core.tenancy import current_scope
from csiapp.core.web import (
    reads_only,
    redirect_to,
    render_page,
    taken_back,
    toast,
    whole_number,
)
from csiapp.standards import queries
from csiapp.standards.comparison import compared
from csiapp.standards.exchange import (
    Reading,
    read_workbook,
    read_yaml,
    write_workbook,
    write_yaml,
)
from csiapp.standards.exchange_wording import place_words, readme, reason_words, words_for
from csiapp.standards.services import importing
from csiapp.standards.set_address import asked_set

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("standards_exchange", __name__)

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the list of faults, in words."""

    place: str
    reason: str


@blueprint.route("/exchange")
@require(Permission.STANDARDS_EDIT)
def index() -> ResponseReturnValue:
    return _page()


@blueprint.route("/exchange/<source>.<form>")
@require(Permission.STANDARDS_EDIT)
def export(source: str, form: str) -> ResponseReturnValue:
    """`source` is draft, published, template, or a version's number; `form` xlsx or yaml."""
    version = _version(source)
    if version is None or form not in ("xlsx", "yaml"):
        raise NotFound
    content = queries.version_content(version)
    if form == "yaml":
        return _file(write_yaml(content), "application/yaml", source, form)
    data = write_workbook(
        content,
        words_for(version, content),
        get_locale(),
        readme(),
        empty=source == "template",
    )
    return _file(data, XLSX, source, form)


def _version(source: str) -> StandardVersion | None:
    set_id = asked_set().id
    number = whole_number(source)
    if number is not None:
        return queries.version_by_number(set_id, number)
    match source:
        case "draft":
            return queries.draft_version(set_id)
        case "published":
            return queries.published_version(set_id)
        case "template":
            return importing.base_version(set_id)
        case _:
            return None


def _file(data: bytes, media_type: str, source: str, form: str) -> Response:
    name = f"{asked_set().code}-{source}.{form}"
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=standards.{form}; filename*=UTF-8''{quote(name)}"
    )
    return response


@blueprint.post("/exchange/check")
@require(Permission.STANDARDS_EDIT)
@reads_only
def check() -> ResponseReturnValue:
    """Dry run: all faults, or all changes. The file is kept until it is imported or replaced."""
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if not data:
        return _page(status=422, problem=_("Choose a file first."))
    try:
        reading = _read(data)
    except Unreadable as error:
        return _page(status=422, problem=_unreadable(error))
    with taken_back():
        trial = importing.try_import(asked_set().id, reading)
    if trial.after is None:
        workbook = data.startswith(b"PK")
        shown = [
            Fault(place_words(f, workbook=workbook), reason_words(f))
            for f in trial.findings[:MOST_SHOWN]
        ]
        return _page(
            status=422, faults=shown, count=len(trial.findings), problem=trial.refusal,
            name=upload.filename if upload else "",
        )  # fmt: skip
    storage().put(_pending_key(), data)
    return _page(
        changes=compared(trial.before, trial.after),
        checked=True,
        sha256=hashlib.sha256(data).hexdigest(),
        seen=trial.seen,
        name=upload.filename if upload else "",
    )


@blueprint.post("/exchange/import")
@require(Permission.STANDARDS_EDIT)
def apply() -> ResponseReturnValue:
    """Import the file that was checked."""
    try:
        data = storage().get(_pending_key())
    except Missing as error:
        raise Conflict(_("The file is not here any more. Check it again.")) from error
    if hashlib.sha256(data).hexdigest() != request.form.get("sha256", ""):
        raise Conflict(_("Another file was checked meanwhile. Check yours again."))
    importing.import_set(asked_set().id, _read(data), request.form.get("seen", ""))
    toast(_("The file is imported. Undo takes it back."))
    return redirect_to(url_for("standards_draft.editor"))


def _pending_key() -> str:
    """One file waits per set and person; the next one takes its place."""
    scope = current_scope()
    return f"t/{scope.tenant_id}/imports/{asked_set().id}/{scope.actor}"


def _read(data: bytes) -> Reading:
    base = importing.base_version(asked_set().id)
    if base is None:
        raise Invalid(_("This set has no version yet. Start a draft first."))
    words = words_for(base, queries.version_content(base))
    return read_workbook(data, words) if data.startswith(b"PK") else read_yaml(data, words)


def _unreadable(error: Unreadable) -> str:
    if isinstance(error, TooMuch):
        return str(_("This file holds more than a set of standards can. It was not opened."))
    if str(error) == "entities":
        return str(_("This file holds declarations that no spreadsheet needs. It was not opened."))
    return str(_("This is no workbook (.xlsx) and no YAML of a standard set."))


def _page(*, status: int = 200, **context: object) -> ResponseReturnValue:
    set_id = asked_set().id
    shown = {"faults": [], "changes": [], "checked": False, "problem": "", "name": "", "count": 0}
    return render_page(
        "standards/exchange.html",
        status=status,
        draft=queries.draft_version(set_id),
        published=queries.published_version(set_id),
        **(shown | context),
    )
