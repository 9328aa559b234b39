"""Who works at the dealership."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import permitted, today_here
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, redirect_to, render_page, toast
from csiapp.training import queries, services
from csiapp.training.forms import LeaveForm, StaffFilterForm, StaffForm
from csiapp.training.services import Unfit

blueprint = Blueprint("training_staff", __name__)


@blueprint.route("")
@require(Permission.TRAINING_READ)
def index() -> ResponseReturnValue:
    form = StaffFilterForm(request.args)
    kept = {field.name: field.data for field in form if field.data}
    return render_page(
        "training/staff/index.html",
        "training/staff/_rows.html",
        form=form,
        page=queries.list_staff(form.wanted(), today_here(), page_number()),
        filtered=bool(kept),
        page_url=lambda number: url_for(".index", **kept, page=number),
        may_record=permitted(Permission.TRAINING_RECORD),
        today=today_here(),
    )


@blueprint.route("/new")
@require(Permission.TRAINING_RECORD)
def new() -> ResponseReturnValue:
    return _new_page(StaffForm(None, today=today_here()))


@blueprint.post("/new")
@require(Permission.TRAINING_RECORD)
def add() -> ResponseReturnValue:
    form = StaffForm(today=today_here())
    if not form.validate():
        return _new_page(form, 422)
    try:
        person = services.add_staff(form.details())
    except Unfit as unfit:
        form[unfit.field].errors = [unfit.message]
        return _new_page(form, 422)
    toast(_("%(name)s is on the staff list.", name=person.name))
    return redirect_to(url_for("training.person", staff_id=person.id))


def _new_page(form: StaffForm, status: int = 200) -> Response:
    return render_page("training/staff/new.html", status=status, form=form)


@blueprint.route("/<uuid:staff_id>")
@require(Permission.TRAINING_RECORD)
def edit(staff_id: uuid.UUID) -> ResponseReturnValue:
    return _edit_page(staff_id)


@blueprint.post("/<uuid:staff_id>")
@require(Permission.TRAINING_RECORD)
def save(staff_id: uuid.UUID) -> ResponseReturnValue:
    form = StaffForm(today=today_here())
    if not form.validate():
        return _edit_page(staff_id, form=form, status=422)
    try:
        services.change_staff(staff_id, form.details())
    except Unfit as unfit:
        form[unfit.field].errors = [unfit.message]
        return _edit_page(staff_id, form=form, status=422)
    toast(_("Saved."))
    return redirect_to(url_for("training.person", staff_id=staff_id))


@blueprint.post("/<uuid:staff_id>/leave")
@require(Permission.TRAINING_RECORD)
def leave(staff_id: uuid.UUID) -> ResponseReturnValue:
    form = LeaveForm()
    try:
        if form.validate():
            services.mark_left(staff_id, form.left_on.data)
            toast(_("Noted. What was learnt stays on record."))
            return redirect_to(url_for(".edit", staff_id=staff_id))
    except Unfit as unfit:
        form.left_on.errors = [unfit.message]
    return _edit_page(staff_id, leaving=form, status=422)


@blueprint.post("/<uuid:staff_id>/return")
@require(Permission.TRAINING_RECORD)
def come_back(staff_id: uuid.UUID) -> ResponseReturnValue:
    person = services.mark_returned(staff_id)
    toast(_("%(name)s is on the staff list.", name=person.name))
    return redirect_to(url_for(".edit", staff_id=staff_id))


def _edit_page(
    staff_id: uuid.UUID,
    *,
    form: StaffForm | None = None,
    leaving: LeaveForm | None = None,
    status: int = 200,
) -> Response:
    person, day = queries.get_staff(staff_id), today_here()
    if form is None:
        form = StaffForm(
            None,  # not from the request: as it is stored
            today=day,
            name=person.name,
            number=person.number,
            roles=person.roles,
            joined_on=person.joined_on,
            email=queries.email_of(person),
        )
    return render_page(
        "training/staff/edit.html",
        status=status,
        form=form,
        leaving=leaving or LeaveForm(None, left_on=day),
        member=person,
        gone=person.left_on is not None and person.left_on < day,
    )
