"""Tables of the core: the job outbox and the activity logs."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base, new_id
from csiapp.core.tenancy import NetworkOwned, TenantOwned, tenant_table


class Outbox(Base):
    """A job promised by a transaction. Global, because the relay serves all tenants;
    it holds ids only. `scope` is the scope that the job runs under."""

    __tablename__ = "outbox"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    task: Mapped[str] = mapped_column(sa.String(60))
    queue: Mapped[str] = mapped_column(sa.String(20), default="default")
    scope: Mapped[dict[str, Any]]
    args: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index("ix_outbox_unsent", "sent_at", "created_at"),
        Index("ix_outbox_unfinished", "done_at", "sent_at"),
    )


class _Entry:
    """One link of a hash chain: `hash` covers the entry and the link before it."""

    append_only: ClassVar[bool] = True

    seq: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    actor: Mapped[uuid.UUID | None]
    verb: Mapped[str] = mapped_column(sa.String(60))
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class ActivityEntry(_Entry, TenantOwned, Base):
    """What changed in one dealership. Ids only: names live in erasable tables."""

    __tablename__ = "activity_entry"
    visit_reads_all: ClassVar[bool] = True
    append_only: ClassVar[bool] = True

    __table_args__ = tenant_table(
        UniqueConstraint("tenant_id", "seq"),
        Index("ix_activity_entry_subject", "tenant_id", "subject_type", "subject_id"),
    )


class NetworkActivityEntry(_Entry, NetworkOwned, Base):
    """What changed in the network itself: waves, courses, forms, people."""

    __tablename__ = "network_activity_entry"
    append_only: ClassVar[bool] = True

    __table_args__ = (UniqueConstraint("network_id", "seq"),)
