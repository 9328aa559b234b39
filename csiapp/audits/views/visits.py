"""Head office's list of visits, and one visit with everything that is known of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import permitted, require_place, today_here
from csiapp.accounts.queries import list_dealerships, list_regions, names_of
from csiapp.audits.forms import STATE_NAMES, VisitFilterForm
from csiapp.audits.queries import visits
from csiapp.audits.queries.forms import form_of
from csiapp.audits.queries.journal import unusual_in
from csiapp.audits.queries.scores import scores_of
from csiapp.audits.queries.waves import find_wave, list_waves
from csiapp.audits.services.moving import may_move
from csiapp.audits.views.visit_page import (
    factor_readings,
    panel_url,
    photos_of,
    read_sheet,
    step_readings,
)
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, render_page

if TYPE_CHECKING:
    from csiapp.audits.models import Visit

blueprint = Blueprint("visits", __name__)


@blueprint.route("/n/<network>/visits")
@require(Permission.VISITS_READ)
def index() -> ResponseReturnValue:
    """Visits of the network, filtered from the address."""
    form = VisitFilterForm(
        request.args,
        dealerships=[(str(d.id), f"{d.code} {tr(d.name)}") for d in list_dealerships()],
        regions=[(str(region.id), tr(region.name)) for region in list_regions()],
        waves=[(str(wave.id), tr(wave.name)) for wave in list_waves()],
    )
    today = today_here()
    page = visits.list_visits(form.wanted(today), page_number())
    kept: dict[str, Any] = {f.name: request.args[f.name] for f in form if f.name in request.args}
    return render_page(
        "audits/visits/index.html",
        "audits/visits/_rows.html",
        form=form,
        page=page,
        filtered=any(kept.values()),
        page_url=lambda number: url_for(".index", **kept, page=number),
        today=today,
        states=STATE_NAMES,
        unfinished=visits.UNFINISHED,
        may_assign=permitted(Permission.VISIT_ASSIGN),
    )


@blueprint.route("/n/<network>/d/<dealership>/visits/<uuid:visit_id>")
@require(Permission.VISITS_READ)
def show(visit_id: uuid.UUID) -> ResponseReturnValue:
    """One visit: its way so far, its score, every answer with what it replaced."""
    visit = visits.get_visit(visit_id)
    form, revisions = form_of(visit), scores_of(visit_id)
    score = revisions[-1] if revisions else None
    sheet = read_sheet(visit, form, score, overwritten=visits.overwritten_of(visit_id))
    people = names_of([visit.shopper_id, visit.assigned_by, visit.reviewed_by])
    return render_page(
        "audits/visits/show.html",
        visit=visit,
        place=require_place(),
        form_version=form,
        wave=find_wave(visit.wave_id) if visit.wave_id else None,
        states=STATE_NAMES,
        people=people,
        timeline=timeline(visit, people),
        score=score,
        revisions=revisions,
        sheet=sheet,
        factor_readings=factor_readings(sheet),
        step_readings=step_readings(sheet),
        photos=photos_of(visit_id, "evidence.photo", origin=True),
        reports_url=panel_url("reports.panel", visit_id) if score else None,
        unusual=unusual_in(visit_id),
        may_import=permitted(Permission.VISIT_IMPORT) and visit.accepted_at is not None,
        may_move=permitted(Permission.VISIT_MOVE) and may_move(visit),
        may_change=permitted(Permission.VISIT_ASSIGN) and visit.state in visits.NOT_STARTED,
        may_review=permitted(Permission.VISIT_REVIEW)
        and visit.state in visits.TO_REVIEW
        and not visit.pilot,
    )


def timeline(visit: Visit, people: dict[uuid.UUID, str]) -> list[dict[str, Any]]:
    """The steps of the visit's life so far, with when and who where that is known."""
    shopper = people.get(visit.shopper_id, "")
    reviewer = people.get(visit.reviewed_by, "") if visit.reviewed_by else ""
    assigner = people.get(visit.assigned_by, "") if visit.assigned_by else ""
    steps = [
        (_("Assigned"), visit.assigned_at, assigner),
        (_("Accepted"), visit.accepted_at, shopper),
        (_("Started"), visit.started_at, shopper),
        (_("Submitted"), visit.submitted_at, shopper),
        (_("Approved"), visit.approved_at, reviewer),
        (_("Published"), visit.published_at, ""),
    ]
    return [{"label": label, "at": at, "who": who} for label, at, who in steps if at is not None]
