"""A dealership's own forms, with drafts and undo; pilot visits; visits that change their form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csiapp.core.tenancy.ddl import freeze_rows, wall_tenant_table, wall_visit_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "visit", sa.Column("pilot", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "form_design",
        *_owned("form_design"),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("published", sa.Text()),
        sa.Column("published_edit", sa.Integer()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        _within_tenant("form_design", "set_id", "standard_set"),
        sa.ForeignKeyConstraint(
            ["base_id"], ["form_template.id"], name=op.f("fk_form_design_base_id")
        ),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_form_design_tenant_id_code")),
    )
    op.create_table(
        "form_design_edit",
        *_owned("form_design_edit"),
        sa.Column("design_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        _within_tenant("form_design_edit", "design_id", "form_design"),
        sa.UniqueConstraint(
            "tenant_id",
            "design_id",
            "number",
            name=op.f("uq_form_design_edit_tenant_id_design_id_number"),
        ),
    )
    op.create_table(
        "visit_move",
        *_owned("visit_move"),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("from_version_id", sa.Uuid(), nullable=False),
        sa.Column("to_version_id", sa.Uuid(), nullable=False),
        sa.Column("outdated", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.Uuid()),
        _within_tenant("visit_move", "visit_id", "visit"),
        _within_tenant("visit_move", "from_version_id", "form_version"),
        _within_tenant("visit_move", "to_version_id", "form_version"),
    )
    op.create_index("ix_visit_move_visit", "visit_move", ["tenant_id", "visit_id"])
    wall_tenant_table(op, "form_design")
    wall_tenant_table(op, "form_design_edit")
    wall_visit_table(op, "visit_move")
    freeze_rows(op, "visit_move")


def downgrade() -> None:
    for table in ("visit_move", "form_design_edit", "form_design"):
        op.drop_table(table)
    op.drop_column("visit", "pilot")


def _owned(table: str) -> list[sa.schema.SchemaItem]:
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
