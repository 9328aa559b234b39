"""Reads of networks, dealerships and people: the tables that exist before a scope."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.accounts import tokens
from csiapp.accounts.identity import ABSOLUTE, IDLE
from csiapp.accounts.models import Dealership, Membership, Network, Region, User, UserSession
from csiapp.accounts.scope_loader import Located
from csiapp.core.db import new_id, utcnow
from csiapp.core.errors import Gone
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import Scope, ScopeKind, current_scope


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
            Membership.active,
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


DEMO_DOMAIN = "@demo.example"


def demo_accounts() -> Sequence[tuple[str, str]]:
    """(e-mail, role) of up to a dozen demo accounts that can sign in, for the sign-in page."""
    rows = db.session.execute(
        sa.select(User.email, sa.func.min(Membership.role))
        .join(Membership, Membership.user_id == User.id)
        .where(User.email.endswith(DEMO_DOMAIN), User.active, User.password_hash.is_not(None))
        .group_by(User.email, User.created_at)
        .order_by(User.created_at, User.email)
        .limit(12)
    )
    return [(email, role) for email, role in rows]


def sessions_of(user_id: uuid.UUID) -> Sequence[UserSession]:
    """The person's signed-in browsers, the one used last first."""
    now = utcnow()
    return db.session.scalars(
        sa.select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.last_seen_at > now - IDLE,
            UserSession.created_at > now - ABSOLUTE,
        )
        .order_by(UserSession.last_seen_at.desc())
    ).all()


def email_of_reset(secret: str) -> str:
    """Whose password a reset link sets. Raises Gone."""
    return tokens.find_usable(secret, tokens.Purpose.RESET).email


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link invites to, and the scope in which it can be accepted."""

    email: str
    role: Role
    needs_password: bool
    located: Located


def invitation_behind(secret: str) -> Invitation:
    """Read an invitation, before any scope. Raises Gone. Leaves no transaction open."""
    try:
        row = tokens.find_usable(secret, tokens.Purpose.INVITATION)
        network = db.session.get(Network, row.network_id)
        if network is None or row.role is None:
            raise Gone
        dealership = db.session.get(Dealership, row.dealership_id) if row.dealership_id else None
        user = db.session.scalar(sa.select(User).where(User.email == row.email))
        actor = user.id if user else new_id()
        return Invitation(
            email=row.email,
            role=Role(row.role),
            needs_password=user is None or user.password_hash is None,
            located=Located(
                Scope(ScopeKind.NETWORK, network.id, actor=actor),
                dealership.name if dealership else network.name,
                network.timezone,
                network.slug,
            ),
        )
    finally:
        db.session.close()
