"""The editor of a draft. Every change is a plain form post; htmx swaps the part it is about."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast, wants_fragment, whole_number
from csiapp.standards import queries, services
from csiapp.standards.set_address import asked_set
from csiapp.standards.undo_wording import edit_words
from csiapp.standards.views.editor import editor_page, list_context, the_draft

blueprint = Blueprint("standards_draft", __name__)


@blueprint.route("/draft")
@require(Permission.STANDARDS_EDIT)
def editor() -> ResponseReturnValue:
    """The editor at its first step; without a draft, the page that offers to start one."""
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        return redirect_to(url_for("standards.index"))
    return editor_page(draft, queries.outline(draft.id)[0].code)


@blueprint.route("/draft/steps/<code>")
@require(Permission.STANDARDS_EDIT)
def step(code: str) -> ResponseReturnValue:
    return editor_page(the_draft(), code)


@blueprint.post("/draft/start")
@require(Permission.STANDARDS_EDIT)
def start() -> ResponseReturnValue:
    services.start_draft(asked_set().id)
    toast(_("A draft is ready. Nobody but you and other managers sees it before you publish."))
    return redirect_to(url_for("standards_draft.editor"))


@blueprint.post("/draft/discard")
@require(Permission.STANDARDS_EDIT)
def discard() -> ResponseReturnValue:
    services.discard_draft(asked_set().id)
    toast(_("The draft is discarded. What was published stays as it is."))
    return redirect_to(url_for("standards_sets.index"))


@blueprint.post("/draft/order")
@require(Permission.STANDARDS_EDIT)
def order() -> ResponseReturnValue:
    """A drop sends all codes in their new order; an arrow button sends `move` = CODE:up."""
    status, selected = 200, request.form.get("selected", "")
    set_id = asked_set().id
    code, _colon, direction = request.form.get("move", "").partition(":")
    try:
        if direction in {"up", "down"}:
            services.move_item(set_id, "step", code, "up" if direction == "up" else "down")
        else:
            services.order_steps(
                set_id, request.form.getlist("order"), request.form.get("seen", "")
            )
    except Conflict as conflict:
        if queries.draft_version(set_id) is None:
            raise
        status = conflict.status
        toast(conflict.message, "warning")
    draft = the_draft()
    if not wants_fragment():
        if status == 200:
            return redirect_to(url_for("standards_draft.step", code=selected or code))
        return editor_page(draft, selected, status=status)
    context = list_context(draft, selected)
    return render_page(
        "standards/_steps_changed.html", "standards/_steps_changed.html", status=status, **context
    )


@blueprint.post("/draft/key-factors/<code>")
@require(Permission.STANDARDS_EDIT)
def key_factor(code: str) -> ResponseReturnValue:
    """`is_key` is 1 or 0: what it shall be, so that a second tap undoes nothing by accident."""
    services.mark_key_factor(asked_set().id, code, is_key=request.form.get("is_key") == "1")
    draft = the_draft()
    factor, step_code = queries.find_key_factor(draft.id, code)
    if not wants_fragment():
        return redirect_to(url_for("standards_draft.step", code=step_code, _anchor=code))
    return render_page(
        "standards/_key_toggle.html",
        "standards/_key_toggle.html",
        factor=factor,
        **list_context(draft, step_code),
    )


@blueprint.post("/draft/undo")
@require(Permission.STANDARDS_EDIT)
def undo() -> ResponseReturnValue:
    """Take back the newest change, which the page showed as `number`."""
    number, shown = whole_number(request.form.get("number", "")), request.form.get("selected", "")
    undone = services.undo(asked_set().id, number or 0)
    draft = the_draft()
    codes = [step.code for step in queries.outline(draft.id)]
    selected = shown if shown in codes else codes[0]
    said = _("Undone: %(what)s", what=edit_words(undone.verb, undone.code))
    toast(said)
    if not wants_fragment():
        return redirect_to(url_for("standards_draft.step", code=selected))
    return editor_page(draft, selected, announce=said)
