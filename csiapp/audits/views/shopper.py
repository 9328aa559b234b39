"""A shopper's pages around the form: the list, the brief, the receipt."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import signed_in
from csiapp.audits.brief_test import brief_questions, wrong_answers
from csiapp.audits.queries.answers import last_try
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.shopper import dealership_of, own_visits, sent_counts, wave_of
from csiapp.audits.queries.ties import TIE_NAMES
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services import submission
from csiapp.audits.tablet_form import asked_sections, unscored_questions
from csiapp.audits.views.fill import KEPT_HEADER, marked
from csiapp.core.errors import DomainError, NotFound
from csiapp.core.permissions import Permission, Role, require
from csiapp.core.tenancy import current_scope
from csiapp.core.web import redirect_to, render_page, toast

blueprint = Blueprint("shopper", __name__)
blueprint.after_request(marked)


@blueprint.route("/s/<network>/visits")
@require(Permission.VISIT_FILL)
def visits() -> ResponseReturnValue:
    """The list; the device keeps it, and the forms of the visits to come."""
    response = render_page("audits/shopper/visits.html", visits=own_visits())
    response.headers[KEPT_HEADER] = f"list@{signed_in().id}"
    return response


@blueprint.route("/v/<uuid:visit_id>/")
@require(Permission.VISIT_FILL)
def brief(visit_id: uuid.UUID) -> ResponseReturnValue:
    return _brief(visit_id)


@blueprint.route("/v/<uuid:visit_id>/accept", methods=["POST"])
@require(Permission.VISIT_FILL)
def accept(visit_id: uuid.UUID) -> ResponseReturnValue:
    submission.accept_visit(visit_id)
    toast(_("Accepted. Read the brief before you go."))
    return redirect_to(url_for("shopper.brief", visit_id=visit_id))


@blueprint.route("/v/<uuid:visit_id>/decline", methods=["POST"])
@require(Permission.VISIT_FILL)
def decline(visit_id: uuid.UUID) -> ResponseReturnValue:
    submission.decline_visit(visit_id, request.form.get("tie", ""))
    toast(_("Declined. Head office will find somebody else."))
    return redirect_to(_list_url())


@blueprint.route("/v/<uuid:visit_id>/test", methods=["POST"])
@require(Permission.VISIT_FILL)
def test(visit_id: uuid.UUID) -> ResponseReturnValue:
    """One try at the test on the brief. A wrong one is kept too, and the brief shows it."""
    chosen = {code: value for code, value in request.form.items() if code != "csrf_token"}
    if submission.take_test(visit_id, chosen):
        return redirect_to(url_for("shopper.brief", visit_id=visit_id, _anchor="step"))
    toast(_("The test is passed. The form can now be kept on this device."))
    return redirect_to(url_for("shopper.brief", visit_id=visit_id))


@blueprint.route("/v/<uuid:visit_id>/start", methods=["POST"])
@require(Permission.VISIT_FILL)
def start(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Begin the visit; what is expected of it is asked in the same form."""
    expectations = {
        code: value for code, value in request.form.items() if code != "csrf_token" and value
    }
    try:
        submission.start_visit(visit_id, expectations)
    except DomainError as error:
        if error.status != 422:
            raise
        return _brief(visit_id, status=422, problem=error.message)
    return redirect_to(url_for("fill.form", visit_id=visit_id))


@blueprint.route("/v/<uuid:visit_id>/receipt")
@require(Permission.VISIT_FILL)
def receipt(visit_id: uuid.UUID) -> ResponseReturnValue:
    visit = get_visit(visit_id)
    if visit.submitted_at is None:
        raise NotFound
    return render_page(
        "audits/shopper/receipt.html",
        visit=visit,
        dealership=dealership_of(visit),
        counts=sent_counts(visit_id),
        list_url=_list_url(),
    )


def _brief(visit_id: uuid.UUID, *, status: int = 200, problem: str = "") -> ResponseReturnValue:
    visit = get_visit(visit_id)
    content = content_of(form_of(visit))
    scenarios = {scenario["code"]: scenario for scenario in content["scenarios"]}
    told: dict[str, list[Any]] = {}
    for instruction in content["instructions"]:
        told.setdefault(instruction["when"], []).append(instruction["text"])
    tried = None if visit.briefed_at else last_try(visit_id)
    response = render_page(
        "audits/shopper/brief.html",
        status=status,
        problem=problem,
        visit=visit,
        dealership=dealership_of(visit),
        wave=wave_of(visit),
        content=content,
        scenario=scenarios.get(visit.scenario),
        questions=sum(len(s["questions"]) for s in asked_sections(content, visit.scenario)),
        expectations=unscored_questions(content, "before_visit"),
        told=told,
        test=[] if visit.briefed_at else brief_questions(content, visit.scenario),
        tried=tried or {},
        wrong=[] if tried is None else wrong_answers(content, visit.scenario, tried),
        ties=TIE_NAMES,
        list_url=_list_url(),
    )
    response.headers[KEPT_HEADER] = f"{visit.id}@brief"
    return response


def _list_url() -> str:
    """The shopper's list in the network of this visit."""
    network_id = current_scope().network_id
    for place in signed_in().places:
        if place.network_id == network_id and place.role is Role.SHOPPER:
            return url_for("shopper.visits", network=place.network_slug)
    return url_for("accounts.home")
