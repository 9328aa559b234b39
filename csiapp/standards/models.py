"""Master standards of the network, and each dealership's own versions of them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base, Text2
from csiapp.core.tenancy import NetworkOwned, TenantOwned, tenant_table, within_tenant


class MasterVersion(NetworkOwned, Base):
    """A published version of the network's master set, whole, as one frozen document."""

    __tablename__ = "master_version"
    append_only: ClassVar[bool] = True

    code: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[int]
    name: Mapped[Text2]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("network_id", "code", "number"),)


class FactorModel(NetworkOwned, Base):
    """Factors, weights and indicators of an index: one frozen document per version."""

    __tablename__ = "factor_model"
    append_only: ClassVar[bool] = True

    code: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[int]
    name: Mapped[Text2]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("network_id", "code", "number"),)


class StandardSet(TenantOwned, Base):
    """A dealership's standards through all their versions.

    `reminded_of` is the review date that its managers were last reminded of.
    """

    __tablename__ = "standard_set"

    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[Text2]
    next_review_on: Mapped[dt.date | None]
    reminded_of: Mapped[dt.date | None]

    __table_args__ = tenant_table(UniqueConstraint("tenant_id", "code"))


class StandardVersion(TenantOwned, Base):
    """A draft, or what was published: then its rows never change again (database trigger).

    `edit` counts changes of a draft; a form that shows an older count is refused. A draft with
    `publish_on` waits for that day and is not edited meanwhile. `decisions` are the publisher's,
    by item code: {"class": ..., "training": "retrain" | "brief" | "none"}. `observed` are the
    standards that are asked but not yet scored: code -> first day that counts (ISO date).
    """

    __tablename__ = "standard_version"

    set_id: Mapped[uuid.UUID]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(12), default="draft")
    based_on_id: Mapped[uuid.UUID | None]
    master_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("master_version.id"))
    edit: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    publish_on: Mapped[dt.date | None]
    train_by: Mapped[dt.date | None]
    enforce_from: Mapped[dt.date | None]
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    observed: Mapped[dict[str, str]] = mapped_column(default=dict)

    __table_args__ = tenant_table(
        within_tenant("set_id", "standard_set"),
        within_tenant("based_on_id", "standard_version"),
        UniqueConstraint("tenant_id", "set_id", "number"),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
    )


class _Item:
    """One node of a version's tree. `code` is the item's id: it outlives wording and order."""

    version_id: Mapped[uuid.UUID]
    code: Mapped[str] = mapped_column(sa.String(24))
    position: Mapped[int]


def _item_table(parent: tuple[str, str] | None, table: str) -> tuple[sa.schema.SchemaItem, ...]:
    args: list[sa.schema.SchemaItem] = [
        within_tenant("version_id", "standard_version"),
        UniqueConstraint("tenant_id", "version_id", "code"),
    ]
    if parent:
        args.append(within_tenant(*parent))
        args.append(Index(f"ix_{table}_parent", "tenant_id", parent[0]))
    return tenant_table(*args)


class ServiceStep(_Item, TenantOwned, Base):
    __tablename__ = "service_step"

    name: Mapped[Text2]
    purpose: Mapped[Text2]
    primary_factor: Mapped[str] = mapped_column(sa.String(16))
    customer_present: Mapped[bool]
    moments: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = _item_table(None, "service_step")


class SubStep(_Item, TenantOwned, Base):
    """Operation steps, work standard, who executes, management tool (row 3-16)."""

    __tablename__ = "sub_step"

    step_id: Mapped[uuid.UUID]
    name: Mapped[Text2]
    operation_steps: Mapped[list[Any]]
    executed_by: Mapped[list[str]]
    management_tools: Mapped[list[str]]

    __table_args__ = _item_table(("step_id", "service_step"), "sub_step")


class KeyFactor(_Item, TenantOwned, Base):
    __tablename__ = "key_factor"

    sub_step_id: Mapped[uuid.UUID]
    name: Mapped[Text2]
    customer_demand: Mapped[Text2]
    importance: Mapped[int]
    is_key: Mapped[bool]
    indicator: Mapped[str | None] = mapped_column(sa.String(16))
    determinants: Mapped[list[str]]

    __table_args__ = _item_table(("sub_step_id", "sub_step"), "key_factor")


class Standard(_Item, TenantOwned, Base):
    """One measurable standard. `target` and `tolerance` are in `unit`.

    A `local` one is the dealership's own: it scores beside the network's index, never in it.
    """

    __tablename__ = "standard"

    key_factor_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(sa.String(10))
    statement: Mapped[Text2]
    measure_type: Mapped[str] = mapped_column(sa.String(12))
    unit: Mapped[str | None] = mapped_column(sa.String(16))
    operator: Mapped[str | None] = mapped_column(sa.String(2))
    target: Mapped[Decimal | None]
    tolerance: Mapped[Decimal | None]
    options: Mapped[list[Any]] = mapped_column(default=list)
    importance: Mapped[int]
    points: Mapped[int]
    factor: Mapped[str] = mapped_column(sa.String(16))
    indicator: Mapped[str] = mapped_column(sa.String(16))
    critical: Mapped[bool]
    na_allowed: Mapped[bool]
    evidence: Mapped[str] = mapped_column(sa.String(12))
    observed_by: Mapped[list[str]]
    courses: Mapped[list[str]]
    locked: Mapped[bool] = mapped_column(default=False)
    local: Mapped[bool] = mapped_column(default=False)

    __table_args__ = _item_table(("key_factor_id", "key_factor"), "standard")


class DraftEdit(TenantOwned, Base):
    """One change of a draft and the rows as they were before, so that it can be undone. Rows of
    a published or discarded draft are deleted: history keeps versions, not keystrokes."""

    __tablename__ = "draft_edit"

    version_id: Mapped[uuid.UUID]
    number: Mapped[int]
    verb: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(24))
    before: Mapped[list[Any]]
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    made_by: Mapped[uuid.UUID | None]

    __table_args__ = tenant_table(
        within_tenant("version_id", "standard_version"),
        UniqueConstraint("tenant_id", "version_id", "number"),
    )


class CycleEntry(TenantOwned, Base):
    """What was done in a set's cycle: train, check, announce, reward, review (row 2-27)."""

    __tablename__ = "cycle_entry"

    set_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID | None]
    phase: Mapped[str] = mapped_column(sa.String(12))
    on: Mapped[dt.date]
    note: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    made_by: Mapped[uuid.UUID | None]

    __table_args__ = tenant_table(
        within_tenant("set_id", "standard_set"),
        within_tenant("version_id", "standard_version"),
        Index("ix_cycle_entry_set_on", "tenant_id", "set_id", "on"),
        sa.CheckConstraint(
            "phase IN ('train', 'check', 'announce', 'reward', 'review')", name="phase"
        ),
    )
