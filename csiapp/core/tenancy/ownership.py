"""The two kinds of owned rows, and what a scope may do with each."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from csiapp.core.db import BigInt, new_id
from csiapp.core.tenancy.scope import CrossScopeWrite, Scope, ScopeKind


class Owned:
    """A row behind the walls."""

    append_only: ClassVar[bool] = False
    visit_key: ClassVar[str | None] = None
    visit_reads_all: ClassVar[bool] = False
    shopper_key: ClassVar[str | None] = None

    network_id: Mapped[int]


class TenantOwned(Owned):
    """A row of one dealership. Its key begins with the tenant, so that no foreign key,
    identity or UPDATE can reach another dealership's row.

    `visit_key` names the column that ties the row to a visit ("id" on the visit itself);
    None hides the table from a shopper's scopes, unless `visit_reads_all` opens it to a
    visit scope whole, within its dealership.
    """

    tenant_id: Mapped[int] = mapped_column(BigInt, primary_key=True, sort_order=-30)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    network_id: Mapped[int] = mapped_column(BigInt, sort_order=-10)


class NetworkOwned(Owned):
    """A row of one network, readable in all its dealerships, written by head office."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    network_id: Mapped[int] = mapped_column(
        BigInt, sa.ForeignKey("network.id"), sort_order=-10, index=True
    )


def tenant_table(*args: sa.schema.SchemaItem) -> tuple[sa.schema.SchemaItem, ...]:
    """`__table_args__` of a TenantOwned class: ties (tenant, network) to the dealership."""
    owner = ForeignKeyConstraint(
        ["tenant_id", "network_id"], ["dealership.id", "dealership.network_id"]
    )
    return (owner, *args)


def within_tenant(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key that cannot leave the dealership."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def may_read(scope: Scope, row: object) -> bool:
    """Whether a loaded row lies inside the scope (the last check, after all filters)."""
    if isinstance(row, NetworkOwned):
        return row.network_id == scope.network_id
    if not isinstance(row, TenantOwned):
        return True
    if scope.kind is ScopeKind.NETWORK:
        return row.network_id == scope.network_id
    if scope.kind is ScopeKind.SHOPPER:
        key = type(row).shopper_key
        return key is not None and getattr(row, key) == scope.shopper_id
    if row.tenant_id != scope.tenant_id:
        return False
    if scope.kind is ScopeKind.VISIT:
        visit_key = type(row).visit_key
        if visit_key is None:
            return type(row).visit_reads_all
        return bool(getattr(row, visit_key) == scope.visit_id)
    return True


def check_write(scope: Scope, cls: type[Any], values: dict[str, Any]) -> None:
    """Raise CrossScopeWrite unless a row of `cls` with these owner values may be written."""
    table = cls.__table__.name
    if not scope.may_write_table(table):
        raise CrossScopeWrite(f"this scope may not write {table}")
    if issubclass(cls, NetworkOwned):
        allowed = scope.kind is ScopeKind.NETWORK and values["network_id"] == scope.network_id
    else:
        allowed = _may_write_tenant_row(scope, cls, values)
    if not allowed:
        raise CrossScopeWrite(f"{scope.kind} scope, {table} of {values}")


def _may_write_tenant_row(scope: Scope, cls: type[Any], values: dict[str, Any]) -> bool:
    if scope.kind not in (ScopeKind.TENANT, ScopeKind.VISIT):
        return False
    if (values["tenant_id"], values["network_id"]) != (scope.tenant_id, scope.network_id):
        return False
    if scope.kind is ScopeKind.TENANT:
        return True
    key = cls.visit_key
    if key is None:  # a shopper's submit adds to the dealership's activity log
        return bool(cls.visit_reads_all and cls.append_only)
    return bool(values.get(key) == scope.visit_id)


def owner_values(row: DeclarativeBase) -> dict[str, Any]:
    """The columns of a row that say whose it is."""
    names = {"tenant_id", "network_id", getattr(type(row), "visit_key", None)}
    return {n: getattr(row, n) for n in names if n and hasattr(row, n)}
