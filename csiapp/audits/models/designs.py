"""A dealership's own forms: drafts, what can be undone, and visits that changed their form."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.audits.models.visits import VisitOwned
from csiapp.core.db import Base, Json, Text2, utcnow
from csiapp.core.tenancy import TenantOwned, tenant_table, within_tenant


class FormDesign(TenantOwned, Base):
    """A form that a dealership or its head office builds from a set's published standards.

    `content` is the draft (:mod:`csiapp.audits.builder.growing`), `edit` counts its changes.
    `published` is the draft as it was last frozen: what new form versions of this code are
    built from, also when the standards are published anew. `base_id` is the network's template
    that the form grew from. A withdrawn form is not offered for visits any more.
    """

    __tablename__ = "form_design"

    code: Mapped[str] = mapped_column(sa.String(24))
    kind: Mapped[str] = mapped_column(sa.String(12))
    set_id: Mapped[uuid.UUID]
    base_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_template.id"))
    name: Mapped[Text2]
    content: Mapped[dict[str, Any]]
    edit: Mapped[int] = mapped_column(default=0)
    published: Mapped[dict[str, Any] | None] = mapped_column(Json)
    published_edit: Mapped[int | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    created_by: Mapped[uuid.UUID | None]

    __table_args__ = tenant_table(
        within_tenant("set_id", "standard_set"), UniqueConstraint("tenant_id", "code")
    )


class FormDesignEdit(TenantOwned, Base):
    """The draft as it was before one change of it, so that the change can be undone."""

    __tablename__ = "form_design_edit"

    design_id: Mapped[uuid.UUID]
    number: Mapped[int]
    verb: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(40))
    before: Mapped[dict[str, Any]]
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    made_by: Mapped[uuid.UUID | None]

    __table_args__ = tenant_table(
        within_tenant("design_id", "form_design"),
        UniqueConstraint("tenant_id", "design_id", "number"),
    )


class VisitMove(VisitOwned, Base):
    """A visit changed to a newer version of its form. `outdated` are the questions and stamps
    whose answers of the older version do not count any more."""

    __tablename__ = "visit_move"
    append_only: ClassVar[bool] = True

    from_version_id: Mapped[uuid.UUID]
    to_version_id: Mapped[uuid.UUID]
    outdated: Mapped[list[str]]
    moved_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    moved_by: Mapped[uuid.UUID | None]

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        within_tenant("from_version_id", "form_version"),
        within_tenant("to_version_id", "form_version"),
        sa.Index("ix_visit_move_visit", "tenant_id", "visit_id"),
    )
