"""Printed handbooks of a published version, one per language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csiapp.core.tenancy.ddl import wall_tenant_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "handbook",
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", number, nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("storage_key", sa.String(200)),
        sa.Column("pdf_sha256", sa.String(64)),
        sa.Column("size", number),
        sa.Column("pages", sa.Integer()),
        sa.Column("requested_by", sa.Uuid()),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handbook")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "network_id"],
            ["dealership.id", "dealership.network_id"],
            name=op.f("fk_handbook_tenant_id_network_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["standard_version.tenant_id", "standard_version.id"],
            name=op.f("fk_handbook_tenant_id_version_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "version_id",
            "locale",
            name=op.f("uq_handbook_tenant_id_version_id_locale"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'rendering', 'ready', 'failed')", name=op.f("ck_handbook_state")
        ),
        sa.CheckConstraint("locale IN ('zh', 'en')", name=op.f("ck_handbook_locale")),
    )
    wall_tenant_table(op, "handbook")


def downgrade() -> None:
    op.drop_table("handbook")
