"""When a shopper had passed the test on the brief. Visits accepted before it existed count as
briefed: their forms have no test."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("briefed_at", sa.DateTime(timezone=True)))
    walled = op.get_bind().dialect.name == "postgresql"
    if walled:  # row security holds for the owner as well
        op.execute("ALTER TABLE visit NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE visit SET briefed_at = accepted_at")
    if walled:
        op.execute("ALTER TABLE visit FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("visit", "briefed_at")
