"""Walls below the session: refusal at the engine, and on SQLite inside the database.

Layers 5 and 7 of the design. PostgreSQL's inner wall is row-level security (migrations).
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from csiapp.core.tenancy.ownership import TenantOwned
from csiapp.core.tenancy.registry import names_scoped_table, scoped_classes
from csiapp.core.tenancy.scope import ScopeKind, UnguardedSQL, scope_or_none, unsafe_reason
from csiapp.core.tenancy.session import flushing
from csiapp.core.tenancy.verifier import unscoped_references


def install_engine_guard(engine: Engine, *, verify: bool) -> None:
    """Refuse statements on scoped tables that did not pass the session guard.

    `verify` parses each new SQL text too: always on SQLite, which has no read wall of its
    own; on PostgreSQL in tests.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def _before(
        conn: Connection, _cursor: Any, statement: str, _params: Any, context: Any, _many: bool
    ) -> None:
        options = context.execution_options if context is not None else {}
        if not unsafe_reason():
            if not (options.get("scope_ok") or flushing.get()) and names_scoped_table(statement):
                raise UnguardedSQL(f"did not pass the session guard: {statement[:80]}")
            if verify and not options.get("scope_by_key"):
                _verify_text(engine, statement, context)
        _arm(conn, True)

    @event.listens_for(engine, "after_cursor_execute")
    def _after(conn: Connection, *_rest: Any) -> None:
        _arm(conn, False)

    @event.listens_for(engine, "handle_error")
    def _on_error(context: Any) -> None:
        if context.connection is not None and not context.connection.invalidated:
            _arm(context.connection, False)

    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _install_sqlite_wall)


def _arm(conn: Connection, armed: bool) -> None:
    """Only statements that came through SQLAlchemy may name scoped tables on SQLite."""
    if not conn.closed and conn.dialect.name == "sqlite":
        conn.connection.info["armed"] = armed


def _verify_text(engine: Engine, statement: str, context: Any) -> None:
    compiled = getattr(context, "compiled", None)
    text = compiled.string if compiled is not None else statement
    bad = unscoped_references(text, engine.dialect.name, flushing.get())
    if bad:
        raise UnguardedSQL(f"no scope predicate for {', '.join(bad)}: {statement[:200]}")


def _write_tenant() -> int:
    scope = scope_or_none()
    return -1 if scope is None or scope.tenant_id is None else scope.tenant_id


def _write_network() -> int:
    scope = scope_or_none()
    return -1 if scope is None or scope.kind is not ScopeKind.NETWORK else scope.network_id


def _install_sqlite_wall(dbapi: Any, record: Any) -> None:
    """TEMP triggers refuse foreign writes; an authorizer refuses raw cursors."""
    if unsafe_reason():
        return
    dbapi.create_function("app_write_tenant", 0, _write_tenant)
    dbapi.create_function("app_write_network", 0, _write_network)
    cursor = dbapi.cursor()
    present = {
        r[0] for r in cursor.execute("SELECT name FROM main.sqlite_master WHERE type='table'")
    }
    for table, cls in sorted(scoped_classes.items()):
        if table in present:
            for sql in _trigger_statements(table, cls):
                cursor.execute(sql)
    cursor.close()
    dbapi.set_authorizer(_authorizer(record.info))


def _trigger_statements(table: str, cls: type[Any]) -> list[str]:
    of_tenant = ("tenant_id", "app_write_tenant()")
    of_network = ("network_id", "app_write_network()")
    owner = of_tenant if issubclass(cls, TenantOwned) else of_network
    statements = []
    for verb, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
        foreign = " OR ".join(f"{row}.{owner[0]} IS NOT {owner[1]}" for row in rows)
        statements.append(
            f"CREATE TEMP TRIGGER IF NOT EXISTS wall_{table}_{verb.lower()} "
            f"BEFORE {verb} ON main.{table} WHEN {foreign} "
            f"BEGIN SELECT RAISE(ABORT, 'scope wall: {verb} {table}'); END"
        )
    return statements


def _authorizer(info: dict[str, Any]) -> Any:
    reading_or_writing = {
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
    }
    closed = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DROP_TEMP_TRIGGER}

    def decide(action: int, first: Any, _second: Any, _db: Any, _trigger: Any) -> int:
        if action in reading_or_writing:
            hidden = first in scoped_classes and not info.get("armed") and not unsafe_reason()
            return sqlite3.SQLITE_DENY if hidden else sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY if action in closed else sqlite3.SQLITE_OK

    return decide
