"""Where head office can send a shopper."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.accounts.models import Dealership
from csiapp.accounts.queries import list_dealerships
from csiapp.audits.models import Visit
from csiapp.audits.queries.forms import FormSource, set_of_form
from csiapp.audits.queries.visits import UNFINISHED, official
from csiapp.core.extensions import db
from csiapp.standards.models import StandardSet, StandardVersion
from csiapp.standards.queries import published_version


@dataclass(frozen=True, slots=True)
class Destination:
    """`ready`: the dealership has published standards, so that there is a form to visit it with."""

    dealership: Dealership
    ready: bool
    underway: int


def list_destinations(region_id: uuid.UUID | None = None) -> list[Destination]:
    """The network's dealerships with the number of their unfinished visits: three queries."""
    ready = set(
        db.session.scalars(
            sa.select(StandardVersion.tenant_id)
            .where(StandardVersion.state == "published")
            .distinct()
        )
    )
    rows = db.session.execute(
        sa.select(Visit.tenant_id, sa.func.count().label("visits"))
        .where(Visit.state.in_(UNFINISHED), official())
        .group_by(Visit.tenant_id)
    )
    underway = {row.tenant_id: row.visits for row in rows}
    return [
        Destination(d, d.id in ready, underway.get(d.id, 0))
        for d in list_dealerships()
        if region_id is None or d.region_id == region_id
    ]


def set_in_force(source: FormSource) -> StandardSet | None:
    """The dealership's set that the form asks; None where it has not published that."""
    owner = set_of_form(source)
    return owner if owner is not None and published_version(owner.id) is not None else None
