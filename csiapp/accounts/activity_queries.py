"""Reads of the activity log, with the names that the reader may see."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts.activity_wording import sentence
from csiapp.accounts.models import Membership, User
from csiapp.accounts.wording import ROLE_NAMES
from csiapp.core.activity import newest_first
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from csiapp.core.permissions import SCOPE_KIND_OF_ROLE, Role
from csiapp.core.tenancy import ScopeKind, current_scope
from csiapp.core.web import Page, page_of

HIDDEN_FROM_DEALERSHIPS = ("visit", "evidence", "report", "shopper_tie")
"""A dealership learns of a visit when it is published: never that one is planned, nor when
(life of an audit, stage 2)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is shown. `about` names the person that it is about, if it is one."""

    seq: int
    at: dt.datetime
    actor: str
    text: str
    about: str
    hash: str


def page_of_activity(number: int, per_page: int = 50) -> Page[Line]:
    """One page of the scope's log, the newest entry first, in three queries."""
    found = page_of(_shown_entries(), number, per_page)
    people = {entry.actor for entry in found.items if entry.actor is not None}
    about = {uuid.UUID(entry.subject_id) for entry in found.items if entry.subject_type == "person"}
    names = _names_for_reader(people | about)
    lines = [
        Line(
            seq=entry.seq,
            at=entry.at,
            actor=names.get(entry.actor, "") if entry.actor else _("The system"),
            text=sentence(entry.verb, entry.detail),
            about=names.get(uuid.UUID(entry.subject_id), "")
            if entry.subject_type == "person"
            else "",
            hash=entry.hash,
        )
        for entry in found.items
    ]
    return found.of(lines)


def _shown_entries() -> sa.Select[ActivityEntry]:
    entries = newest_first()
    if current_scope().kind is not ScopeKind.TENANT:
        return entries
    hidden = ActivityEntry.subject_type.in_(HIDDEN_FROM_DEALERSHIPS)
    return entries.where(sa.or_(~hidden, ActivityEntry.verb == "visit.published"))


def _names_for_reader(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by id. In a dealership only its own people and head office have names: it never
    learns who a shopper is."""
    scope = current_scope()
    rows = db.session.execute(
        sa.select(User.id, User.name, Membership.role, Membership.dealership_id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id.in_(set(user_ids)), Membership.network_id == scope.network_id)
    ).all()
    names: dict[uuid.UUID, str] = {}
    hidden: dict[uuid.UUID, str] = {}
    for user_id, name, role, dealership_id in rows:
        kind = SCOPE_KIND_OF_ROLE[Role(role)]
        if scope.kind is ScopeKind.NETWORK:
            names[user_id] = name
        elif kind is ScopeKind.SHOPPER:
            hidden[user_id] = str(ROLE_NAMES[Role.SHOPPER])
        elif kind is ScopeKind.NETWORK or dealership_id == scope.tenant_id:
            names[user_id] = name
    outside = {user_id: _("Somebody outside") for user_id in user_ids}
    return outside | names | hidden
