"""Who looks, and at what: one frozen Scope per request, job or command."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextvars import ContextVar, Token
from dataclasses import dataclass
from enum import StrEnum


class TenancyError(RuntimeError):
    """A programming error that would have crossed a wall. Never shown to users."""


class NoScope(TenancyError):
    """Tenant data was asked for without a scope."""


class ScopeChanged(TenancyError):
    """A session, or a nested block, was used under a second scope."""


class CrossScopeWrite(TenancyError):
    """A write outside the scope, or to a table that the scope may not write."""


class UnguardedSQL(TenancyError):
    """A statement that the guards cannot see through."""


class ScopeKind(StrEnum):
    TENANT = "tenant"  # one dealership
    NETWORK = "network"  # all dealerships of one network, read only; network tables writable
    SHOPPER = "shopper"  # the visits assigned to one shopper, read only
    VISIT = "visit"  # one of those visits, to fill it in


@dataclass(frozen=True, slots=True)
class Scope:
    """What the database session may see and change.

    `writable` names the tables that may be written; None means all that the kind allows.
    Head-office verbs act in TENANT scopes with a short `writable` (core.permissions).
    """

    kind: ScopeKind
    network_id: int
    actor: uuid.UUID | None = None
    tenant_id: int | None = None
    visit_id: uuid.UUID | None = None
    shopper_id: uuid.UUID | None = None
    permissions: frozenset[str] = frozenset()
    writable: frozenset[str] | None = None

    def __post_init__(self) -> None:
        needs = {
            ScopeKind.TENANT: ("tenant_id",),
            ScopeKind.NETWORK: (),
            ScopeKind.SHOPPER: ("shopper_id",),
            ScopeKind.VISIT: ("tenant_id", "shopper_id", "visit_id"),
        }[self.kind]
        for name in needs:
            if getattr(self, name) is None:
                raise NoScope(f"a {self.kind} scope needs {name}")

    def may_write_table(self, table: str) -> bool:
        return self.writable is None or table in self.writable


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)
_unsafe: ContextVar[str | None] = ContextVar("unsafe_sql", default=None)


def scope_or_none() -> Scope | None:
    return _scope.get()


def current_scope() -> Scope:
    """The scope in force. Raises NoScope: there is no default."""
    scope = _scope.get()
    if scope is None:
        raise NoScope("no scope: tenant data needs one")
    return scope


def enter(scope: Scope) -> Token[Scope | None]:
    """Put a scope in force; scopes do not nest. Pair with `leave`."""
    if _scope.get() is not None:
        raise ScopeChanged("scopes do not nest")
    return _scope.set(scope)


def leave(token: Token[Scope | None]) -> None:
    _scope.reset(token)


@contextlib.contextmanager
def entered(scope: Scope) -> Iterator[Scope]:
    """Run a block under a scope. Close the session before and after."""
    token = enter(scope)
    try:
        yield scope
    finally:
        leave(token)


@contextlib.contextmanager
def unsafe_sql(reason: str) -> Iterator[None]:
    """Let statements pass that the guards cannot read: migrations, backups, tests of walls."""
    if not reason:
        raise ValueError("say why")
    token = _unsafe.set(reason)
    try:
        yield
    finally:
        _unsafe.reset(token)


def unsafe_reason() -> str | None:
    return _unsafe.get()
