"""Drafts that wait are published when their day begins at the dealership."""

from __future__ import annotations

import logging
import uuid
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Network
from csiapp.core.db import utcnow, writing
from csiapp.core.errors import DomainError
from csiapp.core.extensions import db
from csiapp.core.periodic import Chore, chores
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.standards.models import StandardVersion
from csiapp.standards.services.publishing import publish_waiting

log = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """A draft whose day has come. Whoever set the day is the one who publishes."""

    network_id: int
    tenant_id: int
    set_id: uuid.UUID
    actor: uuid.UUID | None


def publish_due() -> int:
    """Publish what is due everywhere, one transaction each; how many. One that is refused is
    logged and tried again: it hinders nobody else's."""
    done = 0
    networks = db.session.scalars(sa.select(Network.id).order_by(Network.id)).all()
    db.session.close()
    for network_id in networks:
        with entered(Scope(ScopeKind.NETWORK, network_id)):
            due = _due()
            db.session.close()
        for waiting in due:
            done += _publish(waiting)
    return done


def _due() -> list[Waiting]:
    rows = db.session.execute(
        sa.select(
            StandardVersion.network_id,
            StandardVersion.tenant_id,
            StandardVersion.set_id,
            StandardVersion.published_by,
            StandardVersion.publish_on,
            Dealership.timezone,
        )
        .join(Dealership, Dealership.id == StandardVersion.tenant_id)
        .where(StandardVersion.state == "draft", StandardVersion.publish_on.is_not(None))
    ).all()
    now = utcnow()
    return [
        Waiting(*row[:4])
        for row in rows
        if row.publish_on <= now.astimezone(ZoneInfo(row.timezone)).date()
    ]


def _publish(waiting: Waiting) -> bool:
    scope = Scope(
        ScopeKind.TENANT, waiting.network_id, actor=waiting.actor, tenant_id=waiting.tenant_id
    )
    token = writing.set(True)
    try:
        with entered(scope):
            try:
                made = publish_waiting(waiting.set_id)
                db.session.commit()
            except DomainError as refusal:
                log.warning("set %s is not published: %s", waiting.set_id, refusal.message)
                return False
            finally:
                db.session.close()
        return made is not None
    finally:
        writing.reset(token)


def init_app() -> None:
    """Add our chore once."""
    if "publish standards" not in {chore.name for chore in chores}:
        chores.append(Chore("publish standards", 60, publish_due))
