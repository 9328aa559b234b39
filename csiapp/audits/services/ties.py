"""Declaring and ending what ties a shopper to a dealership."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits.models import ShopperTie
from csiapp.audits.queries.ties import TIE_NAMES
from csiapp.audits.queries.visits import NOT_STARTED, visits_of_shopper
from csiapp.core.activity import record
from csiapp.core.clock import utcnow
from csiapp.core.errors import Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope


def declare_tie(
    shopper_id: uuid.UUID, kind: str, note: str = "", *, visit_id: uuid.UUID | None = None
) -> ShopperTie:
    """From now on this shopper is not sent to the scope's dealership. `visit_id` is the visit
    on which a shopper declares it. Raises Invalid for an unknown kind."""
    if kind not in TIE_NAMES:
        raise Invalid(_("Say what ties you to this dealership."))
    tie = ShopperTie(
        shopper_id=shopper_id,
        visit_id=visit_id,
        kind=kind,
        note=note.strip()[:300],
        declared_by=current_scope().actor,
    )
    db.session.add(tie)
    db.session.flush()
    record("tie.declared", "shopper_tie", tie.id, {"kind": kind})
    return tie


def end_tie(tie_id: uuid.UUID) -> None:
    """It holds no longer. Raises NotFound; ended already, nothing happens."""
    tie = db.session.scalars(
        sa.select(ShopperTie).where(ShopperTie.id == tie_id).with_for_update()
    ).one_or_none()
    if tie is None:
        raise NotFound
    if tie.ended_at is None:
        tie.ended_at, tie.ended_by = utcnow(), current_scope().actor
        db.session.flush()
        record("tie.ended", "shopper_tie", tie.id, {"kind": tie.kind})


def planned_visits(shopper_id: uuid.UUID) -> int:
    """How many visits of this shopper here have not begun: somebody else should make them."""
    return sum(visit.state in NOT_STARTED for visit in visits_of_shopper(shopper_id))
