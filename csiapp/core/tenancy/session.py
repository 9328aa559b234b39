"""The guarded session: every ORM statement is filtered, every write is checked.

Layers 2 to 4 of the design: loader criteria, refusal of what criteria cannot reach, and
write checks both before the flush (to stamp) and at the mapper (to verify, because
relationship sync rewrites foreign keys after `before_flush`).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, cast

import sqlalchemy as sa
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.orm import Mapper, ORMExecuteState, object_session
from sqlalchemy.sql import visitors

from csiapp.core.tenancy.criteria import OPTIONS
from csiapp.core.tenancy.ownership import (
    NetworkOwned,
    Owned,
    TenantOwned,
    check_write,
    may_read,
    owner_values,
)
from csiapp.core.tenancy.registry import scoped_classes
from csiapp.core.tenancy.scope import (
    CrossScopeWrite,
    Scope,
    ScopeChanged,
    ScopeKind,
    TenancyError,
    UnguardedSQL,
    current_scope,
    scope_or_none,
    unsafe_reason,
)

flushing: ContextVar[bool] = ContextVar("flushing", default=False)


class GuardedSession(FlaskSession):
    """A session pinned to the scope it was first used under, until `close()`."""

    def pinned_scope(self) -> Scope:
        scope: Scope = current_scope()
        pin: Scope = self.info.setdefault("scope", scope)
        if pin is scope:
            return scope
        raise ScopeChanged("this session was used under another scope; close it first")

    def close(self) -> None:
        super().close()
        self.info.pop("scope", None)

    def reset(self) -> None:
        super().reset()
        self.info.pop("scope", None)

    def flush(self, objects: Any = None) -> None:
        if any(isinstance(o, Owned) for o in (*self.new, *self.dirty, *self.deleted)):
            self.pinned_scope()
        token = flushing.set(True)
        try:
            super().flush(objects)
        finally:
            flushing.reset(token)

    def get(self, entity: Any, ident: Any, **kw: Any) -> Any:
        owned = isinstance(entity, type) and issubclass(entity, Owned)
        if owned:
            self.pinned_scope()
        row = super().get(entity, ident, **kw)
        if owned and row is not None and not may_read(current_scope(), row):
            return None
        return row

    def bulk_insert_mappings(self, *args: Any, **kw: Any) -> None:
        raise UnguardedSQL("the legacy bulk API is closed")

    bulk_update_mappings = bulk_insert_mappings
    bulk_save_objects = bulk_insert_mappings


def _check_visible(scope: Scope, tables: set[str]) -> None:
    """A shopper's scopes do not know most tables; asking for them is a mistake in code."""
    if scope.kind not in (ScopeKind.VISIT, ScopeKind.SHOPPER):
        return
    for table in tables:
        cls = scoped_classes[table]
        if scope.kind is ScopeKind.SHOPPER:
            visible = cls.shopper_key is not None
        else:
            visible = cls.visit_key is not None or cls.visit_reads_all
        if issubclass(cls, TenantOwned) and not visible:
            raise TenancyError(f"{table} is hidden from a {scope.kind} scope")


def _scoped_tables(statement: Any) -> set[str]:
    found = (t.name for t in visitors.iterate(statement) if isinstance(t, sa.Table))
    return {name for name in found if name in scoped_classes}


@event.listens_for(GuardedSession, "do_orm_execute")
def _on_execute(state: ORMExecuteState) -> None:
    session = cast(GuardedSession, state.session)
    if unsafe_reason():
        return
    if not state.is_orm_statement:
        _check_core(state.statement)
    elif tables := _scoped_tables(state.statement):
        scope = session.pinned_scope()
        _check_visible(scope, tables)
        if state.is_from_statement:
            raise UnguardedSQL("from_statement() is closed")
        if _is_refresh(state):
            _check_refresh(scope, state)
            state.update_execution_options(scope_ok=True, scope_by_key=True)
            return
        if state.is_insert or state.is_update or state.is_delete:
            _check_dml(scope, state)
        if state.is_select or state.is_update or state.is_delete:
            state.statement = state.statement.options(*OPTIONS[scope.kind])
    state.update_execution_options(scope_ok=True)


def _check_core(statement: Any) -> None:
    if isinstance(statement, sa.TextClause):
        raise UnguardedSQL("text SQL needs unsafe_sql(reason)")
    tables = _scoped_tables(statement)
    if tables:
        raise UnguardedSQL(f"Core statement on {sorted(tables)}")


def _is_refresh(state: ORMExecuteState) -> bool:
    if not state.is_select:
        return False
    refreshed: Any = state.load_options._refresh_state  # noqa: SLF001 - no public name
    return state.is_column_load or refreshed is not None


def _check_refresh(scope: Scope, state: ORMExecuteState) -> None:
    """Refresh goes by primary key and never gets loader criteria; check the identity."""
    target: Any = state.load_options._refresh_state  # noqa: SLF001 - no public name
    if target is None or target.key is None:
        raise TenancyError("refresh without an identity")
    cls, identity = target.class_, target.key[1]
    if issubclass(cls, TenantOwned) and scope.tenant_id not in (None, identity[0]):
        raise TenancyError("refresh of a row outside the scope")


def _check_dml(scope: Scope, state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Owned):
        return
    cls: Any = mapper.class_
    statement = state.statement
    if not scope.may_write_table(cls.__table__.name):
        raise CrossScopeWrite(f"this scope may not write {cls.__table__.name}")
    if state.is_insert:
        _check_insert(scope, cls, state)
        return
    if cls.append_only:
        raise CrossScopeWrite(f"{cls.__table__.name} is append-only")
    own = scope.tenant_id if issubclass(cls, TenantOwned) else None
    if issubclass(cls, TenantOwned) and own is None:
        raise CrossScopeWrite("a read-only scope")
    if issubclass(cls, NetworkOwned) and scope.tenant_id is not None:
        raise CrossScopeWrite("network tables are written by head office")
    if isinstance(state.parameters, list | tuple) and state.parameters:
        raise UnguardedSQL("bulk UPDATE by primary key gets no criteria")
    names = {getattr(k, "key", k) for k in (getattr(statement, "_values", None) or {})}
    names |= set(state.parameters or {})
    if names & {"tenant_id", "network_id", cls.visit_key if own else None} - {None}:
        raise CrossScopeWrite("a row never changes its owner")


def _check_insert(scope: Scope, cls: type[Any], state: ORMExecuteState) -> None:
    statement: Any = state.statement
    if getattr(statement, "select", None) is not None:
        raise UnguardedSQL("insert().from_select() is closed")
    if getattr(statement, "_post_values_clause", None) is not None:
        raise UnguardedSQL("ON CONFLICT is closed: lock the parent row, then look")
    fixed = _plain(getattr(statement, "_values", None) or {})
    given: Any = state.parameters or []
    rows = [given] if isinstance(given, dict) else list(given)
    for group in getattr(statement, "_multi_values", ()) or ():
        rows += [_plain(r) for r in group]
    for row in rows or [{}]:
        values = {**fixed, **row}
        missing = {"network_id"} | ({"tenant_id"} if issubclass(cls, TenantOwned) else set())
        if missing - set(values):
            raise CrossScopeWrite(f"insert without {sorted(missing - set(values))}")
        check_write(scope, cls, values)


def _plain(values: Any) -> dict[str, Any]:
    return {getattr(k, "key", k): getattr(v, "value", v) for k, v in values.items()}


@event.listens_for(GuardedSession, "before_flush")
def _stamp(session: GuardedSession, _context: Any, _instances: Any) -> None:
    """New rows without an owner get the scope's; all others are verified at the mapper."""
    for row in session.new:
        if isinstance(row, Owned):
            scope = session.pinned_scope()
            owner: Any = row
            if owner.network_id is None:
                owner.network_id = scope.network_id
            if isinstance(row, TenantOwned) and owner.tenant_id is None:
                if scope.tenant_id is None:
                    raise CrossScopeWrite("a read-only scope")
                owner.tenant_id = scope.tenant_id


def _verify(_mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    """Runs after relationship sync, so it sees the keys that will really be written."""
    if not isinstance(row, Owned) or not isinstance(object_session(row), GuardedSession):
        return
    scope = current_scope()
    values = owner_values(row)  # type: ignore[arg-type]
    check_write(scope, type(row), values)
    for name in values:
        before = sa.inspect(row).attrs[name].history.deleted
        if any(old not in (None, values[name]) for old in before or ()):
            raise CrossScopeWrite(f"a row never changes its {name}")


def _refuse_append_only(_mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    session = object_session(row)
    if session is None or not isinstance(row, Owned) or not row.append_only:
        return
    if row in session.deleted or session.is_modified(row):
        raise CrossScopeWrite(f"{type(row).__name__} rows are append-only")


for _name in ("before_insert", "before_update", "before_delete"):
    event.listen(Mapper, _name, _verify)
for _name in ("before_update", "before_delete"):
    event.listen(Mapper, _name, _refuse_append_only)


def _on_load(row: Any, _context: Any, _attrs: Any = None) -> None:
    """The last line: a row that slipped through every filter is not handed out."""
    if unsafe_reason():
        return
    scope = scope_or_none()
    if scope is None or not may_read(scope, row):
        raise TenancyError(f"loaded a {type(row).__name__} outside the scope")


event.listen(TenantOwned, "load", _on_load, propagate=True)
event.listen(NetworkOwned, "load", _on_load, propagate=True)
event.listen(TenantOwned, "refresh", _on_load, propagate=True)
event.listen(NetworkOwned, "refresh", _on_load, propagate=True)


@event.listens_for(GuardedSession, "after_begin")
def _set_database_scope(_session: GuardedSession, _transaction: Any, connection: Any) -> None:
    """PostgreSQL: the transaction takes the scope's role and settings (row-level security).

    Without a scope the login role stays, which has no rights on scoped tables.
    """
    scope = scope_or_none()
    if connection.dialect.name != "postgresql" or scope is None:
        return
    settings = {
        "role": f"csiapp_{scope.kind}",
        "app.network": scope.network_id,
        "app.tenant": scope.tenant_id,
        "app.visit": scope.visit_id,
        "app.shopper": scope.shopper_id,
    }
    present = {k: str(v) for k, v in settings.items() if v is not None}
    calls = ", ".join("set_config(%s, %s, true)" for _ in present)
    connection.exec_driver_sql(
        f"SELECT {calls}",
        tuple(x for pair in present.items() for x in pair),
        execution_options={"scope_ok": True},
    )
