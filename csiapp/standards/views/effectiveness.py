"""What the rules of effective standards say while somebody writes one."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from csiapp.core.errors import NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import render_page
from csiapp.standards import queries
from csiapp.standards.effectiveness import checks_of_typed
from csiapp.standards.set_address import asked_set

blueprint = Blueprint("standards_check", __name__)


@blueprint.post("/draft/key-factors/<code>/check")
@require(Permission.STANDARDS_EDIT)
def standard(code: str) -> ResponseReturnValue:
    """The form of a standard as typed so far, of the key factor `code`; nothing is stored. A new
    one has no `?standard=CODE`."""
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        raise NotFound
    factor, _step = queries.find_key_factor(draft.id, code)
    known = request.args.get("standard")
    row = queries.find_standard(draft.id, known).standard if known else None
    typed = {name.partition("-")[2]: value for name, value in request.form.items()}
    return render_page(
        "standards/_effectiveness_lines.html",
        "standards/_effectiveness_lines.html",
        checks=checks_of_typed(row, factor, typed),
    )
