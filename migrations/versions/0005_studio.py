"""The standards studio: local items, decisions and dates of a publication, undo, the cycle of a
set, who confirmed a version; scores know their local index and what was only observed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from csiapp.core.tenancy.ddl import freeze_rows, wall_tenant_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEW_TABLES = ("draft_edit", "cycle_entry", "standards_confirmation")

FROZEN_BEFORE = (
    "tenant_id",
    "id",
    "network_id",
    "set_id",
    "number",
    "based_on_id",
    "master_id",
    "edit",
    "created_at",
    "published_at",
    "published_by",
    "reason",
    "sha256",
)
FROZEN_NOW = (
    *FROZEN_BEFORE,
    "publish_on",
    "train_by",
    "enforce_from",
    "decisions",
    "observed",
)


def upgrade() -> None:
    _drop_version_trigger()
    for table, column in _new_columns():
        op.add_column(table, column)
    _freeze_versions(FROZEN_NOW)
    _create_tables()
    for table in NEW_TABLES:
        wall_tenant_table(op, table)
    freeze_rows(op, "standards_confirmation")


def downgrade() -> None:
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
    _drop_version_trigger()
    for table, column in reversed(_new_columns()):
        op.drop_column(table, column.name)
    _freeze_versions(FROZEN_BEFORE)


def _new_columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("standard_set", sa.Column("next_review_on", sa.Date())),
        ("standard_version", sa.Column("publish_on", sa.Date())),
        ("standard_version", sa.Column("train_by", sa.Date())),
        ("standard_version", sa.Column("enforce_from", sa.Date())),
        (
            "standard_version",
            sa.Column("decisions", sa.Text(), nullable=False, server_default="{}"),
        ),
        ("standard_version", sa.Column("observed", sa.Text(), nullable=False, server_default="{}")),
        ("key_factor", sa.Column("indicator", sa.String(16))),
        ("standard", sa.Column("local", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("visit_score", sa.Column("local_index", sa.Integer())),
        ("visit_score", sa.Column("observed", sa.Text(), nullable=False, server_default="[]")),
    ]


def _drop_version_trigger() -> None:
    if op.get_bind().dialect.name == "sqlite":  # PostgreSQL's compares whole rows
        op.execute("DROP TRIGGER frozen_update_standard_version")


def _freeze_versions(columns: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
    op.execute(
        "CREATE TRIGGER frozen_update_standard_version BEFORE UPDATE ON standard_version "
        "WHEN OLD.state <> 'draft' AND NOT "
        f"(OLD.state = 'published' AND NEW.state = 'retired' AND {same}) BEGIN "
        "SELECT RAISE(ABORT, "
        "'standard_version: published or append-only rows are never changed'); END"
    )


def _owned(table: str) -> list[sa.schema.SchemaItem]:
    """Key and owner of a tenant table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", number, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "network_id"],
            ["dealership.id", "dealership.network_id"],
            name=op.f(f"fk_{table}_tenant_id_network_id"),
        ),
    ]


def _within_tenant(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def _create_tables() -> None:
    op.create_table(
        "draft_edit",
        *_owned("draft_edit"),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        _within_tenant("draft_edit", "version_id", "standard_version"),
        sa.UniqueConstraint(
            "tenant_id",
            "version_id",
            "number",
            name=op.f("uq_draft_edit_tenant_id_version_id_number"),
        ),
    )
    op.create_table(
        "cycle_entry",
        *_owned("cycle_entry"),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("phase", sa.String(12), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        _within_tenant("cycle_entry", "set_id", "standard_set"),
        _within_tenant("cycle_entry", "version_id", "standard_version"),
        sa.CheckConstraint(
            "phase IN ('train', 'check', 'announce', 'reward', 'review')",
            name=op.f("ck_cycle_entry_phase"),
        ),
    )
    op.create_index("ix_cycle_entry_set_on", "cycle_entry", ["tenant_id", "set_id", "on"])
    op.create_table(
        "standards_confirmation",
        *_owned("standards_confirmation"),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        _within_tenant("standards_confirmation", "staff_id", "staff_member"),
        _within_tenant("standards_confirmation", "version_id", "standard_version"),
        sa.UniqueConstraint(
            "tenant_id",
            "version_id",
            "staff_id",
            name=op.f("uq_standards_confirmation_tenant_id_version_id_staff_id"),
        ),
    )
