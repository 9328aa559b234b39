"""Reads of networks, dealerships and people: the tables that exist before a scope."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Membership, Network, Region, User
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import current_scope


def current_network() -> Network:
    """The network of the scope in force."""
    return db.session.get_one(Network, current_scope().network_id)


def current_dealership() -> Dealership:
    """The dealership of the scope in force (tenant and visit scopes)."""
    return db.session.get_one(Dealership, current_scope().tenant_id)


def list_dealerships() -> Sequence[Dealership]:
    """All active dealerships of the scope's network, by code."""
    return db.session.scalars(
        sa.select(Dealership)
        .where(Dealership.network_id == current_scope().network_id, Dealership.active)
        .order_by(Dealership.code)
    ).all()


def list_regions() -> Sequence[Region]:
    return db.session.scalars(sa.select(Region).order_by(Region.code)).all()


def list_people(role: Role) -> Sequence[User]:
    """Users with a network-wide role in the scope's network, by name."""
    return db.session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.network_id == current_scope().network_id,
            Membership.dealership_id.is_(None),
            Membership.role == role.value,
            User.active,
        )
        .order_by(User.name)
    ).all()


def names_of(user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names by id, for showing who did something; one query."""
    wanted = {i for i in user_ids if i is not None}
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}
