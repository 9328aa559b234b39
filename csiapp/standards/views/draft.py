"""The editor of a draft. Every change is a plain form post; htmx swaps the part it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict, Forbidden, NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast, wants_fragment
from csiapp.standards import queries, services
from csiapp.standards.forms import StandardForm
from csiapp.standards.rows import standard_rows
from csiapp.standards.services.editing import (
    LOCKED_FIELDS,
    locked_reason,
    order_seen,
    standard_seen,
)
from csiapp.standards.set_address import asked_set
from csiapp.standards.vocabulary import course_titles

if TYPE_CHECKING:
    from csiapp.standards.models import Standard, StandardVersion

blueprint = Blueprint("standards_draft", __name__)


@blueprint.route("/draft")
@require(Permission.STANDARDS_EDIT)
def editor() -> ResponseReturnValue:
    """The editor at its first step; without a draft, the page that offers to start one."""
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        return redirect_to(url_for("standards.index"))
    outline = queries.outline(draft.id)
    return _editor(draft, outline, outline[0].code)


@blueprint.route("/draft/steps/<code>")
@require(Permission.STANDARDS_EDIT)
def step(code: str) -> ResponseReturnValue:
    draft = _draft()
    return _editor(draft, queries.outline(draft.id), code)


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
            services.move_step(set_id, code, "up" if direction == "up" else "down")
        else:
            services.order_steps(
                set_id, request.form.getlist("order"), request.form.get("seen", "")
            )
    except Conflict as conflict:
        draft = queries.draft_version(set_id)
        if draft is None:
            raise
        status = conflict.status
        toast(conflict.message, "warning")
    draft = _draft()
    outline = queries.outline(draft.id)
    if not wants_fragment():
        if status == 200:
            return redirect_to(url_for("standards_draft.step", code=selected or code))
        return _editor(draft, outline, selected, status=status)
    context = _list_context(draft, outline, selected)
    return render_page("standards/_steps.html", "standards/_steps.html", status=status, **context)


@blueprint.post("/draft/key-factors/<code>")
@require(Permission.STANDARDS_EDIT)
def key_factor(code: str) -> ResponseReturnValue:
    """`is_key` is 1 or 0: what it shall be, so that a second tap undoes nothing by accident."""
    services.mark_key_factor(asked_set().id, code, is_key=request.form.get("is_key") == "1")
    draft = _draft()
    factor, step_code = queries.find_key_factor(draft.id, code)
    if not wants_fragment():
        return redirect_to(url_for("standards_draft.step", code=step_code, _anchor=code))
    return render_page(
        "standards/_key_toggle.html",
        "standards/_key_toggle.html",
        factor=factor,
        **_list_context(draft, queries.outline(draft.id), step_code),
    )


@blueprint.route("/draft/standards/<code>")
@require(Permission.STANDARDS_EDIT)
def standard(code: str) -> ResponseReturnValue:
    """The form of one standard, in its place on the page; with `?close` as it is read."""
    draft = _draft()
    row, _factor, step_code = queries.find_standard(draft.id, code)
    if "close" in request.args and wants_fragment():
        return render_page(
            "standards/_standard.html", "standards/_standard.html", standard=row, changed=(),
            courses=course_titles(), focus=True,
        )  # fmt: skip
    form = StandardForm(row, standard_seen(row), formdata=None)
    return _form(draft, row, step_code, form)


@blueprint.post("/draft/standards/<code>")
@require(Permission.STANDARDS_EDIT)
def save_standard(code: str) -> ResponseReturnValue:
    draft = _draft()
    row, _factor, step_code = queries.find_standard(draft.id, code)
    if row.locked and any(f"{code}-{name}" in request.form for name in _LOCKED_INPUTS):
        raise Forbidden(locked_reason())
    form = StandardForm(row, standard_seen(row))
    if not form.validate():
        return _form(draft, row, step_code, form, status=422)
    try:
        changed = services.save_standard(asked_set().id, code, form.seen.data or "", form.change())
    except Conflict as conflict:
        form.seen.data = standard_seen(row)
        return _form(draft, row, step_code, form, status=409, conflict=conflict.message)
    toast(_("Saved."))
    if not wants_fragment():
        return redirect_to(url_for("standards_draft.step", code=step_code, _anchor=code))
    shown = queries.load_steps(draft.id, step_code)
    return render_page(
        "standards/_standard.html",
        "standards/_standard.html",
        standard=row,
        changed=[s for s in standard_rows(shown) if s.code in changed and s.code != code],
        courses=course_titles(),
        focus=True,
    )


_LOCKED_INPUTS = (*LOCKED_FIELDS, "good_answer")


def _form(
    draft: StandardVersion,
    row: Standard,
    step_code: str,
    form: StandardForm,
    *,
    status: int = 200,
    conflict: str = "",
) -> ResponseReturnValue:
    context = {"form": form, "standard": row, "step_code": step_code, "conflict": conflict}
    if wants_fragment():
        return render_page(
            "standards/_standard_form.html",
            "standards/_standard_form.html",
            status=status,
            **context,
        )
    return _editor(draft, queries.outline(draft.id), step_code, status=status, opened=context)


def _draft() -> StandardVersion:
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        raise NotFound(_("There is no draft. It was published or discarded; start a new one."))
    return draft


def _list_context(
    draft: StandardVersion, outline: list[queries.StepOutline], selected: str
) -> dict[str, Any]:
    return {
        "draft": draft,
        "steps": outline,
        "selected": selected,
        "seen": order_seen([step.code for step in outline]),
    }


def _editor(
    draft: StandardVersion,
    outline: list[queries.StepOutline],
    code: str,
    *,
    status: int = 200,
    opened: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    (tree,) = queries.load_steps(draft.id, code)
    return render_page(
        "standards/editor.html",
        "standards/_panel.html",
        status=status,
        step=tree,
        opened=opened or {},
        courses=course_titles(),
        published=queries.published_version(draft.set_id),
        **_list_context(draft, outline, code),
    )
