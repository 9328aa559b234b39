"""When stage one of a visit was sent, and the days on which stage two is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("stage_one_at", sa.DateTime(timezone=True)))
    op.add_column("visit", sa.Column("stage_two_from", sa.Date()))
    op.add_column("visit", sa.Column("stage_two_until", sa.Date()))


def downgrade() -> None:
    for column in ("stage_two_until", "stage_two_from", "stage_one_at"):
        op.drop_column("visit", column)
