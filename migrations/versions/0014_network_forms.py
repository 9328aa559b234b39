"""Forms that head office builds for every dealership of its network, with drafts and undo."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csiapp.core.tenancy.ddl import wall_network_table

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "network_design",
        *_owned("network_design"),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("published", sa.Text()),
        sa.Column("published_edit", sa.Integer()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["base_id"], ["form_template.id"], name=op.f("fk_network_design_base_id")
        ),
        sa.UniqueConstraint("network_id", "code", name=op.f("uq_network_design_network_id_code")),
    )
    op.create_table(
        "network_design_edit",
        *_owned("network_design_edit"),
        sa.Column("design_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["design_id"], ["network_design.id"], name=op.f("fk_network_design_edit_design_id")
        ),
        sa.UniqueConstraint(
            "network_id",
            "design_id",
            "number",
            name=op.f("uq_network_design_edit_network_id_design_id_number"),
        ),
    )
    for table in ("network_design", "network_design_edit"):
        op.create_index(op.f(f"ix_{table}_network_id"), table, ["network_id"])
        wall_network_table(op, table)


def downgrade() -> None:
    for table in ("network_design_edit", "network_design"):
        op.drop_table(table)


def _owned(table: str) -> list[sa.schema.SchemaItem]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f(f"fk_{table}_network_id")
        ),
    ]
