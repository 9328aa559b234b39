"""What ties shoppers to dealerships."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csiapp.core.tenancy.ddl import NETWORK, TENANT, wall_tenant_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OWN_VISIT = (
    "visit_id = current_setting('app.visit')::uuid "
    "AND shopper_id = current_setting('app.shopper')::uuid"
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shopper_tie",
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", number, nullable=False),
        sa.Column("shopper_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid()),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("declared_by", sa.Uuid()),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shopper_tie")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "network_id"],
            ["dealership.id", "dealership.network_id"],
            name=op.f("fk_shopper_tie_tenant_id_network_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shopper_id"], ["user_account.id"], name=op.f("fk_shopper_tie_shopper_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["visit.tenant_id", "visit.id"],
            name=op.f("fk_shopper_tie_tenant_id_visit_id"),
        ),
    )
    op.create_index("ix_shopper_tie_shopper", "shopper_tie", ["tenant_id", "shopper_id"])
    op.create_index("ix_shopper_tie_network", "shopper_tie", ["network_id", "declared_at"])
    wall_tenant_table(op, "shopper_tie")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE POLICY of_visit ON shopper_tie FOR INSERT TO csiapp_visit "
            f"WITH CHECK ({TENANT} AND {OWN_VISIT})"
        )
        op.execute(
            "CREATE POLICY seen_in_visit ON shopper_tie FOR SELECT TO csiapp_visit "
            f"USING ({TENANT} AND {OWN_VISIT})"
        )
        op.execute(
            "CREATE POLICY of_shopper ON shopper_tie FOR SELECT TO csiapp_shopper "
            f"USING ({NETWORK} AND shopper_id = current_setting('app.shopper')::uuid)"
        )
        op.execute("GRANT SELECT, INSERT ON shopper_tie TO csiapp_visit")
        op.execute("GRANT SELECT ON shopper_tie TO csiapp_shopper")


def downgrade() -> None:
    op.drop_table("shopper_tie")
