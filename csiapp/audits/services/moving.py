"""A visit that is not finished changes to the newest version of its form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits.form_content import excluded_sections
from csiapp.audits.models import Answer, FormVersion, Visit, VisitMove
from csiapp.audits.moving import Moving, moving, owner_of
from csiapp.audits.queries.forms import content_of, current_form, form_of, form_source
from csiapp.audits.queries.visits import NOT_STARTED, answers_of, get_visit
from csiapp.audits.services.answers import OPEN_STATES, WAITING_STATE, fill_in
from csiapp.audits.services.forms import ensure_current_form
from csiapp.core.activity import record
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope

MOVABLE = (OPEN_STATES - {WAITING_STATE}) | frozenset(NOT_STARTED)
"""The form is still the shopper's: between two stages its first part is handed in."""


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What would become of the visit's questions; `answered` are those that hold an answer."""

    older: FormVersion
    newer: FormVersion
    moving: Moving
    answered: frozenset[str]


def may_move(visit: Visit) -> bool:
    """A newer version of the visit's form is here, or an edition that was not built here yet."""
    if visit.state not in MOVABLE:
        return False
    form = form_of(visit)
    newest, source = current_form(form.code) or form, form_source(form.code)
    return newest.number > form.number or (
        source is not None and source.template_id != newest.template_id
    )


def build_newest(visit_id: uuid.UUID) -> None:
    """Have the newest version of the visit's form here. Raises Conflict if it cannot be built."""
    ensure_current_form(form_of(get_visit(visit_id)).code)


def move_plan(visit: Visit) -> MovePlan | None:
    """None where the visit is finished, or has the newest version already."""
    if visit.state not in MOVABLE:
        return None
    older = form_of(visit)
    newer = current_form(older.code)
    if newer is None or newer.number <= older.number:
        return None
    answers = answers_of(visit.id)
    found = moving(content_of(older), content_of(newer), answers)
    return MovePlan(older, newer, found, frozenset(owner_of(field) for field in answers))


def move_visit(visit_id: uuid.UUID, to_version_id: uuid.UUID) -> MovePlan:
    """Change the visit to the version that the person was shown.

    Answers that do not count in it are cleared by events of the server; every value stays in
    the journal. Raises Conflict where the visit was finished meanwhile, its scenario is gone, or
    a still newer version was published.
    """
    visit = get_visit(visit_id, lock=True)
    plan = move_plan(visit)
    if plan is None or plan.newer.id != to_version_id:
        raise Conflict(_("This visit has moved on. Reload the page."))
    _check_scenario(visit, plan.newer)
    _clear(visit, plan.moving)
    visit.form_version_id = plan.newer.id
    db.session.add(
        VisitMove(
            visit_id=visit.id,
            from_version_id=plan.older.id,
            to_version_id=plan.newer.id,
            outdated=sorted(plan.moving.outdated),
            moved_by=current_scope().actor,
        )
    )
    db.session.flush()
    detail = {
        "form": plan.newer.code,
        "from": plan.older.number,
        "number": plan.newer.number,
        "asked_again": list(plan.moving.asked_again),
        "dropped": list(plan.moving.dropped),
    }
    record("visit.moved", "visit", visit.id, detail)
    return plan


def _check_scenario(visit: Visit, newer: FormVersion) -> None:
    try:
        excluded_sections(content_of(newer), visit.scenario)
    except ValueError as error:
        raise Conflict(_("The newer version has no such scenario. Assign a new visit.")) from error


def _clear(visit: Visit, found: Moving) -> None:
    """By events against the older form: a visit that nobody has accepted has no answers."""
    fields = db.session.scalars(
        sa.select(Answer.field).where(Answer.visit_id == visit.id, Answer.value.is_not(None))
    )
    gone = {field: None for field in fields if owner_of(field) in found.outdated}
    if gone:
        fill_in(visit.id, gone)
