"""A dealership's own work may write mail, so that a reminder and its note are one transaction."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("GRANT INSERT ON mail_outbox TO csiapp_tenant")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("REVOKE INSERT ON mail_outbox FROM csiapp_tenant")
