"""Recording what people did: one course of one person, or of several at once."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from csiapp.accounts.access import today_here
from csiapp.core.errors import NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast, wants_fragment
from csiapp.training import queries, services
from csiapp.training.forms import Chosen, EntryForm, GroupFilterForm, TakeBackForm
from csiapp.training.services import SomeUnfit, Unfit
from csiapp.training.status import EntryKind
from csiapp.training.views.training import course_page, looks, recorded_fragment

blueprint = Blueprint("training_record", __name__)


@blueprint.post("/people/<uuid:staff_id>/courses/<code>")
@require(Permission.TRAINING_RECORD)
def entry(staff_id: uuid.UUID, code: str) -> ResponseReturnValue:
    """Record one entry; 422 shows the form again with what was typed."""
    form = EntryForm()
    if not form.validate():
        return course_page(staff_id, code, form=form, status=422)
    wanted = form.entry()
    try:
        made = services.record_entry(staff_id, code, wanted, today=today_here())
    except Unfit as unfit:
        form[unfit.field].errors = [unfit.message]
        return course_page(staff_id, code, form=form, status=422)
    if wanted.kind is EntryKind.PASSED and made.kind == EntryKind.FAILED:
        limit = queries.get_course(code).pass_mark
        toast(_("Recorded as not passed: the pass mark is %(limit)s.", limit=limit), "warning")
    else:
        toast(_("Recorded."))
    return _done(staff_id, code)


@blueprint.post("/entries/<uuid:entry_id>/take-back")
@require(Permission.TRAINING_RECORD)
def take_back(entry_id: uuid.UUID) -> ResponseReturnValue:
    found = queries.get_entry(entry_id)
    code = queries.catalogue().courses[found.course_id].code
    form = TakeBackForm()
    try:
        if form.validate():
            services.take_back(entry_id, form.reason.data, today=today_here())
            toast(_("The entry is taken back. It stays in the history."))
            return _done(found.staff_id, code)
    except Unfit as unfit:
        form.reason.errors = [unfit.message]
    return course_page(found.staff_id, code, taking_back=(entry_id, form), status=422)


def _done(staff_id: uuid.UUID, code: str) -> Response:
    if wants_fragment():
        return recorded_fragment(staff_id, code)
    return redirect_to(url_for("training.course", staff_id=staff_id, code=code))


# ----------------------------------------------------------------------------- several at once


@blueprint.route("/record")
@require(Permission.TRAINING_RECORD)
def group() -> ResponseReturnValue:
    """Choose a course, then who did what."""
    return _group_page(EntryForm(None, kind=EntryKind.PASSED.value, on=today_here()))


@blueprint.post("/record")
@require(Permission.TRAINING_RECORD)
def record_group() -> ResponseReturnValue:
    code, _role = _chosen_filter().chosen()
    if not code:
        raise NotFound
    form = EntryForm()
    chosen = Chosen((person.id for person in queries.staff_on(today_here())), request.form)
    valid = form.validate()
    wanted = chosen.entries(form) if valid else {}
    if not chosen.ids:
        form.form_errors.append(_("Choose at least one person."))
    if not valid or chosen.problems or not chosen.ids:
        return _group_page(form, chosen, status=422)
    try:
        made = services.record_entries(code, wanted, today=today_here())
    except SomeUnfit as unfit:
        _spread(unfit, form, chosen)
        return _group_page(form, chosen, status=422)
    _say_what_was_recorded(code, form, [row.kind for row in made])
    return redirect_to(url_for("training.matrix", courses="all"))


def _spread(unfit: SomeUnfit, form: EntryForm, chosen: Chosen) -> None:
    """Problems of marks and days stand at the person; a missing reason at its field."""
    for staff_id, problem in unfit.problems.items():
        if problem.field == "note":
            form.note.errors = [problem.message]
        else:
            chosen.problems[staff_id] = problem.message


def _say_what_was_recorded(course: str, form: EntryForm, kinds: list[str]) -> None:
    toast(ngettext("Recorded for %(num)d person.", "Recorded for %(num)d people.", len(kinds)))
    missed = kinds.count(EntryKind.FAILED)
    if form.kind.data == EntryKind.PASSED and missed:
        limit = queries.get_course(course).pass_mark
        toast(_("Below the pass mark of %(limit)s: %(num)s", limit=limit, num=missed), "warning")


def _chosen_filter() -> GroupFilterForm:
    titles = queries.course_titles()
    return GroupFilterForm(
        request.args, courses=[(code, f"{code} {tr(title)}") for code, title in titles.items()]
    )


def _group_page(form: EntryForm, chosen: Chosen | None = None, *, status: int = 200) -> Response:
    offer = _chosen_filter()
    code, role = offer.chosen()
    known = queries.catalogue()
    course = known.by_code.get(code)
    return render_page(
        "training/group.html",
        "training/_group.html",
        status=status,
        offer=offer,
        form=form,
        course=course,
        role=role,
        rows=_offered(course, role, known) if course else [],
        chosen=chosen or Chosen((), request.form),
        **looks(),
    )


def _offered(course: Any, role: str, known: queries.Catalogue) -> list[queries.PersonTraining]:
    """Who can be chosen: those who must hold the course first."""
    people = [p for p in queries.staff_on(today_here()) if not role or role in p.roles]
    trainings = queries.training_of(people, known, today_here())
    return sorted(trainings, key=lambda training: not training.of(course.id).required)
