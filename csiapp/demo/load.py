"""Loads the demo, once. A load that was interrupted is noticed and not built upon."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from csiapp.accounts.models import Network, User
from csiapp.accounts.passwords import hash_password, password_fits
from csiapp.audits.services.forms import build_forms
from csiapp.core.activity import record
from csiapp.core.clock import day_at, utcnow
from csiapp.core.extensions import db
from csiapp.core.models import NetworkActivityEntry, Outbox
from csiapp.core.tenancy import entered
from csiapp.core.transactions import own_transaction
from csiapp.demo.places import (
    DOMAIN,
    NETWORK_ID,
    NETWORK_SLUG,
    ZONE,
    DemoWorld,
    build_places,
    build_regions,
)
from csiapp.demo.staff import build_staff
from csiapp.demo.studio import build_cycle, choose_key_factors
from csiapp.demo.versions import build_second_version, install_newer_edition
from csiapp.demo.visits import build_past, build_running
from csiapp.demo.wording import LOADED
from csiapp.demo.work import at_work, in_dealership, in_network
from csiapp.founding import adopt_reference, install_reference
from csiapp.standards.queries import sets
from csiapp.standards.services import publish

SIGN_IN = ("admin", "headoffice", "manager", "reviewer", "shopper", "staff")
YEAR_AGO = dt.timedelta(days=400)


class Interrupted(RuntimeError):
    """An earlier load stopped half way; what is there must be thrown away first."""


def load_demo(password: str) -> bool:
    """Make the demo's data, where there is none yet, and keep the accounts' password as given.

    True when data was made. Raises Interrupted.
    """
    present = _present()
    if present is not None:
        if not present:
            raise Interrupted
        _keep_password(password)
        return False
    now = utcnow()
    today = day_at(ZONE, now)
    world = _build_places(password)
    _install(world, now - YEAR_AGO)
    for dealership_id in world.dealerships:
        _set_up(world, dealership_id, now, today)
    visits = build_past(world, today)
    _go_on_with_standards(world, now)
    build_running(world, today)
    with at_work(in_network(NETWORK_ID, world.people["admin"]), now):
        # the past's reports give way to whatever somebody does in the demo
        db.session.execute(sa.update(Outbox).where(Outbox.sent_at.is_(None)).values(queue="low"))
        record(LOADED, "network", NETWORK_ID, {"visits": visits})
    return True


def _present() -> bool | None:
    """None: nothing is there. True: the whole demo is. False: a part of it."""
    try:
        network = db.session.scalar(sa.select(Network).where(Network.slug == NETWORK_SLUG))
    finally:
        db.session.close()
    if network is None:
        return None
    with entered(in_network(NETWORK_ID, uuid.UUID(int=0))):
        query = sa.select(NetworkActivityEntry.id).where(NetworkActivityEntry.verb == LOADED)
        found = db.session.scalar(query)
        db.session.close()
    return found is not None


def _build_places(password: str) -> DemoWorld:
    with own_transaction():
        return build_places(password)


def _keep_password(password: str) -> None:
    """The address and password printed at start are the ones that work."""
    with own_transaction():
        emails = [f"{name}@{DOMAIN}" for name in SIGN_IN]
        for user in db.session.scalars(sa.select(User).where(User.email.in_(emails))):
            if not password_fits(password, user.password_hash):
                user.password_hash = hash_password(password)


def _install(world: DemoWorld, moment: dt.datetime) -> None:
    """The network's own: regions, factor model, master standards, courses, form templates."""
    with at_work(in_network(NETWORK_ID, world.people["headoffice"]), moment):
        build_regions(world)
        install_reference()


def _go_on_with_standards(world: DemoWorld, now: dt.datetime) -> None:
    """The first dealership publishes a second version; then the network has a newer edition."""
    first = next(iter(world.dealerships))
    moment = now - dt.timedelta(days=5)
    with at_work(in_dealership(NETWORK_ID, first, world.managers[first]), moment):
        (owner,) = sets()
        build_forms(build_second_version(owner.id, day_at(ZONE, moment)))
    with at_work(in_network(NETWORK_ID, world.people["headoffice"]), now - dt.timedelta(days=3)):
        install_newer_edition()


def _set_up(world: DemoWorld, dealership_id: int, now: dt.datetime, today: dt.date) -> None:
    """One dealership adopts and publishes the master standards, and hires its staff."""
    scope = in_dealership(NETWORK_ID, dealership_id, world.managers[dealership_id])
    with at_work(scope, now - YEAR_AGO + dt.timedelta(days=7)):
        draft = adopt_reference()
        choose_key_factors(draft.set_id)
        reason = "演示：采用网络标准 Demo: the network's standards adopted"
        build_forms(publish(draft.set_id, reason, draft.edit).id)
    with at_work(scope, now):
        build_staff(dealership_id, today)
        if dealership_id == world.dealerships[0]:
            build_cycle(today)
