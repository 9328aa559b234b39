"""The review date of a standard set that its managers were reminded of: each date once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("standard_set", sa.Column("reminded_of", sa.Date()))


def downgrade() -> None:
    op.drop_column("standard_set", "reminded_of")
