"""Review and publication of visits, never by their shopper."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import permitted, require_place, signed_in
from csiapp.accounts.queries import names_of
from csiapp.audits.form_shape import FormContent
from csiapp.audits.forms import STATE_NAMES, ApproveForm, ReturnForm
from csiapp.audits.lifecycle import visit_lifecycle
from csiapp.audits.qa import Checked, Submitted, run_checks
from csiapp.audits.queries import visits
from csiapp.audits.queries.evidence import arrived_photos
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.journal import unusual_in
from csiapp.audits.queries.scores import latest_score, past_indices
from csiapp.audits.services import review
from csiapp.audits.views.visit_page import (
    factor_readings,
    photos_of,
    read_sheet,
    step_readings,
)
from csiapp.audits.visit_sheet import VisitSheet
from csiapp.core.errors import Conflict, Forbidden
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, redirect_to, render_page, toast

if TYPE_CHECKING:
    from csiapp.audits.models import Visit

blueprint = Blueprint("reviews", __name__)

AT = "/n/<network>/d/<dealership>/visits/<uuid:visit_id>/review"


@blueprint.route("/n/<network>/reviews")
@require(Permission.VISIT_REVIEW)
def index() -> ResponseReturnValue:
    """What waits: visits to take, in review, or approved and to be published."""
    page = visits.list_to_review(page_number())
    reviewers = names_of([line.visit.reviewed_by for line in page.items])
    return render_page(
        "audits/reviews/index.html",
        page=page,
        reviewers=reviewers,
        own_id=signed_in().id,
        states=STATE_NAMES,
        page_url=lambda number: url_for(".index", page=number),
    )


@blueprint.route(AT)
@require(Permission.VISIT_REVIEW)
def show(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The filled form with its checks, and the steps that this reviewer can take."""
    return _page(visit_id)


@blueprint.post(f"{AT}/take")
@require(Permission.VISIT_REVIEW)
def take(visit_id: uuid.UUID) -> ResponseReturnValue:
    review.take_visit(visit_id)
    toast(_("The visit is yours to review."))
    return redirect_to(url_for(".show", visit_id=visit_id))


@blueprint.post(f"{AT}/return")
@require(Permission.VISIT_REVIEW)
def return_visit(visit_id: uuid.UUID) -> ResponseReturnValue:
    form = ReturnForm()
    if not form.validate():
        return _page(visit_id, return_form=form, status=422)
    review.return_visit(visit_id, form.reason.data)
    toast(_("The visit went back to the shopper."))
    return redirect_to(url_for(".index"))


@blueprint.post(f"{AT}/approve")
@require(Permission.VISIT_REVIEW)
def approve(visit_id: uuid.UUID) -> ResponseReturnValue:
    form = _approve_form(content_of(form_of(visits.get_visit(visit_id))))
    if not form.validate():
        return _page(visit_id, approve_form=form, status=422)
    review.approve_visit(visit_id, checked=form.checked.data, note=form.note.data or "")
    toast(_("The visit is approved. Publish it when the dealership may see it."))
    return redirect_to(url_for(".show", visit_id=visit_id))


@blueprint.post(f"{AT}/publish")
@require(Permission.VISIT_PUBLISH)
def publish(visit_id: uuid.UUID) -> ResponseReturnValue:
    review.publish_visit(visit_id)
    toast(_("The visit is published. Its reports are being made."))
    return redirect_to(url_for("visits.show", visit_id=visit_id))


def _approve_form(content: FormContent) -> ApproveForm:
    checks = content["qa_checks"]
    return ApproveForm(checks=[(c["code"], tr(c["name"])) for c in checks if not c["auto"]])


def _page(
    visit_id: uuid.UUID,
    *,
    return_form: ReturnForm | None = None,
    approve_form: ApproveForm | None = None,
    status: int = 200,
) -> Response:
    visit, own_id = visits.get_visit(visit_id), signed_in().id
    score = latest_score(visit_id)
    if score is None:
        raise Conflict(_("The shopper has not submitted this visit yet."))
    if visit.shopper_id == own_id:
        raise Forbidden(_("You made this visit yourself. Somebody else has to review it."))
    form = form_of(visit)
    sheet = read_sheet(visit, form, score, overwritten=visits.overwritten_of(visit_id))
    people = names_of([visit.shopper_id, visit.reviewed_by])
    actions = {t.action for t in visit_lifecycle().allowed(visit.state, "reviewer")}
    return render_page(
        "audits/reviews/show.html",
        status=status,
        visit=visit,
        place=require_place(),
        states=STATE_NAMES,
        shopper=people.get(visit.shopper_id, ""),
        reviewer=people.get(visit.reviewed_by, "") if visit.reviewed_by else "",
        own=visit.reviewed_by == own_id,
        actions=actions,
        may_publish=visit.state == "approved" and permitted(Permission.VISIT_PUBLISH),
        return_form=return_form or ReturnForm(),
        approve_form=approve_form or _approve_form(content_of(form)),
        score=score,
        unusual=unusual_in(visit_id),
        sheet=sheet,
        checks=_checks(visit, form.code, sheet, score.final_index if score.indexed else None),
        factor_readings=factor_readings(sheet),
        step_readings=step_readings(sheet),
        photos=photos_of(visit_id, "evidence.photo", origin=True),
    )


def _checks(
    visit: Visit, form_code: str, sheet: VisitSheet, final_index: int | None
) -> list[Checked]:
    return run_checks(
        Submitted(
            content=sheet.content,
            scenario=visit.scenario,
            answers=sheet.answers,
            photos=arrived_photos(visit.id),
            final_index=final_index,
            past_indices=past_indices(form_code, without=visit.id),
        )
    )
