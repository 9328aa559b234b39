"""Who is signed in: server-side, revocable sessions behind Flask-Login.

The cookie holds a random token (signed by Flask); the database holds its SHA-256. Idle 12
hours or 30 days old, and the session is over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin

from csiapp.accounts.models import Dealership, Membership, Network, User, UserSession
from csiapp.core.clock import utcnow
from csiapp.core.db import Text2, writing
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.transactions import own_transaction

IDLE = dt.timedelta(hours=12)
ABSOLUTE = dt.timedelta(days=30)
FRESH = dt.timedelta(minutes=15)
TOUCH_AFTER = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Place:
    """One membership: a role in a network, or in one of its dealerships."""

    role: Role
    network_id: int
    network_slug: str
    network_name: Text2
    timezone: str
    dealership_id: int | None = None
    dealership_slug: str | None = None
    dealership_name: Text2 | None = None


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in person, as plain data: holds no database row."""

    id: uuid.UUID
    session_id: uuid.UUID
    token: str
    name: str
    email: str
    locale: str
    theme: str
    confirmed_at: dt.datetime
    places: tuple[Place, ...]

    def get_id(self) -> str:
        return self.token

    @property
    def fresh(self) -> bool:
        """Whether the password was typed a short while ago."""
        return utcnow() - self.confirmed_at < FRESH


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# Built once and without entities: every request asks this. One row for each membership.
_SIGNED_IN = (
    sa.select(
        User.id,
        UserSession.id.label("session_id"),
        User.name,
        User.email,
        User.locale,
        User.theme,
        User.active,
        UserSession.created_at,
        UserSession.last_seen_at,
        UserSession.confirmed_at,
        UserSession.revoked_at,
        Membership.role,
        Network.id.label("network_id"),
        Network.slug.label("network_slug"),
        Network.name.label("network_name"),
        sa.func.coalesce(Dealership.timezone, Network.timezone).label("timezone"),
        Dealership.id.label("dealership_id"),
        Dealership.slug.label("dealership_slug"),
        Dealership.name.label("dealership_name"),
        Dealership.active.label("dealership_active"),
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Membership, sa.and_(Membership.user_id == User.id, Membership.active))
    .outerjoin(Network, Network.id == Membership.network_id)
    .outerjoin(Dealership, Dealership.id == Membership.dealership_id)
    .where(UserSession.token_hash == sa.bindparam("token_hash"))
    .order_by(Network.id, Dealership.slug)
)


def begin_session(user: User, user_agent: str) -> SignedIn:
    """A new session of this user, and the person as its cookie will name them."""
    token = secrets.token_urlsafe(32)
    session = UserSession(
        user_id=user.id, token_hash=token_hash(token), user_agent=user_agent[:200]
    )
    db.session.add(session)
    db.session.flush()
    return _signed_in(_rows(token), token)


def _rows(token: str) -> Sequence[Any]:
    return db.session.execute(_SIGNED_IN, {"token_hash": token_hash(token)}).all()


def _signed_in(rows: Sequence[Any], token: str) -> SignedIn:
    row = rows[0]
    return SignedIn(
        id=row.id,
        session_id=row.session_id,
        token=token,
        name=row.name,
        email=row.email,
        locale=row.locale,
        theme=row.theme,
        confirmed_at=row.confirmed_at,
        places=tuple(
            _place(row) for row in rows if row.role and row.dealership_active is not False
        ),
    )


def _place(row: Any) -> Place:
    return Place(
        role=Role(row.role),
        network_id=row.network_id,
        network_slug=row.network_slug,
        network_name=row.network_name,
        timezone=row.timezone,
        dealership_id=row.dealership_id,
        dealership_slug=row.dealership_slug,
        dealership_name=row.dealership_name,
    )


def load_signed_in(token: str) -> SignedIn | None:
    """The person behind a cookie's token, or None when the session is over.

    Leaves no transaction open: the request's scope begins afterwards. Takes no write lock,
    not even for an unsafe request.
    """
    reading = writing.set(False)
    try:
        rows = _rows(token)
    finally:
        db.session.close()
        writing.reset(reading)
    if not rows:
        return None
    row, now = rows[0], utcnow()
    over = row.last_seen_at < now - IDLE or row.created_at < now - ABSOLUTE
    if over or row.revoked_at is not None or not row.active:
        return None
    if now - row.last_seen_at > TOUCH_AFTER:
        _touch(row.session_id, now)
    return _signed_in(rows, token)


def _touch(session_id: uuid.UUID, now: dt.datetime) -> None:
    """Note that the session is alive, in a transaction of its own, before the request's."""
    with own_transaction():
        db.session.execute(
            sa.update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)
        )


def revoke_session(session_id: uuid.UUID) -> None:
    """End one signed-in browser."""
    _revoke(UserSession.id == session_id)


def revoke_sessions_of(user_id: uuid.UUID, keep: uuid.UUID | None = None) -> None:
    """Sign a person out everywhere (but from `keep`): after a password or role change."""
    if keep is None:
        _revoke(UserSession.user_id == user_id)
    else:
        _revoke(UserSession.user_id == user_id, UserSession.id != keep)


def _revoke(*which: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.update(UserSession)
        .where(UserSession.revoked_at.is_(None), *which)
        .values(revoked_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def forget_ended_sessions(older_than: dt.timedelta = dt.timedelta(days=30)) -> None:
    """Delete sessions that cannot be used any more since long."""
    db.session.execute(
        sa.delete(UserSession).where(UserSession.last_seen_at < utcnow() - ABSOLUTE - older_than)
    )
