"""Reads of networks, dealerships and people: the tables that exist before a scope."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.accounts import tokens
from csiapp.accounts.identity import ABSOLUTE, IDLE
from csiapp.accounts.models import (
    Dealership,
    MailOutbox,
    Membership,
    Network,
    OneTimeToken,
    Region,
    User,
    UserSession,
)
from csiapp.accounts.scope_loader import Located
from csiapp.core.clock import utcnow
from csiapp.core.db import UtcDateTime, new_id
from csiapp.core.errors import Gone, NotFound
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import Scope, ScopeKind, current_scope
from csiapp.core.web import Page, page_of


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


def time_zones() -> dict[int, str]:
    """The time zone of every dealership of the scope's network, also of inactive ones."""
    rows = db.session.execute(
        sa.select(Dealership.id, Dealership.timezone).where(
            Dealership.network_id == current_scope().network_id
        )
    )
    return {row.id: row.timezone for row in rows}


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


def is_or_was_member(user_id: uuid.UUID) -> bool:
    """Whether a person has a role at the scope's dealership, or had one that is switched off."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    Membership.user_id == user_id,
                    Membership.dealership_id == current_scope().tenant_id,
                )
            )
        )
    )


def list_members(role: Role) -> Sequence[User]:
    """Users with a role at the scope's dealership, by name."""
    return db.session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.dealership_id == current_scope().tenant_id,
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


def has_demo_accounts() -> bool:
    """Whether anybody could sign in as a demo account. No, before the first migration."""
    if not sa.inspect(db.engine).has_table(User.__tablename__):
        return False
    found = sa.select(User.id).where(User.email.endswith(DEMO_DOMAIN)).limit(1)
    return db.session.scalar(found) is not None


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


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One role of one person, for the administrator's list."""

    membership: Membership
    user: User
    dealership: Dealership | None
    last_seen_at: dt.datetime | None

    @property
    def active(self) -> bool:
        return self.membership.active and self.user.active


def _people() -> sa.Select[Membership, User, Dealership, dt.datetime]:
    last_seen = (
        sa.select(sa.func.max(UserSession.last_seen_at))
        .where(UserSession.user_id == User.id)
        .scalar_subquery()
    )
    return (
        sa.select(Membership, User, Dealership, sa.type_coerce(last_seen, UtcDateTime))
        .join(User, User.id == Membership.user_id)
        .outerjoin(Dealership, Dealership.id == Membership.dealership_id)
        .where(Membership.network_id == current_scope().network_id)
    )


def page_of_people(number: int, *, text: str, role: str, state: str) -> Page[PersonRow]:
    """One page of the network's people by name, in two queries. Empty strings filter nothing."""
    statement = _people().order_by(User.name, Membership.id)
    if text.strip():
        wanted = text.strip()
        statement = statement.where(
            User.name.icontains(wanted, autoescape=True)
            | User.email.icontains(wanted, autoescape=True)
        )
    if role:
        statement = statement.where(Membership.role == role)
    if state:
        on = sa.and_(Membership.active, User.active)
        statement = statement.where(on if state == "active" else sa.not_(on))
    found = page_of(statement, number, scalars=False)
    return found.of([PersonRow(*row) for row in found.items])


def get_person(membership_id: uuid.UUID) -> PersonRow:
    """One role of one person of the scope's network. Raises NotFound."""
    row = db.session.execute(_people().where(Membership.id == membership_id)).one_or_none()
    if row is None:
        raise NotFound
    return PersonRow(*row)


def get_membership(membership_id: uuid.UUID) -> Membership:
    """A membership of the scope's network. Raises NotFound."""
    membership = db.session.scalar(
        sa.select(Membership).where(
            Membership.id == membership_id,
            Membership.network_id == current_scope().network_id,
        )
    )
    if membership is None:
        raise NotFound
    return membership


def count_people() -> tuple[int, int]:
    """(people with an active role, invitations not yet used) in the scope's network."""
    network_id = current_scope().network_id
    people = (
        sa.select(sa.func.count(sa.distinct(Membership.user_id)))
        .join(User, User.id == Membership.user_id)
        .where(Membership.network_id == network_id, Membership.active, User.active)
    )
    open_ones = sa.select(sa.func.count()).where(*_open_invitation())
    return db.session.scalar(people) or 0, db.session.scalar(open_ones) or 0


def _open_invitation() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OneTimeToken.network_id == current_scope().network_id,
        OneTimeToken.purpose == tokens.Purpose.INVITATION.value,
        OneTimeToken.uses < OneTimeToken.max_uses,
        OneTimeToken.expires_at > utcnow(),
    )


def open_invitations() -> Sequence[tuple[OneTimeToken, Dealership | None]]:
    """The hundred newest invitations of the scope's network that nobody used yet."""
    rows = db.session.execute(
        sa.select(OneTimeToken, Dealership)
        .outerjoin(Dealership, Dealership.id == OneTimeToken.dealership_id)
        .where(*_open_invitation())
        .order_by(OneTimeToken.created_at.desc())
        .limit(100)
    )
    return [(invitation, dealership) for invitation, dealership in rows]


def kept_invitation_mails() -> list[MailOutbox]:
    """The newest invitations of the scope's network as mails, where mail is not sent."""
    newest = db.session.scalars(
        sa.select(MailOutbox).order_by(MailOutbox.created_at.desc()).limit(200)
    )
    own = {"kind": "invitation", "network_id": current_scope().network_id}
    return [mail for mail in newest if own.items() <= mail.detail.items()][:20]


def member_by_email(email: str) -> User | None:
    """The active person with this e-mail address and a role at the scope's dealership."""
    return db.session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.email == email.strip().lower(),
            User.active,
            Membership.dealership_id == current_scope().tenant_id,
            Membership.active,
        )
        .limit(1)
    ).first()
