"""Forms that are built here: drafts, what can be undone, and visits that changed their form."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.audits.form_template import SET_KEY
from csiapp.audits.models.visits import VisitOwned
from csiapp.core.clock import utcnow
from csiapp.core.db import Base, Json, Text2
from csiapp.core.tenancy import NetworkOwned, TenantOwned, tenant_table, within_tenant


class Design:
    """A form that is built from published standards, whoever's it is.

    `content` is the draft (:mod:`csiapp.audits.builder.growing`), `edit` counts its changes.
    `published` is the draft as it was last frozen. `base_id` is the network's template that the
    form grew from. A withdrawn form is not offered for visits any more.
    """

    code: Mapped[str] = mapped_column(sa.String(24))
    kind: Mapped[str] = mapped_column(sa.String(12))
    base_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form_template.id"))
    name: Mapped[Text2]
    content: Mapped[dict[str, Any]]
    edit: Mapped[int] = mapped_column(default=0)
    published: Mapped[dict[str, Any] | None] = mapped_column(Json)
    published_edit: Mapped[int | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    created_by: Mapped[uuid.UUID | None]

    @property
    def set_code(self) -> str:
        """The set that the form grows from: a dealership's, or a master set of the network."""
        code: str = self.content[SET_KEY]
        return code


class DesignEdit:
    """The draft as it was before one change of it, so that the change can be undone."""

    number: Mapped[int]
    verb: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(40))
    before: Mapped[dict[str, Any]]
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    made_by: Mapped[uuid.UUID | None]


class FormDesign(Design, TenantOwned, Base):
    """A form of a dealership's own. New form versions of its code are built from `published`,
    also when the standards are published anew."""

    __tablename__ = "form_design"

    set_id: Mapped[uuid.UUID]

    __table_args__ = tenant_table(
        within_tenant("set_id", "standard_set"), UniqueConstraint("tenant_id", "code")
    )


class FormDesignEdit(DesignEdit, TenantOwned, Base):
    """One change of a dealership's own form."""

    __tablename__ = "form_design_edit"

    design_id: Mapped[uuid.UUID]

    __table_args__ = tenant_table(
        within_tenant("design_id", "form_design"),
        UniqueConstraint("tenant_id", "design_id", "number"),
    )


class NetworkDesign(Design, NetworkOwned, Base):
    """A form that head office builds from a master set for every dealership of the network. To
    publish it makes an edition of the form template of its code."""

    __tablename__ = "network_design"

    __table_args__ = (UniqueConstraint("network_id", "code"),)


class NetworkDesignEdit(DesignEdit, NetworkOwned, Base):
    """One change of a network's form."""

    __tablename__ = "network_design_edit"

    design_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("network_design.id"))

    __table_args__ = (UniqueConstraint("network_id", "design_id", "number"),)


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
