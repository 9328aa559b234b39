"""Networks, dealerships, users, memberships, sessions, one-time tokens.

These tables are not scoped: they are read to find out which scope a request may enter.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base, BigInt, Text2, new_id
from csiapp.core.tenancy import NetworkOwned


class Network(Base):
    """One car brand's dealers in one market."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[Text2]
    locale: Mapped[str] = mapped_column(sa.String(5), default="zh")
    timezone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")


class Region(NetworkOwned, Base):
    __tablename__ = "region"

    code: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[Text2]

    __table_args__ = (UniqueConstraint("network_id", "code"),)


class Dealership(Base):
    """One dealer site of one network: the tenant."""

    __tablename__ = "dealership"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    network_id: Mapped[int] = mapped_column(BigInt, ForeignKey("network.id"))
    region_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    code: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[Text2]
    city: Mapped[Text2]
    timezone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        UniqueConstraint("id", "network_id"),
        UniqueConstraint("network_id", "code"),
    )


class User(Base):
    """A person who can sign in. Shown to others by name only. `locale` is empty until they
    sign in for the first time: then it is the language of the page that they did it on."""

    __tablename__ = "user_account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    locale: Mapped[str] = mapped_column(sa.String(5), default="zh")
    theme: Mapped[str] = mapped_column(sa.String(5), default="auto")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class Membership(Base):
    """One role of one user, in a network or in one of its dealerships. Switched off, it
    stays in the list; the person's roles in other networks are not touched."""

    __tablename__ = "membership"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    network_id: Mapped[int] = mapped_column(BigInt, ForeignKey("network.id"))
    dealership_id: Mapped[int | None] = mapped_column(BigInt)
    role: Mapped[str] = mapped_column(sa.String(20))
    active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["dealership_id", "network_id"], ["dealership.id", "dealership.network_id"]
        ),
        UniqueConstraint("user_id", "network_id", "dealership_id", "role"),
        Index("ix_membership_place", "network_id", "dealership_id"),
    )


class UserSession(Base):
    """A signed-in browser. The cookie holds a random token; here is only its SHA-256."""

    __tablename__ = "user_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    confirmed_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    revoked_at: Mapped[dt.datetime | None]
    user_agent: Mapped[str] = mapped_column(sa.String(200), default="")


class OneTimeToken(Base):
    """An invitation or a password reset: random, hashed, expiring, used up atomically."""

    __tablename__ = "one_time_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str] = mapped_column(sa.String(20))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    network_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("network.id"))
    dealership_id: Mapped[int | None] = mapped_column(BigInt)
    role: Mapped[str | None] = mapped_column(sa.String(20))
    created_by: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[dt.datetime]
    uses: Mapped[int] = mapped_column(default=0)
    max_uses: Mapped[int] = mapped_column(default=1)


class MailOutbox(Base):
    """A message to send: invitations and resets. Delivered by the periodic process."""

    __tablename__ = "mail_outbox"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[dt.datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index("ix_mail_outbox_unsent", "sent_at", "created_at"),)
