"""The findings of a score, and of all scores of a wave, are found without reading the others."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_finding_score", "finding", ["tenant_id", "score_id"])


def downgrade() -> None:
    op.drop_index("ix_finding_score", "finding")
