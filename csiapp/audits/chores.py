"""Visits whose days of stage two are over are answered by rule, at the dealership's midnight."""

from __future__ import annotations

import logging
import uuid
from typing import NamedTuple

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Network
from csiapp.audits.models import Visit
from csiapp.audits.queries.visits import today
from csiapp.audits.services.answers import WAITING_STATE
from csiapp.audits.services.stage_two import close_stage_two
from csiapp.core.db import writing
from csiapp.core.errors import DomainError
from csiapp.core.extensions import db
from csiapp.core.periodic import Chore, chores
from csiapp.core.tenancy import Scope, ScopeKind, entered

log = logging.getLogger(__name__)


class Over(NamedTuple):
    network_id: int
    tenant_id: int
    visit_id: uuid.UUID


def close_due() -> int:
    """Close stage two wherever its last day is over, one transaction each; how many visits were
    handed in. One that fails is logged and tried again: it hinders nobody else's."""
    networks = db.session.scalars(sa.select(Network.id).order_by(Network.id)).all()
    db.session.close()
    done = 0
    for network_id in networks:
        with entered(Scope(ScopeKind.NETWORK, network_id)):
            over = _over()
            db.session.close()
        done += sum(_close(one) for one in over)
    return done


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
    token = writing.set(True)
    try:
        with entered(Scope(ScopeKind.TENANT, one.network_id, tenant_id=one.tenant_id)):
            try:
                closed = close_stage_two(one.visit_id)
                db.session.commit()
            except DomainError as refusal:
                log.warning("visit %s waits on: %s", one.visit_id, refusal.message)
                return False
            finally:
                db.session.close()
        return closed
    finally:
        writing.reset(token)


def init_app() -> None:
    """Add our chore once."""
    if "close stage two" not in {chore.name for chore in chores}:
        chores.append(Chore("close stage two", 60, close_due))
