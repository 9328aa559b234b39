"""From the URL and the person to the scope of the request: the only way in.

    /t/<dealership>/...                 member of that dealership
    /n/<network>/...                    network role; reads all, writes network tables
    /n/<network>/d/<dealership>/...     network role acting on one dealership (VERB_TABLES)
    /s/<network>/...                    shopper: the list of own visits
    /v/<visit_id>/...                   shopper: one own visit

A place where the person has no membership answers like one that does not exist (404); a
role without the permission answers 403.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from csiapp.accounts.identity import Place, SignedIn
from csiapp.accounts.models import Dealership
from csiapp.core.db import Text2
from csiapp.core.errors import Forbidden, NotFound
from csiapp.core.extensions import db
from csiapp.core.permissions import (
    ROLE_PERMISSIONS,
    SCOPE_KIND_OF_ROLE,
    VERB_TABLES,
    Permission,
)
from csiapp.core.tenancy import Scope, ScopeKind, entered

VisitFinder = Callable[[uuid.UUID], int | None]
"""Under a shopper's scope: the dealership of that visit, or None. Set by audits."""


@dataclass(frozen=True, slots=True)
class Located:
    """A scope, and the place it is about, for the page around it."""

    scope: Scope
    name: Text2
    timezone: str
    network_slug: str
    dealership_slug: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a URL that say where."""

    network: str | None = None
    dealership: str | None = None
    shopper_area: bool = False
    visit_id: uuid.UUID | None = None


def locate(person: SignedIn, permission: Permission, at: Address) -> Located | None:
    """The scope for this permission at this address; None where the address names no place.

    Raises NotFound or Forbidden.
    """
    if at.visit_id is not None:
        return _one_visit(person, permission, at.visit_id)
    if at.network is not None and at.dealership is not None:
        return _verb(person, permission, at.network, at.dealership)
    if at.network is not None:
        kind = ScopeKind.SHOPPER if at.shopper_area else ScopeKind.NETWORK
        return _network(person, permission, at.network, kind)
    if at.dealership is not None:
        return _dealership(person, permission, at.dealership)
    return None


def _granted(places: list[Place], permission: Permission) -> frozenset[str]:
    """All permissions at these places. No place: NotFound; not this permission: Forbidden."""
    if not places:
        raise NotFound
    granted = frozenset().union(*(ROLE_PERMISSIONS[p.role] for p in places))
    if permission is not Permission.SIGNED_IN and permission not in granted:
        raise Forbidden
    return frozenset(p.value for p in granted)


def _dealership(person: SignedIn, permission: Permission, slug: str) -> Located:
    places = [p for p in person.places if p.dealership_slug == slug]
    granted = _granted(places, permission)
    place = places[0]
    scope = Scope(
        ScopeKind.TENANT,
        place.network_id,
        actor=person.id,
        tenant_id=place.dealership_id,
        permissions=granted,
    )
    name = place.dealership_name or {}
    return Located(scope, name, place.timezone, place.network_slug, slug)


def _network_places(person: SignedIn, slug: str, kind: ScopeKind) -> list[Place]:
    return [
        p
        for p in person.places
        if p.network_slug == slug
        and p.dealership_slug is None
        and SCOPE_KIND_OF_ROLE[p.role] is kind
    ]


def _network(person: SignedIn, permission: Permission, slug: str, kind: ScopeKind) -> Located:
    places = _network_places(person, slug, kind)
    granted = _granted(places, permission)
    place = places[0]
    shopper = person.id if kind is ScopeKind.SHOPPER else None
    scope = Scope(kind, place.network_id, actor=person.id, shopper_id=shopper, permissions=granted)
    return Located(scope, place.network_name, place.timezone, slug)


def _verb(person: SignedIn, permission: Permission, network: str, slug: str) -> Located:
    """A network role acts on one dealership: a tenant scope that may write few tables."""
    places = _network_places(person, network, ScopeKind.NETWORK)
    granted = _granted(places, permission)
    place = places[0]
    try:
        dealership = db.session.scalar(
            sa.select(Dealership).where(
                Dealership.slug == slug, Dealership.network_id == place.network_id
            )
        )
        if dealership is None:
            raise NotFound
        scope = Scope(
            ScopeKind.TENANT,
            place.network_id,
            actor=person.id,
            tenant_id=dealership.id,
            permissions=granted,
            writable=VERB_TABLES[permission],
        )
        return Located(scope, dealership.name, dealership.timezone, network, slug)
    finally:
        db.session.close()


def _one_visit(person: SignedIn, permission: Permission, visit_id: uuid.UUID) -> Located:
    places = [p for p in person.places if SCOPE_KIND_OF_ROLE[p.role] is ScopeKind.SHOPPER]
    granted = _granted(places, permission)
    finder: VisitFinder = current_app.extensions["csiapp.visit_finder"]
    for place in places:
        listing = Scope(ScopeKind.SHOPPER, place.network_id, actor=person.id, shopper_id=person.id)
        with entered(listing):
            tenant_id = finder(visit_id)
            db.session.close()
        if tenant_id is not None:
            return visit_place(place.network_id, tenant_id, visit_id, person.id, granted)
    raise NotFound


def visit_place(
    network_id: int,
    tenant_id: int,
    visit_id: uuid.UUID,
    shopper_id: uuid.UUID,
    permissions: frozenset[str],
) -> Located:
    """The scope of one visit for its shopper."""
    try:
        dealership = db.session.get(Dealership, tenant_id)
        if dealership is None:
            raise NotFound
        scope = Scope(
            ScopeKind.VISIT,
            network_id,
            actor=shopper_id,
            tenant_id=tenant_id,
            visit_id=visit_id,
            shopper_id=shopper_id,
            permissions=permissions,
        )
        return Located(scope, dealership.name, dealership.timezone, network_slug="")
    finally:
        db.session.close()
