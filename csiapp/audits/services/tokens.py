"""Tokens of visits: how a tablet without a session proves which visit it may fill in.

A token may append answers and photos and submit, for one visit, until 14 days after the due
date. The database holds only its SHA-256.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import uuid

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _

from csiapp.accounts.identity import token_hash
from csiapp.accounts.models import Membership, User
from csiapp.accounts.scope_loader import Located, visit_place
from csiapp.audits.models import Visit, VisitToken
from csiapp.audits.services.answers import lock_taken_visit
from csiapp.core import activity
from csiapp.core.clock import utcnow
from csiapp.core.errors import Gone
from csiapp.core.extensions import db
from csiapp.core.permissions import Permission, Role
from csiapp.core.tenancy import Scope, ScopeKind, current_scope, entered

LIFETIME_AFTER_DUE = dt.timedelta(days=14)
HIDDEN_STATES = ("unassigned", "cancelled")
APPEND_TABLES = frozenset(
    {
        "activity_entry",
        "answer",
        "answer_conflict",
        "answer_event",
        "evidence",
        "visit",
        "visit_score",
    }
)


def init_app(app: Flask) -> None:
    app.extensions["csiapp.visit_finder"] = find_dealership
    app.extensions["csiapp.bearer_loader"] = locate_by_token


def find_dealership(visit_id: uuid.UUID) -> int | None:
    """Under a shopper's scope: whose the visit is, None where the shopper has no such visit."""
    return db.session.scalar(
        sa.select(Visit.tenant_id).where(Visit.id == visit_id, Visit.state.not_in(HIDDEN_STATES))
    )


def mint_token(visit_id: uuid.UUID) -> str:
    """A new token for the shopper of the scope. Gone when its time would be over already."""
    visit = lock_taken_visit(visit_id)
    scope = current_scope()
    last_moment = dt.datetime.combine(visit.due_on, dt.time.max, dt.UTC) + LIFETIME_AFTER_DUE
    if last_moment < utcnow():
        raise Gone(_("Too late to send: save to a file and give it to head office."))
    token = secrets.token_urlsafe(32)
    row = VisitToken(
        token_hash=token_hash(token),
        holder_id=visit.shopper_id,
        on_network=scope.network_id,
        on_dealership=visit.tenant_id,
        on_visit=visit.id,
        expires_at=last_moment,
    )
    db.session.add(row)
    db.session.flush()
    activity.record("visit.token", "visit", visit.id, {"token": str(row.id)})
    return token


def revoke_tokens(visit_id: uuid.UUID) -> None:
    """Close a visit to all tablets; the signed-in shopper's next page mints a new token."""
    db.session.execute(
        sa.update(VisitToken)
        .where(VisitToken.on_visit == visit_id, VisitToken.revoked_at.is_(None))
        .values(revoked_at=utcnow())
    )


def locate_by_token(token: str, visit_id: uuid.UUID) -> Located | None:
    """The scope that the token opens, for that visit only; None for any doubt.

    The holder must still be an active shopper of the network and the visit's own.
    """
    try:
        row = db.session.execute(
            sa.select(VisitToken.holder_id, VisitToken.on_network, VisitToken.on_dealership)
            .join(User, User.id == VisitToken.holder_id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                VisitToken.token_hash == token_hash(token),
                VisitToken.on_visit == visit_id,
                VisitToken.revoked_at.is_(None),
                VisitToken.expires_at > utcnow(),
                User.active,
                Membership.role == Role.SHOPPER.value,
                Membership.network_id == VisitToken.on_network,
            )
        ).first()
    finally:
        db.session.close()
    if row is None:
        return None
    with entered(
        Scope(ScopeKind.SHOPPER, row.on_network, actor=row.holder_id, shopper_id=row.holder_id)
    ):
        at = find_dealership(visit_id)
        db.session.close()
    if at != row.on_dealership:
        return None
    located = visit_place(
        row.on_network,
        row.on_dealership,
        visit_id,
        row.holder_id,
        frozenset({Permission.VISIT_FILL.value}),
    )
    return dataclasses.replace(
        located, scope=dataclasses.replace(located.scope, writable=APPEND_TABLES)
    )
