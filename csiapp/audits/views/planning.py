"""Head office plans visits: where, then with which form, scenario and shopper, and when."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import require_place, today_here
from csiapp.accounts.queries import list_people, list_regions, names_of
from csiapp.audits.forms import CancelForm, ChangeForm, PlanForm
from csiapp.audits.queries.forms import FormSource, content_of, form_of, form_source, form_sources
from csiapp.audits.queries.planning import list_destinations, set_in_force
from csiapp.audits.queries.visits import NOT_STARTED, get_visit
from csiapp.audits.queries.waves import open_waves
from csiapp.audits.services.forms import why_no_form
from csiapp.audits.services.planning import (
    Plan,
    Unfit,
    assign_visit,
    cancel_visit,
    change_visit,
    rotation_days,
)
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, Role, require
from csiapp.core.web import redirect_to, render_page, toast

blueprint = Blueprint("planning", __name__)

DEFAULT_FORM = "MS-VISIT"
WINDOW = dt.timedelta(days=7)


@blueprint.route("/n/<network>/visits/new")
@require(Permission.VISIT_ASSIGN)
def choose() -> ResponseReturnValue:
    """Choose the dealership. A form, and that it is a pilot, go along to the next page."""
    regions = list_regions()
    chosen = next((r for r in regions if str(r.id) == request.args.get("region")), None)
    return render_page(
        "audits/planning/choose.html",
        "audits/planning/_destinations.html",
        destinations=list_destinations(chosen.id if chosen else None),
        regions=regions,
        region=chosen,
        carried={name: request.args[name] for name in ("form", "pilot") if name in request.args},
    )


@blueprint.route("/n/<network>/d/<dealership>/visits/new")
@require(Permission.VISIT_ASSIGN)
def new() -> ResponseReturnValue:
    asked = _asked_form()
    return _new_page(asked, _plan_form(asked))


@blueprint.post("/n/<network>/d/<dealership>/visits/new")
@require(Permission.VISIT_ASSIGN)
def assign() -> ResponseReturnValue:
    asked = _asked_form()
    form = _plan_form(asked)
    if not form.validate():
        return _new_page(asked, form, status=422)
    try:
        visit = assign_visit(
            form_code=asked.code,
            scenario=form.scenario.data or "",
            pilot=form.pilot.data,
            **form.plan(),
        )
    except Unfit as unfit:
        form[unfit.field].errors = [unfit.message]
        return _new_page(asked, form, status=422)
    toast(_("The visit is assigned."))
    return redirect_to(url_for("visits.show", visit_id=visit.id))


@blueprint.route("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/change")
@require(Permission.VISIT_ASSIGN)
def edit(visit_id: uuid.UUID) -> ResponseReturnValue:
    visit = get_visit(visit_id)
    return _change_page(visit_id, _change_form(obj=visit))


@blueprint.post("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/change")
@require(Permission.VISIT_ASSIGN)
def change(visit_id: uuid.UUID) -> ResponseReturnValue:
    form = _change_form()
    if not form.validate():
        return _change_page(visit_id, form, status=422)
    try:
        change_visit(visit_id, Plan(**form.plan()))
    except Unfit as unfit:
        form[unfit.field].errors = [unfit.message]
        return _change_page(visit_id, form, status=422)
    toast(_("The visit is changed."))
    return redirect_to(url_for("visits.show", visit_id=visit_id))


@blueprint.post("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/cancel")
@require(Permission.VISIT_ASSIGN)
def cancel(visit_id: uuid.UUID) -> ResponseReturnValue:
    form = CancelForm()
    if not form.validate():
        return _change_page(visit_id, _change_form(obj=get_visit(visit_id)), form, status=422)
    cancel_visit(visit_id, form.reason.data)
    toast(_("The visit is called off."))
    return redirect_to(url_for("visits.show", visit_id=visit_id))


def _asked_form() -> FormSource:
    """The form that the address names. Raises NotFound for one that is not offered here."""
    source = form_source(request.args.get("form", DEFAULT_FORM))
    if source is None or source.withdrawn:
        raise NotFound(_("The network has no such form."))
    return source


def _choices() -> dict[str, Any]:
    return {
        "shoppers": [(str(person.id), person.name) for person in list_people(Role.SHOPPER)],
        "waves": [(str(wave.id), tr(wave.name)) for wave in open_waves()],
        "today": today_here(),
    }


def _plan_form(source: FormSource) -> PlanForm:
    offered = source.content["scenarios"]
    choices = _choices()
    return PlanForm(
        pilot=request.args.get("pilot") == "1",
        scenarios=[(scenario["code"], tr(scenario["name"])) for scenario in offered],
        opens_on=choices["today"],
        due_on=choices["today"] + WINDOW,
        **choices,
    )


def _new_page(asked: FormSource, form: PlanForm, status: int = 200) -> Response:
    return render_page(
        "audits/planning/new.html",
        status=status,
        form=form,
        place=require_place(),
        sources=form_sources(),
        chosen=asked.code,
        standards=set_in_force(asked),
        why_not=why_no_form(asked),
        rotation_days=rotation_days(),
    )


def _change_form(obj: Any = None) -> ChangeForm:
    return ChangeForm(obj=obj, **_choices())


def _change_page(
    visit_id: uuid.UUID, form: ChangeForm, cancel_form: CancelForm | None = None, status: int = 200
) -> Response:
    visit = get_visit(visit_id)
    if visit.state not in NOT_STARTED:
        raise Conflict(_("The shopper has started this visit, so it can no longer be changed."))
    content = content_of(form_of(visit))
    scenarios = {scenario["code"]: scenario["name"] for scenario in content["scenarios"]}
    return render_page(
        "audits/planning/change.html",
        status=status,
        form=form,
        cancel_form=cancel_form or CancelForm(),
        visit=visit,
        place=require_place(),
        form_name=content["name"],
        scenario=scenarios.get(visit.scenario),
        shopper=names_of([visit.shopper_id]).get(visit.shopper_id, ""),
        rotation_days=rotation_days(),
    )
