"""Links that work once: random, kept as a hash, with a purpose and an end."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts.identity import token_hash
from csiapp.accounts.models import Membership, OneTimeToken, User
from csiapp.core.clock import utcnow
from csiapp.core.errors import Gone
from csiapp.core.extensions import db
from csiapp.core.permissions import Role


class Purpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


LIFETIME = {Purpose.INVITATION: dt.timedelta(days=7), Purpose.RESET: dt.timedelta(minutes=30)}


def issue(
    purpose: Purpose,
    email: str,
    *,
    user_id: uuid.UUID | None = None,
    network_id: int | None = None,
    dealership_id: int | None = None,
    role: Role | None = None,
    created_by: uuid.UUID | None = None,
) -> tuple[OneTimeToken, str]:
    """A new row, and the secret that only the link holds."""
    secret = secrets.token_urlsafe(32)
    row = OneTimeToken(
        purpose=purpose.value,
        token_hash=token_hash(secret),
        email=email,
        user_id=user_id,
        network_id=network_id,
        dealership_id=dealership_id,
        role=role.value if role else None,
        created_by=created_by,
        expires_at=utcnow() + LIFETIME[purpose],
    )
    db.session.add(row)
    db.session.flush()
    return row, secret


def _usable(purpose: Purpose) -> sa.ColumnElement[bool]:
    return sa.and_(
        OneTimeToken.purpose == purpose.value,
        OneTimeToken.uses < OneTimeToken.max_uses,
        OneTimeToken.expires_at > utcnow(),
    )


def find_usable(secret: str, purpose: Purpose) -> OneTimeToken:
    """The row behind a link, unused. Raises Gone. Looking does not use it up."""
    row = db.session.scalars(
        sa.select(OneTimeToken).where(
            OneTimeToken.token_hash == token_hash(secret), _usable(purpose)
        )
    ).one_or_none()
    if row is None:
        raise _gone()
    return row


def consume(secret: str, purpose: Purpose) -> OneTimeToken:
    """Use a link up: of many at once, one succeeds. Raises Gone for all others."""
    row = db.session.scalars(
        sa.update(OneTimeToken)
        .where(OneTimeToken.token_hash == token_hash(secret), _usable(purpose))
        .values(uses=OneTimeToken.uses + 1)
        .returning(OneTimeToken)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        raise _gone()
    return row


def end_resets_of(user_id: uuid.UUID) -> None:
    """Once a password was set anew, older links to do so work no more."""
    db.session.execute(
        sa.update(OneTimeToken)
        .where(OneTimeToken.user_id == user_id, _usable(Purpose.RESET))
        .values(expires_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def end_invitations_to(held: Membership) -> None:
    """Once a role is taken away, a second invitation to it that was never used gives it to the
    person no more."""
    email = sa.select(User.email).where(User.id == held.user_id).scalar_subquery()
    db.session.execute(
        sa.update(OneTimeToken)
        .where(
            OneTimeToken.email == email,
            OneTimeToken.network_id == held.network_id,
            OneTimeToken.dealership_id.is_not_distinct_from(held.dealership_id),
            OneTimeToken.role == held.role,
            _usable(Purpose.INVITATION),
        )
        .values(expires_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def forget_expired(older_than: dt.timedelta = dt.timedelta(days=30)) -> None:
    """Delete links that ended long ago."""
    db.session.execute(
        sa.delete(OneTimeToken).where(OneTimeToken.expires_at < utcnow() - older_than)
    )


def _gone() -> Gone:
    return Gone(_("This link was used already or is too old. Ask for a new one."))
