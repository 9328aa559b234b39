"""PDFs: of one visit, and of the standards. What was asked for, and where the bytes lie."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.audits.models import VisitOwned
from csiapp.core.clock import utcnow
from csiapp.core.db import Base, BigInt
from csiapp.core.tenancy import TenantOwned, tenant_table, within_tenant


class Report(VisitOwned, Base):
    """One revision, language and audience. Once ready it never changes (database trigger);
    a new score makes a new revision."""

    __tablename__ = "report"

    score_id: Mapped[uuid.UUID]
    revision: Mapped[int]
    locale: Mapped[str] = mapped_column(sa.String(5))
    audience: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(12), default="queued")
    snapshot: Mapped[dict[str, Any]]
    snapshot_sha256: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str | None] = mapped_column(sa.String(200))
    pdf_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None] = mapped_column(BigInt)
    pages: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(sa.String(40))
    requested_by: Mapped[uuid.UUID | None]
    requested_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        within_tenant("score_id", "visit_score"),
        UniqueConstraint("tenant_id", "visit_id", "revision", "locale", "audience"),
        Index("ix_report_network", "network_id", "audience", "requested_at"),
        Index("ix_report_tenant", "tenant_id", "audience", "requested_at"),
        sa.CheckConstraint("state IN ('queued', 'rendering', 'ready', 'failed')", name="state"),
        sa.CheckConstraint("audience IN ('headoffice', 'dealership')", name="audience"),
        sa.CheckConstraint("locale IN ('zh', 'en')", name="locale"),
    )


class Handbook(TenantOwned, Base):
    """A published version of the standards in print, in one language: made once, then kept."""

    __tablename__ = "handbook"

    version_id: Mapped[uuid.UUID]
    locale: Mapped[str] = mapped_column(sa.String(5))
    state: Mapped[str] = mapped_column(sa.String(12), default="queued")
    storage_key: Mapped[str | None] = mapped_column(sa.String(200))
    pdf_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None] = mapped_column(BigInt)
    pages: Mapped[int | None]
    requested_by: Mapped[uuid.UUID | None]
    requested_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[dt.datetime | None]

    __table_args__ = tenant_table(
        within_tenant("version_id", "standard_version"),
        UniqueConstraint("tenant_id", "version_id", "locale"),
        sa.CheckConstraint("state IN ('queued', 'rendering', 'ready', 'failed')", name="state"),
        sa.CheckConstraint("locale IN ('zh', 'en')", name="locale"),
    )
