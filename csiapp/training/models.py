"""Courses of the network; a dealership's staff and what they completed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base, Text2
from csiapp.core.tenancy import NetworkOwned, TenantOwned, tenant_table, within_tenant


class Course(NetworkOwned, Base):
    __tablename__ = "course"

    code: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[Text2]
    hours: Mapped[int]
    delivery: Mapped[str] = mapped_column(sa.String(12))
    assessment: Mapped[str] = mapped_column(sa.String(12))
    pass_mark: Mapped[int]
    validity_months: Mapped[int]
    foundation: Mapped[bool]
    topics: Mapped[list[Any]]
    prerequisites: Mapped[list[str]]
    supports_standards: Mapped[list[str]]

    __table_args__ = (UniqueConstraint("network_id", "code"),)


class CourseRequirement(NetworkOwned, Base):
    """A role that must hold a course (or may take it, when `required` is false)."""

    __tablename__ = "course_requirement"

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    role: Mapped[str] = mapped_column(sa.String(8))
    required: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("course_id", "role"),)


class StaffMember(TenantOwned, Base):
    """A person who works at the dealership, with or without a sign-in."""

    __tablename__ = "staff_member"

    name: Mapped[str] = mapped_column(sa.String(120))
    number: Mapped[str] = mapped_column(sa.String(24))
    roles: Mapped[list[str]]
    joined_on: Mapped[dt.date]
    left_on: Mapped[dt.date | None]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)

    __table_args__ = tenant_table(UniqueConstraint("tenant_id", "number"))


class Completion(TenantOwned, Base):
    """One dated fact about one person and one course. Append-only: a mistake is corrected
    by an entry of kind `voided` that names the entry it takes back."""

    __tablename__ = "completion"
    append_only: ClassVar[bool] = True

    staff_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    on: Mapped[dt.date]
    mark: Mapped[int | None]
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    voids_id: Mapped[uuid.UUID | None]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("staff_id", "staff_member"),
        within_tenant("voids_id", "completion"),
        Index("ix_completion_staff_course", "tenant_id", "staff_id", "course_id"),
        sa.CheckConstraint(
            "kind IN ('assigned', 'started', 'passed', 'failed', 'waived', 'voided')", name="kind"
        ),
    )


class StandardsConfirmation(TenantOwned, Base):
    """A member of staff has read a published version of the standards and confirmed it."""

    __tablename__ = "standards_confirmation"
    append_only: ClassVar[bool] = True

    staff_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID]
    confirmed_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("staff_id", "staff_member"),
        within_tenant("version_id", "standard_version"),
        UniqueConstraint("tenant_id", "version_id", "staff_id"),
    )
