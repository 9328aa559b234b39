"""Roles, permissions, and the mark that every view must carry.

A view says what it needs with `@require(Permission.X)`, or why it needs nothing with
`@public("...")`. An unmarked endpoint is refused by the request hook (accounts.access).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from csiapp.core.tenancy import ScopeKind

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    ADMIN = "admin"
    HEAD_OFFICE = "head_office"
    REVIEWER = "reviewer"
    SHOPPER = "shopper"
    MANAGER = "manager"
    STAFF = "staff"


class Permission(StrEnum):
    SIGNED_IN = "account.own"
    PEOPLE_MANAGE = "people.manage"
    ACTIVITY_READ = "activity.read"
    STANDARDS_READ = "standards.read"
    STANDARDS_EDIT = "standards.edit"
    STANDARDS_PUBLISH = "standards.publish"
    FORMS_BUILD = "forms.build"
    TRAINING_READ = "training.read"
    TRAINING_RECORD = "training.record"
    TRAINING_OWN = "training.own"
    RESULTS_READ = "results.read"
    RESULTS_REPORT = "results.report"
    NETWORK_READ = "network.read"
    VISITS_READ = "visits.read"
    VISIT_ASSIGN = "visit.assign"
    VISIT_MOVE = "visit.move"
    VISIT_IMPORT = "visit.import"
    VISIT_REVIEW = "visit.review"
    VISIT_PUBLISH = "visit.publish"
    VISIT_FILL = "visit.fill"
    REPORTS_READ = "reports.read"
    REPORT_REQUEST = "report.request"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset({Permission.PEOPLE_MANAGE, Permission.ACTIVITY_READ}),
    Role.HEAD_OFFICE: frozenset(
        {
            Permission.NETWORK_READ,
            Permission.VISITS_READ,
            Permission.VISIT_ASSIGN,
            Permission.VISIT_MOVE,
            Permission.VISIT_IMPORT,
            Permission.FORMS_BUILD,
            Permission.REPORTS_READ,
            Permission.REPORT_REQUEST,
            Permission.ACTIVITY_READ,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.VISITS_READ,
            Permission.VISIT_REVIEW,
            Permission.VISIT_PUBLISH,
            Permission.REPORTS_READ,
            Permission.REPORT_REQUEST,
        }
    ),
    Role.SHOPPER: frozenset({Permission.VISIT_FILL}),
    Role.MANAGER: frozenset(
        {
            Permission.STANDARDS_READ,
            Permission.STANDARDS_EDIT,
            Permission.STANDARDS_PUBLISH,
            Permission.FORMS_BUILD,
            Permission.TRAINING_READ,
            Permission.TRAINING_RECORD,
            Permission.TRAINING_OWN,
            Permission.RESULTS_READ,
            Permission.RESULTS_REPORT,
            Permission.ACTIVITY_READ,
        }
    ),
    Role.STAFF: frozenset({Permission.STANDARDS_READ, Permission.TRAINING_OWN}),
}
"""The only place that says what a role may do. SIGNED_IN belongs to everybody who is."""

_LOGS = frozenset({"activity_entry"})

VERB_TABLES: dict[Permission, frozenset[str]] = {
    Permission.VISIT_ASSIGN: _LOGS
    | {"visit", "answer", "answer_event", "form_version", "shopper_tie"},
    Permission.VISIT_MOVE: _LOGS
    | {"visit", "visit_move", "form_version", "answer", "answer_event", "answer_conflict"},
    Permission.FORMS_BUILD: _LOGS | {"form_design", "form_design_edit", "form_version"},
    Permission.VISIT_IMPORT: _LOGS
    | {"visit", "answer", "answer_event", "answer_conflict", "evidence"},
    Permission.VISIT_REVIEW: _LOGS | {"visit", "finding", "visit_score", "report"},
    Permission.VISIT_PUBLISH: _LOGS | {"visit", "finding", "visit_score", "report"},
    Permission.REPORT_REQUEST: _LOGS | {"report"},
    Permission.VISITS_READ: frozenset(),
    Permission.REPORTS_READ: frozenset(),
    Permission.NETWORK_READ: frozenset(),
}
"""Head-office verbs: which tables of one dealership a network role may write, and no other."""

MARK = "_csiapp_access"


def require(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it needs."""

    def mark(view: View) -> View:
        setattr(view, MARK, permission)
        return view

    return mark


def public(reason: str) -> Callable[[View], View]:
    """Mark a view that needs no sign-in, and say why."""

    def mark(view: View) -> View:
        setattr(view, MARK, reason)
        return view

    return mark


def access_of(view: Callable[..., Any] | None) -> Permission | str | None:
    """The permission, or the reason of a public view, or None when unmarked."""
    mark: Permission | str | None = getattr(view, MARK, None)
    return mark


SCOPE_KIND_OF_ROLE: dict[Role, ScopeKind] = {
    Role.ADMIN: ScopeKind.NETWORK,
    Role.HEAD_OFFICE: ScopeKind.NETWORK,
    Role.REVIEWER: ScopeKind.NETWORK,
    Role.SHOPPER: ScopeKind.SHOPPER,
    Role.MANAGER: ScopeKind.TENANT,
    Role.STAFF: ScopeKind.TENANT,
}
