"""Head office plans visits: who goes where, when, with which form (life of an audit, stage 3)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts.queries import current_dealership, list_people
from csiapp.audits.form_content import excluded_sections
from csiapp.audits.lifecycle import IllegalMove, visit_lifecycle
from csiapp.audits.models import FormVersion, Visit, Wave
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.ties import TIE_NAMES, ties_of, worked_here
from csiapp.audits.queries.visits import NOT_STARTED, get_visit, visits_of_shopper
from csiapp.audits.rotation import Span, next_free_day, too_close
from csiapp.audits.services.answers import withdraw_answers
from csiapp.audits.services.forms import ensure_current_form
from csiapp.audits.services.tokens import revoke_tokens
from csiapp.core.activity import record
from csiapp.core.clock import day_at, utcnow
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.i18n import day
from csiapp.core.permissions import Role
from csiapp.core.tenancy import current_scope
from csiapp.reference.loader import form_templates


class Unfit(Invalid):
    """An input that does not fit; `field` is the name of the argument."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who goes when. Both days are included."""

    shopper_id: uuid.UUID
    opens_on: dt.date
    due_on: dt.date
    wave_id: uuid.UUID | None = None
    note: str = ""


@cache
def rotation_days() -> int:
    """How long a shopper stays away from a dealership between two visits."""
    return int(form_templates()["rotation"]["min_days_between_visits_same_shopper"])


def assign_visit(
    *,
    form_code: str,
    scenario: str,
    shopper_id: uuid.UUID,
    opens_on: dt.date,
    due_on: dt.date,
    wave_id: uuid.UUID | None = None,
    note: str = "",
    pilot: bool = False,
) -> Visit:
    """Assign a visit with the dealership's current form. `scenario` is empty for forms without.
    A `pilot` tries the form out: it belongs to no wave, and its shopper may come again soon.

    Raises Unfit, or Conflict where the dealership has no such form.
    """
    plan = Plan(shopper_id=shopper_id, opens_on=opens_on, due_on=due_on, wave_id=wave_id, note=note)
    form = ensure_current_form(form_code)
    _check_scenario(form, scenario)
    _check(plan, pilot=pilot)
    visit = Visit(
        form_version_id=form.id,
        pilot=pilot,
        scenario=scenario,
        state=_moved("unassigned", "assign"),
        assigned_by=current_scope().actor,
        **_columns(plan),
    )
    db.session.add(visit)
    db.session.flush()
    detail = {"form": form.code, "number": form.number, "scenario": scenario, **_traced(plan)}
    if pilot:
        detail["pilot"] = True
    record("visit.assigned", "visit", visit.id, detail)
    return visit


def change_visit(visit_id: uuid.UUID, plan: Plan) -> Visit:
    """Change a visit that nobody has started. Another shopper or other days make it newly
    assigned. Raises Conflict once it was started, or Unfit."""
    visit = get_visit(visit_id, lock=True)
    if visit.state not in NOT_STARTED:
        raise _started()
    ensure_current_form(form_of(visit).code)
    _check(plan, changing=visit, pilot=visit.pilot)
    before = (visit.shopper_id, visit.opens_on, visit.due_on)
    if visit.state == "unassigned" or before != (plan.shopper_id, plan.opens_on, plan.due_on):
        action = "assign" if visit.state == "unassigned" else "reassign"
        visit.state = _moved(visit.state, action)
        visit.accepted_at = None
        visit.assigned_at, visit.assigned_by = utcnow(), current_scope().actor
    if visit.shopper_id != plan.shopper_id:
        _begin_anew(visit)
    for name, value in _columns(plan).items():
        setattr(visit, name, value)
    db.session.flush()
    record("visit.changed", "visit", visit.id, _traced(plan))
    return visit


def _begin_anew(visit: Visit) -> None:
    """Another shopper finds nothing of what the one before tried or typed; the journal keeps it."""
    revoke_tokens(visit.id)
    visit.briefed_at = None
    withdraw_answers(visit)


def cancel_visit(visit_id: uuid.UUID, reason: str) -> Visit:
    """Call a visit off that nobody has started. Raises Conflict or Unfit."""
    if not reason.strip():
        raise Unfit("reason", _("Say why the visit is called off."))
    visit = get_visit(visit_id, lock=True)
    visit.state = _moved(visit.state, "cancel")
    revoke_tokens(visit.id)
    db.session.flush()
    record("visit.cancelled", "visit", visit.id, {"reason": reason.strip()})
    return visit


def _moved(state: str, action: str) -> str:
    try:
        return visit_lifecycle().move(state, action, "coordinator")
    except IllegalMove as error:
        raise _started() from error


def _started() -> Conflict:
    return Conflict(_("The shopper has started this visit, so it can no longer be changed."))


def _columns(plan: Plan) -> dict[str, Any]:
    return asdict(plan) | {"note": plan.note.strip()}


def _traced(plan: Plan) -> dict[str, Any]:
    return {
        "shopper": str(plan.shopper_id),
        "opens_on": plan.opens_on.isoformat(),
        "due_on": plan.due_on.isoformat(),
        "wave": str(plan.wave_id) if plan.wave_id else None,
    }


def _check_scenario(form: FormVersion, scenario: str) -> None:
    try:
        excluded_sections(content_of(form), scenario)
    except ValueError as error:
        raise Unfit("scenario", _("Choose one of the form's scenarios.")) from error


def _check(plan: Plan, changing: Visit | None = None, *, pilot: bool = False) -> None:
    if plan.due_on < plan.opens_on:
        raise Unfit("due_on", _("The last day lies before the first."))
    if plan.shopper_id not in {person.id for person in list_people(Role.SHOPPER)}:
        raise Unfit("shopper_id", _("Choose a mystery shopper of this network."))
    if pilot:
        if plan.wave_id is not None:
            raise Unfit("wave_id", _("A pilot visit belongs to no wave."))
        return
    _check_ties(plan.shopper_id)
    _check_wave(plan)
    _check_rotation(plan, changing)


def _check_ties(shopper_id: uuid.UUID) -> None:
    """Whoever works or worked here, or has a tie, would be known or not be impartial."""
    if worked_here(shopper_id):
        message = _("This person works or worked at this dealership. Choose somebody else.")
        raise Unfit("shopper_id", message)
    ties = ties_of(shopper_id)
    if ties:
        values = {"tie": TIE_NAMES[ties[0].kind], "day": day(ties[0].declared_at)}
        message = _("This shopper has a declared tie to this dealership: %(tie)s (%(day)s).")
        raise Unfit("shopper_id", message % values)


def _check_wave(plan: Plan) -> None:
    if plan.wave_id is None:
        return
    wave = db.session.scalars(sa.select(Wave).where(Wave.id == plan.wave_id)).one_or_none()
    if wave is None:
        raise Unfit("wave_id", _("Choose one of the network's waves."))
    if wave.state == "closed":
        raise Unfit("wave_id", _("This wave is closed."))
    if plan.opens_on < wave.starts_on or plan.due_on > wave.ends_on:
        message = _("The wave runs from %(first)s to %(last)s; the visit must lie inside.")
        raise Unfit("opens_on", message % {"first": day(wave.starts_on), "last": day(wave.ends_on)})


def _check_rotation(plan: Plan, changing: Visit | None) -> None:
    """The same shopper does not come back too soon: they would be recognised."""
    zone = current_dealership().timezone
    others = [
        _span(visit, zone)
        for visit in visits_of_shopper(plan.shopper_id)
        if changing is None or visit.id != changing.id
    ]
    planned, days = Span(plan.opens_on, plan.due_on), rotation_days()
    near = too_close(others, planned, days)
    if near:
        message = _(
            "This shopper has a visit here on %(first)s to %(last)s, and %(days)s days must lie "
            "between two visits. The next possible first day is %(next)s."
        )
        values = {
            "first": day(near[-1].first),
            "last": day(near[-1].last),
            "days": days,
            "next": day(next_free_day(others, planned, days)),
        }
        raise Unfit("shopper_id", message % values)


def _span(visit: Visit, zone: str) -> Span:
    """The days at the dealership on which the visit happened, or may happen."""
    if visit.started_at is None:
        return Span(visit.opens_on, visit.due_on)
    started = day_at(zone, visit.started_at)
    ended = day_at(zone, visit.submitted_at or visit.started_at)
    return Span(started, max(started, ended))
