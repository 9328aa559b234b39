"""Drafts that wait are published when their day begins at the dealership."""

from __future__ import annotations

import uuid
from typing import NamedTuple

import sqlalchemy as sa

from csiapp.accounts.chores import found_in_networks
from csiapp.accounts.models import Dealership
from csiapp.core.clock import today
from csiapp.core.extensions import db
from csiapp.core.periodic import add_chore, done_in
from csiapp.core.tenancy import Scope, ScopeKind
from csiapp.standards.models import StandardVersion
from csiapp.standards.services.publishing import publish_waiting


class Waiting(NamedTuple):
    """A draft whose day has come. Whoever set the day is the one who publishes."""

    network_id: int
    tenant_id: int
    set_id: uuid.UUID
    actor: uuid.UUID | None


def publish_due() -> int:
    """Publish what is due everywhere, one transaction each; how many."""
    return sum(_publish(waiting) for waiting in found_in_networks(_due))


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
    return [Waiting(*row[:4]) for row in rows if row.publish_on <= today(row.timezone)]


def _publish(waiting: Waiting) -> bool:
    scope = Scope(
        ScopeKind.TENANT, waiting.network_id, actor=waiting.actor, tenant_id=waiting.tenant_id
    )
    return done_in(
        scope,
        f"set {waiting.set_id} is not published",
        lambda: publish_waiting(waiting.set_id) is not None,
    )


def init_app() -> None:
    """Add our chore once."""
    add_chore("publish standards", 60, publish_due)
