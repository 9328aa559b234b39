"""Form templates of the network, a dealership's frozen form versions, and waves."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base, Text2
from csiapp.core.tenancy import (
    NetworkOwned,
    TenantOwned,
    tenant_table,
    within_tenant,
)


class FormTemplate(NetworkOwned, Base):
    """Sections and wordings of a form, before a dealership's standards fill in the measures."""

    __tablename__ = "form_template"
    append_only: ClassVar[bool] = True

    code: Mapped[str] = mapped_column(sa.String(24))
    kind: Mapped[str] = mapped_column(sa.String(12))
    number: Mapped[int]
    name: Mapped[Text2]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("network_id", "code", "number"),)


class FormVersion(TenantOwned, Base):
    """An audit form, frozen: a template joined with one published standard version."""

    __tablename__ = "form_version"
    visit_reads_all: ClassVar[bool] = True
    append_only: ClassVar[bool] = True

    code: Mapped[str] = mapped_column(sa.String(24))
    kind: Mapped[str] = mapped_column(sa.String(12))
    number: Mapped[int]
    name: Mapped[Text2]
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_template.id"))
    standard_version_id: Mapped[uuid.UUID]
    factor_model_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("factor_model.id"))
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("standard_version_id", "standard_version"),
        UniqueConstraint("tenant_id", "code", "number"),
    )


class Wave(NetworkOwned, Base):
    """A period of visits over dealerships."""

    __tablename__ = "wave"

    code: Mapped[str] = mapped_column(sa.String(24))
    name: Mapped[Text2]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(sa.String(12), default="fielding")

    __table_args__ = (
        UniqueConstraint("network_id", "code"),
        Index("ix_wave_starts", "network_id", "starts_on"),
    )
