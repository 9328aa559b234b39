"""The editor of a form's draft. Every change is a plain form post; htmx swaps the editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.queries import names_of
from csiapp.audits.builder import changes
from csiapp.audits.builder.changes import ChangeError, Direction
from csiapp.audits.builder.growing import Draft, questions_in
from csiapp.audits.design_forms import (
    NameForm,
    QuestionForm,
    ScenarioForm,
    SectionForm,
    SettingsForm,
    UnscoredForm,
)
from csiapp.audits.design_wording import (
    ASKED_WHEN,
    UNSCORED_ANSWERS,
    condition_words,
    edit_words,
)
from csiapp.audits.queries import designs as queries
from csiapp.audits.queries.grounds import ground_of
from csiapp.audits.services import designs as services
from csiapp.audits.services.designs import Overtaken
from csiapp.audits.views.own_forms import blueprint, draft_context, seen_edit
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast, wants_fragment

__all__ = ["blueprint"]

_NOT_SHOWN = {"csrf_token", "seen"}


@blueprint.route("/<code>")
@require(Permission.FORMS_BUILD)
def editor(code: str) -> ResponseReturnValue:
    return _editor(code)


@blueprint.post("/<code>/sections/order")
@require(Permission.FORMS_BUILD)
def order_sections(code: str) -> ResponseReturnValue:
    """A drop sends all codes in their new order; an arrow button sends `move` = CODE:up."""
    return _in_place(code, "sections_ordered", "", _ordering(changes.move_section, _all_sections))


@blueprint.post("/<code>/sections/<section>/order")
@require(Permission.FORMS_BUILD)
def order_questions(code: str, section: str) -> ResponseReturnValue:
    def reorder(draft: Draft, order: list[str]) -> None:
        changes.order_questions(draft, section, order)

    return _in_place(code, "questions_ordered", section, _ordering(changes.move_question, reorder))


@blueprint.post("/<code>/sections/<section>/remove")
@require(Permission.FORMS_BUILD)
def remove_section(code: str, section: str) -> ResponseReturnValue:
    return _remove(code, "section_removed", section, changes.remove_section)


@blueprint.post("/<code>/questions/<question>/remove")
@require(Permission.FORMS_BUILD)
def remove_question(code: str, question: str) -> ResponseReturnValue:
    return _remove(code, "question_removed", question, changes.remove_question)


@blueprint.post("/<code>/scenarios/<scenario>/remove")
@require(Permission.FORMS_BUILD)
def remove_scenario(code: str, scenario: str) -> ResponseReturnValue:
    return _remove(code, "scenario_removed", scenario, changes.remove_scenario)


@blueprint.post("/<code>/undo")
@require(Permission.FORMS_BUILD)
def undo(code: str) -> ResponseReturnValue:
    undone = services.undo_change(code, seen_edit())
    toast(_("Undone: %(what)s", what=edit_words(undone.verb, undone.subject)))
    return _done(code)


@blueprint.route("/<code>/settings", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def settings(code: str) -> ResponseReturnValue:
    """The form's name and its reasons for N/A."""
    design = queries.find_design(code)
    offered = queries.base_of(design).content["na_reasons"]
    form = SettingsForm(offered)
    if request.method == "GET":
        form.show(design.content["name"])
        form.reasons.data = [reason["code"] for reason in design.content["na_reasons"]]
    elif form.validate():
        reasons = [reason for reason in offered if reason["code"] in form.reasons.data]
        name = form.name()
        return _from_page(
            code, "form_described", "", lambda draft: changes.describe(draft, name, reasons)
        )
    return _page("settings", code, form)


@blueprint.route("/<code>/sections/new", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def new_section(code: str) -> ResponseReturnValue:
    form = NameForm()
    if form.validate_on_submit():
        name = form.name()
        return _from_page(code, "section_added", "", lambda d: changes.add_section(d, name))
    return _page("section", code, form, section=None)


@blueprint.route("/<code>/sections/<section>", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def section(code: str, section: str) -> ResponseReturnValue:
    found = _item(queries.find_design(code).content["sections"], section)
    form = SectionForm()
    if request.method == "GET":
        form.show_section(found)
    elif form.validate():
        name, narrative = form.name(), form.narrative()
        return _from_page(
            code,
            "section_changed",
            section,
            lambda d: changes.change_section(d, section, name, narrative),
        )
    return _page("section", code, form, section=found)


@blueprint.route("/<code>/sections/<section>/add", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def add_questions(code: str, section: str) -> ResponseReturnValue:
    """Standards of the set that are not asked yet, by service step; several at once."""
    design = queries.find_design(code)
    found, ground = _item(design.content["sections"], section), ground_of(design.set_code)
    if ground is None:
        raise NotFound
    if request.method == "POST":
        chosen, placed = request.form.getlist("standard"), ground.placed
        return _from_page(
            code,
            "questions_added",
            section,
            lambda draft: changes.add_questions(draft, section, chosen, placed),
        )
    asked = {question["standard"] for _section, question in questions_in(design.content)}
    return render_page(
        "audits/builder/add.html",
        design=design,
        section=found,
        steps=ground.content["steps"],
        offered=[one for standard, one in ground.placed.items() if standard not in asked],
    )


@blueprint.route("/<code>/questions/<question>", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def question(code: str, question: str) -> ResponseReturnValue:
    design = queries.find_design(code)
    try:
        home, found = changes.find_question(design.content, question)
    except ChangeError as error:
        raise NotFound from error
    form = QuestionForm(design.content, found)
    if request.method == "GET":
        form.show(home["code"], found)
    elif form.validate():
        wanted = form.wanted()
        return _from_page(
            code,
            "question_changed",
            question,
            lambda draft: changes.change_question(draft, question, **wanted),
        )
    ground = ground_of(design.set_code)
    placed = ground.placed.get(found["standard"]) if ground else None
    return _page("question", code, form, question=found, placed=placed)


@blueprint.post("/<code>/unscored/order")
@require(Permission.FORMS_BUILD)
def order_unscored(code: str) -> ResponseReturnValue:
    ordering = _ordering(changes.move_unscored, changes.order_unscored)
    return _in_place(code, "unscored_ordered", "", ordering)


@blueprint.post("/<code>/unscored/<question>/remove")
@require(Permission.FORMS_BUILD)
def remove_unscored(code: str, question: str) -> ResponseReturnValue:
    return _in_place(
        code, "unscored_removed", question, lambda draft: changes.remove_unscored(draft, question)
    )


@blueprint.route("/<code>/unscored/new", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def new_unscored(code: str) -> ResponseReturnValue:
    return _unscored(code, None)


@blueprint.route("/<code>/unscored/<question>", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def unscored(code: str, question: str) -> ResponseReturnValue:
    found = _item(queries.find_design(code).content["unscored"], question)
    return _unscored(code, found)


def _unscored(code: str, found: dict[str, Any] | None) -> ResponseReturnValue:
    form = UnscoredForm(queries.find_design(code).content, found["code"] if found else "")
    return _item_page("unscored", code, found, form, changes.set_unscored)


@blueprint.route("/<code>/scenarios/new", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def new_scenario(code: str) -> ResponseReturnValue:
    return _scenario(code, None)


@blueprint.route("/<code>/scenarios/<scenario>", methods=["GET", "POST"])
@require(Permission.FORMS_BUILD)
def scenario(code: str, scenario: str) -> ResponseReturnValue:
    found = _item(queries.find_design(code).content["scenarios"], scenario)
    return _scenario(code, found)


def _scenario(code: str, found: dict[str, Any] | None) -> ResponseReturnValue:
    form = ScenarioForm(queries.find_design(code).content["sections"])
    return _item_page("scenario", code, found, form, changes.set_scenario)


# ------------------------------------------------------------------------------ common


def _item(items: list[dict[str, Any]], code: str) -> dict[str, Any]:
    for item in items:
        if item["code"] == code:
            return item
    raise NotFound


def _all_sections(draft: Draft, order: list[str]) -> None:
    changes.order_sections(draft, order)


def _ordering(
    move: Callable[[Draft, str, Direction], None], reorder: Callable[[Draft, list[str]], None]
) -> Callable[[Draft], None]:
    item, _colon, direction = request.form.get("move", "").partition(":")
    order = request.form.getlist("order")
    if direction in ("up", "down"):
        return lambda draft: move(draft, item, cast(Direction, direction))
    return lambda draft: reorder(draft, order)


def _in_place(
    code: str, verb: str, subject: str, change: Callable[[Draft], Any]
) -> ResponseReturnValue:
    """A change by a button of the editor: one that came too late changes nothing and shows
    the draft as it is now."""
    try:
        services.change_design(code, verb, subject, seen_edit(), change)
    except Conflict as conflict:
        toast(conflict.message, "warning")
        return _editor(code, conflict.status)
    return _done(code)


def _remove(
    code: str, verb: str, item: str, remove: Callable[[Draft, str], None]
) -> ResponseReturnValue:
    return _in_place(code, verb, item, lambda draft: remove(draft, item))


def _from_page(
    code: str, verb: str, subject: str, change: Callable[[Draft], Any]
) -> ResponseReturnValue:
    """A change from a page of its own: one that came too late is shown beside what the others
    did, to be sent again or dropped."""
    try:
        services.change_design(code, verb, subject, seen_edit(), change)
    except Overtaken:
        design = queries.find_design(code)
        edits = queries.edits_since(design, seen_edit())
        sent = {k: v for k, v in request.form.lists() if k not in _NOT_SHOWN}
        return render_page(
            "audits/builder/overtaken.html",
            status=409,
            design=design,
            edits=[(edit, edit_words(edit.verb, edit.subject)) for edit in edits],
            people=names_of({edit.made_by for edit in edits if edit.made_by}),
            sent=sent,
            mine=edit_words(verb, subject),
        )
    toast(_("Saved."))
    return redirect_to(url_for(".editor", code=code, _anchor=subject or None))


def _item_page(
    kind: str,
    code: str,
    found: dict[str, Any] | None,
    form: UnscoredForm | ScenarioForm,
    put: Callable[..., str],
) -> ResponseReturnValue:
    """One question without points, or one scenario: as it is, or a new one (`found` is None)."""
    if request.method == "GET":
        if found:
            form.show_item(found)
    elif form.validate():
        item, wanted = found["code"] if found else "", form.wanted()
        return _from_page(code, f"{kind}_set", item, lambda draft: put(draft, item, **wanted))
    return _page(kind, code, form, item=found)


def _page(name: str, code: str, form: Any, **context: Any) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    return render_page(
        f"audits/builder/{name}.html",
        status=status,
        design=queries.find_design(code),
        form=form,
        **context,
    )


def _done(code: str) -> ResponseReturnValue:
    if not wants_fragment():
        return redirect_to(url_for(".editor", code=code))
    return _editor(code)


def _editor(code: str, status: int = 200) -> ResponseReturnValue:
    context = draft_context(queries.find_design(code))
    return render_page(
        "audits/builder/editor.html",
        "audits/builder/_editor.html",
        status=status,
        condition_words=condition_words,
        asked_when=ASKED_WHEN,
        unscored_answers=UNSCORED_ANSWERS,
        **context,
    )
