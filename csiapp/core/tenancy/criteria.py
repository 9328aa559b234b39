"""The only file that filters by tenant: loader criteria for each kind of scope.

The criteria are callables with late-bound parameters. A fixed expression would not be
adapted to an aliased join target, and a bound value would travel in compiled caches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import with_loader_criteria

from csiapp.core.db import BigInt
from csiapp.core.tenancy.ownership import NetworkOwned, TenantOwned
from csiapp.core.tenancy.scope import ScopeKind, current_scope

BIND_PREFIX = "_scope_"
"""The verifier recognises a guarded predicate by this reserved parameter name."""


def _bind(name: str, type_: Any) -> sa.BindParameter[Any]:
    def values() -> list[Any]:
        return [getattr(current_scope(), name)]

    return bindparam(
        f"{BIND_PREFIX}{name}", callable_=values, expanding=True, unique=False, type_=type_
    )


TENANT = _bind("tenant_id", BigInt)
NETWORK = _bind("network_id", BigInt)
VISIT = _bind("visit_id", sa.Uuid())
SHOPPER = _bind("shopper_id", sa.Uuid())


Rule = Callable[[Any], Any]
"""From a mapped class, or an alias of one, to its filter."""


def _of_network(cls: Any) -> Any:
    return cls.network_id.in_(NETWORK)


def _of_tenant(cls: Any) -> Any:
    return cls.tenant_id.in_(TENANT)


def _of_visit(cls: Any) -> Any:
    key = cls.visit_key  # a class attribute: a global constant would become a bound value here
    if key is None:
        return cls.tenant_id.in_(TENANT) if cls.visit_reads_all else sa.false()
    return sa.and_(cls.tenant_id.in_(TENANT), getattr(cls, key).in_(VISIT))


def _of_shopper(cls: Any) -> Any:
    key = cls.shopper_key
    if key is None:
        return sa.false()
    return sa.and_(cls.network_id.in_(NETWORK), getattr(cls, key).in_(SHOPPER))


def _options(tenant_rule: Rule) -> tuple[Any, ...]:
    return tuple(
        with_loader_criteria(cls, rule, include_aliases=True, track_closure_variables=False)
        for cls, rule in ((TenantOwned, tenant_rule), (NetworkOwned, _of_network))
    )


OPTIONS = {
    ScopeKind.TENANT: _options(_of_tenant),
    ScopeKind.NETWORK: _options(_of_network),
    ScopeKind.VISIT: _options(_of_visit),
    ScopeKind.SHOPPER: _options(_of_shopper),
}
