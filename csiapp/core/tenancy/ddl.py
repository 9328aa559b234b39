"""The walls of a new tenant table, for migrations from 0005 on: row security and frozen rows."""

from __future__ import annotations

from alembic.operations import Operations

TENANT = "tenant_id = current_setting('app.tenant')::bigint"
NETWORK = "network_id = current_setting('app.network')::bigint"
VISIT = "visit_id = current_setting('app.visit')::uuid"


def wall_tenant_table(op: Operations, table: str) -> None:
    """PostgreSQL: a tenant's role sees and writes its own rows, a network's reads its rows.
    SQLite has its walls in the engine (wall.py)."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY of_tenant ON {table} FOR ALL TO csiapp_tenant "
        f"USING ({TENANT}) WITH CHECK ({TENANT})"
    )
    op.execute(
        f"CREATE POLICY of_network ON {table} FOR SELECT TO csiapp_network USING ({NETWORK})"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO csiapp_tenant")
    op.execute(f"GRANT SELECT ON {table} TO csiapp_network")


def wall_visit_table(op: Operations, table: str) -> None:
    """A tenant table whose rows the visit's own shopper sees and writes as well."""
    wall_tenant_table(op, table)
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        f"CREATE POLICY of_visit ON {table} FOR ALL TO csiapp_visit "
        f"USING ({TENANT} AND {VISIT}) WITH CHECK ({TENANT} AND {VISIT})"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO csiapp_visit")


def wall_network_table(op: Operations, table: str) -> None:
    """PostgreSQL: the network's role sees and writes its rows, all others of it see them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY of_network ON {table} FOR ALL TO csiapp_network "
        f"USING ({NETWORK}) WITH CHECK ({NETWORK})"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO csiapp_network")
    for role in ("tenant", "shopper", "visit"):
        op.execute(
            f"CREATE POLICY seen_by_{role} ON {table} FOR SELECT TO csiapp_{role} USING ({NETWORK})"
        )
        op.execute(f"GRANT SELECT ON {table} TO csiapp_{role}")


def freeze_rows(op: Operations, table: str) -> None:
    """Both databases refuse to change or delete a row of this table."""
    if op.get_bind().dialect.name == "postgresql":
        for name, event, each in (
            ("append_only", "UPDATE OR DELETE", "ROW"),
            ("no_truncate", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION csiapp_refuse()"
            )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER append_only_{verb}_{table} BEFORE {verb.upper()} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{table}: published or append-only rows are never changed'); END"
        )
