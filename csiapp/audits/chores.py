"""Visits whose days of stage two are over are answered by rule, at the dealership's midnight."""

from __future__ import annotations

import uuid
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from csiapp.accounts.chores import found_in_networks
from csiapp.accounts.models import Dealership
from csiapp.audits.models import Visit
from csiapp.audits.services.answers import WAITING_STATE
from csiapp.audits.services.stage_two import close_stage_two
from csiapp.core.clock import today
from csiapp.core.extensions import db
from csiapp.core.periodic import add_chore, done_in
from csiapp.core.tenancy import Scope, ScopeKind


class Over(NamedTuple):
    network_id: int
    tenant_id: int
    visit_id: uuid.UUID


def close_due() -> int:
    """Close stage two wherever its last day is over, one transaction each; how many visits were
    handed in."""
    return sum(_close(one) for one in found_in_networks(_over))


def _over() -> list[Over]:
    rows = db.session.execute(
        sa.select(
            Visit.network_id, Visit.tenant_id, Visit.id, Visit.stage_two_until, Dealership.timezone
        )
        .join(Dealership, Dealership.id == Visit.tenant_id)
        .where(Visit.state == WAITING_STATE)
    ).all()
    return [Over(*row[:3]) for row in rows if row.stage_two_until < today(row.timezone)]


def _close(one: Over) -> bool:
    scope = Scope(ScopeKind.TENANT, one.network_id, tenant_id=one.tenant_id)
    return done_in(scope, f"visit {one.visit_id} waits on", partial(close_stage_two, one.visit_id))


def init_app() -> None:
    """Add our chore once."""
    add_chore("close stage two", 60, close_due)
