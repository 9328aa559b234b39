"""Items of a draft on all four levels: their forms, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast, wants_fragment
from csiapp.standards import queries, services
from csiapp.standards.comparison import LEVEL_NAMES
from csiapp.standards.effectiveness import checks_of_row, checks_of_typed
from csiapp.standards.item_forms import ItemForm, KeyFactorForm, StepForm, SubStepForm
from csiapp.standards.levels import LEVELS, LevelName
from csiapp.standards.rows import standard_rows
from csiapp.standards.services.editing import item_seen, locked_reason
from csiapp.standards.services.structure import tree_seen
from csiapp.standards.set_address import asked_set
from csiapp.standards.standard_form import LOCKED_INPUTS, StandardForm
from csiapp.standards.views.editor import editor_page, list_context, the_draft
from csiapp.standards.vocabulary import course_titles

if TYPE_CHECKING:
    from csiapp.standards.levels import Item
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("standards_items", __name__)

ANY = "<any(step, sub_step, key_factor, standard):level>"


# ---------------------------------------------------------------------------------------- forms


@blueprint.route(f"/draft/items/{ANY}/<code>")
@require(Permission.STANDARDS_EDIT)
def item(level: LevelName, code: str) -> ResponseReturnValue:
    """The form of one item, in its place on the page; with `?close` as it is read."""
    draft = the_draft()
    row = queries.find_item(draft.id, LEVELS[level], code)
    if "close" in request.args and wants_fragment():
        return _read(draft, level, row)
    return _form_page(draft, level, row, _form(draft, level, row, formdata=None))


@blueprint.post(f"/draft/items/{ANY}/<code>")
@require(Permission.STANDARDS_EDIT)
def save(level: LevelName, code: str) -> ResponseReturnValue:
    draft = the_draft()
    row = queries.find_item(draft.id, LEVELS[level], code)
    if level == "standard" and row.locked:
        _refuse_forged(code)
    form = _form(draft, level, row)
    if not form.is_decided():
        undecided = _("Choose a version of every field that differs.")
        return _form_page(draft, level, row, form, status=422, conflict=undecided)
    form.take_theirs()
    if not form.validate():
        return _form_page(draft, level, row, form, status=422)
    moved: list[str] = []
    try:
        moved = _SAVE[level](asked_set().id, code, form.seen.data or "", form.change()) or []
    except Invalid as refusal:
        toast(refusal.message, "warning")
        return _form_page(draft, level, row, form, status=422)
    except Conflict as conflict:
        form.seen.data = item_seen(row)
        return _form_page(draft, level, row, form, status=409, conflict=conflict.message)
    toast(_("Saved."))
    if not wants_fragment():
        return redirect_to(_address(draft, level, code))
    return _read(draft, level, row, moved)


_SAVE: dict[LevelName, Callable[..., list[str] | None]] = {
    "step": services.save_step,
    "sub_step": services.save_sub_step,
    "key_factor": services.save_key_factor,
    "standard": services.save_standard,
}


@blueprint.route(f"/draft/items/{ANY}/new")
@require(Permission.STANDARDS_EDIT)
def new(level: LevelName) -> ResponseReturnValue:
    """An empty form at the end of the item `?in=`."""
    draft = the_draft()
    return _form_page(
        draft, level, None, _form(draft, level, None, formdata=None), at=_parent(level)
    )


@blueprint.post(f"/draft/items/{ANY}/new")
@require(Permission.STANDARDS_EDIT)
def create(level: LevelName) -> ResponseReturnValue:
    draft = the_draft()
    form = _form(draft, level, None)
    if not form.validate():
        return _form_page(draft, level, None, form, status=422, at=_parent(level))
    code = services.add_item(asked_set().id, _parent(level), form.change())
    toast(_("Added."))
    return _done(draft, level, code, _("Added."), focus=code)


def _parent(level: LevelName) -> str:
    """The item that shall hold the new one. Raises NotFound where the address names none."""
    code = request.args.get("in", "")
    if not code and LEVELS[level].parent is not None:
        raise NotFound
    return code


# ------------------------------------------------------------------------------------- the sheet


@blueprint.route(f"/draft/items/{ANY}/<code>/actions")
@require(Permission.STANDARDS_EDIT)
def actions(level: LevelName, code: str) -> ResponseReturnValue:
    """What can be done with an item: move, move elsewhere, split off a copy, retire."""
    draft = the_draft()
    at = LEVELS[level]
    rows = queries.subtree(draft.id, at, code)
    (row,) = rows[level]
    locked = [standard for standard in rows.get("standard", ()) if standard.locked]  # type: ignore[union-attr]
    return render_page(
        "standards/item_actions.html",
        "standards/_item_actions.html",
        level=level,
        level_name=str(LEVEL_NAMES[level]),
        row=row,
        locked=locked,
        stays=level == "standard" and bool(locked),
        reason=locked_reason(),
        below=sum(len(found) for name, found in rows.items() if name != level),
        seen=tree_seen(level, rows),
        new_places=queries.places_for(draft.id, at),
        back=_address(draft, level, code),
    )


@blueprint.post(f"/draft/items/{ANY}/<code>/move")
@require(Permission.STANDARDS_EDIT)
def move(level: LevelName, code: str) -> ResponseReturnValue:
    """By one place: `to` is up or down."""
    draft = the_draft()
    up = request.form.get("to") == "up"
    services.move_item(asked_set().id, level, code, "up" if up else "down")
    return _done(draft, level, code, _place_words(draft, level, code))


@blueprint.post(f"/draft/items/{ANY}/<code>/place")
@require(Permission.STANDARDS_EDIT)
def place(level: LevelName, code: str) -> ResponseReturnValue:
    """Below `parent`, right after the item `after` (empty: first; not sent: last). A refused
    drop is answered with the step as it stands, so that the page shows it so."""
    draft = the_draft()
    before = queries.step_of(draft.id, LEVELS[level], code)
    try:
        services.place_item(
            asked_set().id, level, code, request.form.get("parent", ""), request.form.get("after")
        )
    except (Conflict, Forbidden) as refusal:
        if not wants_fragment():
            raise
        toast(refusal.message, "warning")
        return editor_page(draft, before, status=409)
    said = _place_words(draft, level, code)
    if wants_fragment() and before != queries.step_of(draft.id, LEVELS[level], code):
        toast(said)
        return editor_page(draft, before, announce=said)
    return _done(draft, level, code, said)


@blueprint.post(f"/draft/items/{ANY}/<code>/split")
@require(Permission.STANDARDS_EDIT)
def split(level: LevelName, code: str) -> ResponseReturnValue:
    draft = the_draft()
    copy = services.split_item(asked_set().id, level, code)
    said = _("The copy %(code)s stands right after it. It is your own.", code=copy)
    toast(said)
    return _done(draft, level, copy, said)


@blueprint.post(f"/draft/items/{ANY}/<code>/retire")
@require(Permission.STANDARDS_EDIT)
def retire(level: LevelName, code: str) -> ResponseReturnValue:
    draft = the_draft()
    step_code = queries.step_of(draft.id, LEVELS[level], code)
    services.retire_item(asked_set().id, level, code, request.form.get("seen", ""))
    said = _("Retired. What is published keeps it; you can undo this.")
    toast(said)
    if level == "step":
        step_code = queries.outline(draft.id)[0].code
    if not wants_fragment():
        return redirect_to(url_for("standards_draft.step", code=step_code))
    return editor_page(draft, step_code, announce=said)


def _place_words(draft: StandardVersion, level: LevelName, code: str) -> str:
    row = queries.find_item(draft.id, LEVELS[level], code)
    name = tr(row.statement if level == "standard" else row.name)
    return str(_("%(name)s is now in place %(place)s.", name=name, place=row.position))


def _done(
    draft: StandardVersion, level: LevelName, code: str, said: str, *, focus: str = ""
) -> ResponseReturnValue:
    """The step that the item stands in now. The focus stays on what was pressed, or comes back
    to what opened the sheet, unless `focus` names an item."""
    if not wants_fragment():
        return redirect_to(_address(draft, level, code))
    step_code = queries.step_of(draft.id, LEVELS[level], code)
    return editor_page(draft, step_code, focus=focus, announce=said)


def _address(draft: StandardVersion, level: LevelName, code: str) -> str:
    step_code = queries.step_of(draft.id, LEVELS[level], code)
    return url_for("standards_draft.step", code=step_code, _anchor=code)


# ------------------------------------------------------------------------------------ the pages


def _form(draft: StandardVersion, level: LevelName, row: Any, **kwargs: Any) -> ItemForm:
    seen = item_seen(row) if row is not None else ""
    if level == "standard":
        return StandardForm(row, seen, **kwargs)
    if level == "sub_step":
        return SubStepForm(row, seen, **kwargs)
    factors = queries.factor_model_of(draft).content["factors"]
    if level == "step":
        return StepForm(row, seen, {f["code"]: tr(f["name"]) for f in factors}, **kwargs)
    indicators = {
        indicator["code"]: f"{tr(factor['name'])}: {tr(indicator['name'])}"
        for factor in factors
        for indicator in factor["indicators"]
    }
    return KeyFactorForm(row, seen, indicators, **kwargs)


def _refuse_forged(code: str) -> None:
    if any(f"{code}-{name}" in request.form for name in LOCKED_INPUTS):
        raise Forbidden(locked_reason())


def _form_page(
    draft: StandardVersion,
    level: LevelName,
    row: Item | None,
    form: ItemForm,
    *,
    status: int = 200,
    conflict: str = "",
    at: str = "",
) -> ResponseReturnValue:
    """The form in the place of its item, or of the button that adds to the item `at`."""
    step_code = _step_around(draft, level, row, at)
    context = {
        "level": level,
        "row": row,
        "form": form,
        "at": at,
        "conflict": conflict,
        "step_code": step_code,
        "locked_reason": locked_reason(),
        **(_rules(draft, row, form, at) if level == "standard" else {}),
        "code": row.code if row is not None else f"new-{level}-{at}",
    }
    if wants_fragment():
        fragment = "standards/_item_form.html"
        answer = render_page(fragment, fragment, status=status, **context)
        if status != 200:  # the form again, in its own place, whatever it would have replaced
            answer.headers["HX-Retarget"] = "closest .item-open"
            answer.headers["HX-Reswap"] = "outerHTML"
        return answer
    return editor_page(draft, step_code, status=status, opened=context)


def _step_around(draft: StandardVersion, level: LevelName, row: Item | None, at: str) -> str:
    if row is not None:
        return queries.step_of(draft.id, LEVELS[level], row.code)
    above = LEVELS[level].parent
    if above is not None:
        return queries.step_of(draft.id, above, at)
    return queries.outline(draft.id)[-1].code


def _rules(draft: StandardVersion, row: Any, form: ItemForm, at: str) -> dict[str, Any]:
    """The rules of an effective standard, for the form as it is shown."""
    if row is not None:
        factor = queries.find_standard(draft.id, row.code).key_factor
    else:
        factor = queries.find_key_factor(draft.id, at)[0]
    typed = {name.partition("-")[2]: value for name, value in request.form.items()}
    if row is not None and not form.is_submitted():
        return {"factor": factor, "checks": checks_of_row(row, factor)}
    return {"factor": factor, "checks": checks_of_typed(row, factor, typed)}


def _read(
    draft: StandardVersion, level: LevelName, row: Any, moved: list[str] | None = None
) -> ResponseReturnValue:
    """An item as it is read, in the place of its form; the points that moved elsewhere."""
    step_code = queries.step_of(draft.id, LEVELS[level], row.code)
    if level != "standard":
        return editor_page(draft, step_code, focus=row.code)
    others = []
    if moved:
        others = [
            s for s in standard_rows(queries.load_steps(draft.id, step_code)) if s.code in moved
        ]
    return render_page(
        "standards/_standard.html",
        "standards/_standard.html",
        standard=row,
        changed=[other for other in others if other.code != row.code],
        courses=course_titles(),
        focus=row.code,
        **list_context(draft, step_code),
    )
