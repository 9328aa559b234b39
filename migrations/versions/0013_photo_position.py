"""Where a photo was taken, apart from its bytes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("position", sa.String(24)))


def downgrade() -> None:
    op.drop_column("evidence", "position")
