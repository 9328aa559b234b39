"""Tenant isolation: scope, criteria, guards and walls (docs/decisions/0002-tenancy.md)."""

from csiapp.core.tenancy.ownership import (
    NetworkOwned,
    TenantOwned,
    tenant_table,
    within_tenant,
)
from csiapp.core.tenancy.scope import (
    CrossScopeWrite,
    NoScope,
    Scope,
    ScopeChanged,
    ScopeKind,
    TenancyError,
    UnguardedSQL,
    current_scope,
    enter,
    entered,
    leave,
    scope_or_none,
    unsafe_sql,
)
from csiapp.core.tenancy.session import GuardedSession
from csiapp.core.tenancy.wall import install_engine_guard

__all__ = [
    "CrossScopeWrite",
    "GuardedSession",
    "NetworkOwned",
    "NoScope",
    "Scope",
    "ScopeChanged",
    "ScopeKind",
    "TenancyError",
    "TenantOwned",
    "UnguardedSQL",
    "current_scope",
    "enter",
    "entered",
    "install_engine_guard",
    "leave",
    "scope_or_none",
    "tenant_table",
    "unsafe_sql",
    "within_tenant",
]
