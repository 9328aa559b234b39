"""What the periodic process does for the studio: reminds managers of a review, once."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app

from csiapp.accounts import mail
from csiapp.accounts.chores import found_in_networks
from csiapp.accounts.models import Dealership
from csiapp.accounts.queries import current_dealership, current_network, list_members
from csiapp.core.activity import record
from csiapp.core.clock import today
from csiapp.core.extensions import db
from csiapp.core.i18n import day
from csiapp.core.periodic import add_chore, done_in
from csiapp.core.permissions import Role
from csiapp.core.tenancy import Scope, ScopeKind
from csiapp.standards.models import StandardSet
from csiapp.studio.cycle import REMIND_DAYS, Stand, review_stand

HOUR = 3600


class Near(NamedTuple):
    """A set whose review may be near."""

    network_id: int
    tenant_id: int
    set_id: uuid.UUID


def init_app() -> None:
    """Add our chore once."""
    add_chore("review reminders", HOUR, remind_of_reviews)


def remind_of_reviews() -> int:
    """Mail the managers of every set whose review is due and was not reminded of; returns how
    many sets. Each is one transaction, so that a mail goes out exactly when it is noted."""
    return sum(_remind(near) for near in found_in_networks(_candidates))


def _not_reminded() -> sa.ColumnElement[bool]:
    return sa.or_(
        StandardSet.reminded_of.is_(None), StandardSet.reminded_of != StandardSet.next_review_on
    )


def _candidates() -> list[Near]:
    """Sets with a date that may be near: where it is a day later, one day more."""
    latest = today("UTC") + dt.timedelta(days=REMIND_DAYS + 1)
    rows = db.session.execute(
        sa.select(StandardSet.network_id, StandardSet.tenant_id, StandardSet.id)
        .join(Dealership, Dealership.id == StandardSet.tenant_id)
        .where(Dealership.active, StandardSet.next_review_on <= latest, _not_reminded())
    )
    return [Near(*row) for row in rows]


def _remind(near: Near) -> bool:
    scope = Scope(ScopeKind.TENANT, near.network_id, tenant_id=near.tenant_id)
    with current_app.test_request_context(base_url=mail.settings().public_url or None):
        return done_in(scope, f"set {near.set_id} is not reminded", lambda: _told(near.set_id))


def _told(set_id: uuid.UUID) -> bool:
    owner = db.session.scalars(
        sa.select(StandardSet).where(StandardSet.id == set_id, _not_reminded()).with_for_update()
    ).one_or_none()
    if owner is None or not _is_near(owner):
        return False
    _post(owner)
    return True


def _is_near(owner: StandardSet) -> bool:
    day = today(current_dealership().timezone)
    return review_stand(owner.next_review_on, day) in {Stand.DUE, Stand.LATE}


def _post(owner: StandardSet) -> None:
    place = current_dealership()
    link = ""
    if mail.settings().public_url:
        link = mail.public_url("cycle.index", dealership=place.slug, set_code=owner.code)
    for manager in list_members(Role.MANAGER):
        mail.post(
            "review_due",
            manager.email,
            manager.locale or current_network().locale,
            network_id=owner.network_id,
            place=place.name,
            set_name=owner.name,
            on=day(owner.next_review_on),
            url=link,
        )
    owner.reminded_of = owner.next_review_on
    db.session.flush()
    told = {"set": owner.code, "on": day(owner.next_review_on)}
    record("cycle.review_reminded", "standard_set", owner.id, told)
