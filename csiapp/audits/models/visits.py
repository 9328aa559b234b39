"""A visit, what the tablet sent, and what it was worth."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from csiapp.core.clock import utcnow
from csiapp.core.db import Base, BigInt, Json, new_id
from csiapp.core.tenancy import TenantOwned, tenant_table, within_tenant


class Visit(TenantOwned, Base):
    """One shopper, one dealership, one form version, one scenario. A `pilot` tries a form out
    and stays out of every figure (`queries.visits.official`). `briefed_at` is when the shopper
    had passed the test on the brief, or accepted a visit whose form has none. The dates of
    stage two, both included, are there once stage one was sent and something waits."""

    __tablename__ = "visit"
    visit_key: ClassVar[str | None] = "id"
    shopper_key: ClassVar[str | None] = "shopper_id"

    wave_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wave.id"))
    form_version_id: Mapped[uuid.UUID]
    shopper_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    scenario: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(20), default="assigned")
    opens_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    assigned_by: Mapped[uuid.UUID | None]
    assigned_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    accepted_at: Mapped[dt.datetime | None]
    briefed_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    submitted_at: Mapped[dt.datetime | None]
    stage_one_at: Mapped[dt.datetime | None]
    stage_two_from: Mapped[dt.date | None]
    stage_two_until: Mapped[dt.date | None]
    submit_id: Mapped[uuid.UUID | None]
    manifest_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    reviewed_by: Mapped[uuid.UUID | None]
    review_note: Mapped[str] = mapped_column(sa.String(2000), default="")
    approved_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]
    last_seq: Mapped[int] = mapped_column(BigInt, default=0)
    pilot: Mapped[bool] = mapped_column(default=False)

    __table_args__ = tenant_table(
        within_tenant("form_version_id", "form_version"),
        Index("ix_visit_network_state", "network_id", "state", "due_on"),
        Index("ix_visit_tenant_state", "tenant_id", "state", "due_on"),
        Index("ix_visit_shopper", "shopper_id", "state", "due_on"),
        Index("ix_visit_wave", "network_id", "wave_id"),
    )


class VisitOwned(TenantOwned):
    """A row of one visit."""

    visit_key: ClassVar[str | None] = "visit_id"

    visit_id: Mapped[uuid.UUID] = mapped_column(sort_order=-5)


class AnswerEvent(VisitOwned, Base):
    """What a device sent, once per event id, never changed. `seq` orders events (a Lamport
    clock, ties broken by device); clocks of devices order nothing."""

    __tablename__ = "answer_event"
    append_only: ClassVar[bool] = True

    device: Mapped[str] = mapped_column(sa.String(64))
    seq: Mapped[int] = mapped_column(BigInt)
    field: Mapped[str] = mapped_column(sa.String(40))
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    client_ts: Mapped[str] = mapped_column(sa.String(40))
    form_sha256: Mapped[str] = mapped_column(sa.String(64))
    digest: Mapped[str] = mapped_column(sa.String(64))
    late: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        Index("ix_answer_event_visit", "tenant_id", "visit_id", "field", "seq"),
    )


class AnswerConflict(VisitOwned, Base):
    """An event id that came again with other content: both are kept, and this is an alarm."""

    __tablename__ = "answer_conflict"
    append_only: ClassVar[bool] = True

    event_id: Mapped[uuid.UUID]
    digest: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[dict[str, Any]]
    received_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        within_tenant("event_id", "answer_event"),
        UniqueConstraint("tenant_id", "event_id", "digest"),
    )


class Answer(VisitOwned, Base):
    """The current value of one field: the event with the greatest (seq, device)."""

    __tablename__ = "answer"

    field: Mapped[str] = mapped_column(sa.String(40))
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    seq: Mapped[int] = mapped_column(BigInt)
    device: Mapped[str] = mapped_column(sa.String(64))
    event_id: Mapped[uuid.UUID]

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        UniqueConstraint("tenant_id", "visit_id", "field"),
    )


class Evidence(VisitOwned, Base):
    """A photo or paper of one visit, addressed by the SHA-256 of what was sent.

    States: receiving (bytes arriving), received (whole, hash checked), ready (re-encoded,
    position data gone, thumbnail made), refused (not an image). `stored_sha256` addresses
    the re-encoded bytes. `position` (latitude,longitude) is for head office and reviewers only.
    """

    __tablename__ = "evidence"

    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(BigInt)
    received: Mapped[int] = mapped_column(BigInt, default=0)
    state: Mapped[str] = mapped_column(sa.String(12), default="receiving")
    stored_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    taken_at: Mapped[str | None] = mapped_column(sa.String(40))
    position: Mapped[str | None] = mapped_column(sa.String(24))
    refusal: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        UniqueConstraint("tenant_id", "visit_id", "sha256"),
    )


class VisitScore(VisitOwned, Base):
    """A frozen result with the derivation that anybody can recompute. A published score
    changes only by a further revision with a reason.

    `local_index` is that of the dealership's own standards, None without any. `observed` are
    the questions that were asked but do not count yet (teach before score). Where no question
    counts there is no index: `grade` is empty, and the indices are 0 and stand for nothing.
    """

    __tablename__ = "visit_score"
    append_only: ClassVar[bool] = True

    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    raw: Mapped[str] = mapped_column(sa.String(200))
    raw_index: Mapped[int]
    final_index: Mapped[int]
    grade: Mapped[str] = mapped_column(sa.String(2))
    critical_failures: Mapped[int]
    compliance: Mapped[str] = mapped_column(sa.String(80))
    factor_scores: Mapped[dict[str, Any]]
    receipt: Mapped[dict[str, Any]]
    local_index: Mapped[int | None]
    observed: Mapped[list[str]] = mapped_column(default=list)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    created_by: Mapped[uuid.UUID | None]

    @property
    def indexed(self) -> bool:
        return self.grade != ""

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        UniqueConstraint("tenant_id", "visit_id", "revision"),
        sa.CheckConstraint("kind IN ('provisional', 'published')", name="kind"),
    )


class Finding(VisitOwned, Base):
    """A failed or partly met question of a published audit, led to its standard, its step,
    the courses that teach it, and how many of the roles concerned lacked them on the day."""

    __tablename__ = "finding"
    append_only: ClassVar[bool] = True

    score_id: Mapped[uuid.UUID]
    question: Mapped[str] = mapped_column(sa.String(16))
    standard_code: Mapped[str] = mapped_column(sa.String(24))
    step_code: Mapped[str] = mapped_column(sa.String(24))
    key_factor_code: Mapped[str] = mapped_column(sa.String(24))
    courses: Mapped[list[str]]
    score: Mapped[str] = mapped_column(sa.String(40))
    points_lost: Mapped[str] = mapped_column(sa.String(80))
    critical: Mapped[bool]
    gap: Mapped[list[Any]]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = tenant_table(
        within_tenant("visit_id", "visit"),
        within_tenant("score_id", "visit_score"),
        Index("ix_finding_standard", "tenant_id", "standard_code"),
        Index("ix_finding_score", "tenant_id", "score_id"),
    )


class VisitToken(Base):
    """A tablet's key to one visit: it may append answers and submit, nothing else.
    Global, because it is looked up before a scope exists; only the hash is kept."""

    __tablename__ = "visit_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    on_network: Mapped[int] = mapped_column(BigInt)
    on_dealership: Mapped[int] = mapped_column(BigInt)
    on_visit: Mapped[uuid.UUID] = mapped_column(index=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
