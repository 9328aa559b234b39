"""What ties a mystery shopper to a dealership, so that they are not sent there."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base
from csiapp.core.tenancy import TenantOwned, tenant_table, within_tenant


class ShopperTie(TenantOwned, Base):
    """Declared by head office, or by the shopper on a visit that they decline for it. It holds
    until somebody ends it; the row stays. No page of the dealership shows it."""

    __tablename__ = "shopper_tie"
    visit_key: ClassVar[str | None] = "visit_id"
    shopper_key: ClassVar[str | None] = "shopper_id"

    shopper_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    visit_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(sa.String(16))
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    declared_by: Mapped[uuid.UUID | None]
    declared_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    ended_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[dt.datetime | None]

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        Index("ix_shopper_tie_shopper", "tenant_id", "shopper_id"),
        Index("ix_shopper_tie_network", "network_id", "declared_at"),
    )
