"""The smallest world with neighbours: two networks, three dealerships, a person per role."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from csiapp.accounts.models import Dealership, Membership, Network, User
from csiapp.core import clock
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import Scope, ScopeKind

NEAR, FAR = "near", "far"
ZONE = "Asia/Shanghai"


def today() -> dt.date:
    """The day it is at the dealerships of the world: from 16:00 on, UTC has an earlier one."""
    return clock.today(ZONE)


@dataclass
class World:
    """Ids by name. Dealerships "near" and "next" share network "near"; "far" is in "far"."""

    networks: dict[str, int] = field(default_factory=dict)
    dealerships: dict[str, int] = field(default_factory=dict)
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def tenant(self, dealership: str = "near", person: str = "manager") -> Scope:
        network = FAR if dealership == "far" else NEAR
        return Scope(
            ScopeKind.TENANT,
            self.networks[network],
            actor=self.people[person],
            tenant_id=self.dealerships[dealership],
        )

    def network(self, network: str = NEAR, person: str = "headoffice") -> Scope:
        return Scope(ScopeKind.NETWORK, self.networks[network], actor=self.people[person])

    def shopper(self, person: str = "shopper") -> Scope:
        return Scope(
            ScopeKind.SHOPPER,
            self.networks[NEAR],
            actor=self.people[person],
            shopper_id=self.people[person],
        )


def build_world() -> World:
    """Write the world. Call inside an app context, without a scope."""
    world = World()
    for network_id, slug in ((1, NEAR), (2, FAR)):
        name = {"zh": f"测试网络 {slug}", "en": f"Test network {slug}"}
        db.session.add(Network(id=network_id, slug=slug, name=name))
        world.networks[slug] = network_id
    db.session.flush()
    for dealership_id, slug, network_id in ((11, "near", 1), (12, "next", 1), (21, "far", 2)):
        db.session.add(
            Dealership(
                id=dealership_id,
                network_id=network_id,
                slug=slug,
                code=f"D{dealership_id}",
                name={"zh": f"测试店 {slug}", "en": f"Test dealership {slug}"},
                city={"zh": "测试市", "en": "Testville"},
            )
        )
        world.dealerships[slug] = dealership_id
    db.session.flush()
    for name, role, network_id, dealership_id in (
        ("admin", Role.ADMIN, 1, None),
        ("headoffice", Role.HEAD_OFFICE, 1, None),
        ("reviewer", Role.REVIEWER, 1, None),
        ("shopper", Role.SHOPPER, 1, None),
        ("other_shopper", Role.SHOPPER, 1, None),
        ("manager", Role.MANAGER, 1, 11),
        ("staff", Role.STAFF, 1, 11),
        ("next_manager", Role.MANAGER, 1, 12),
        ("far_manager", Role.MANAGER, 2, 21),
        ("far_headoffice", Role.HEAD_OFFICE, 2, None),
        ("far_shopper", Role.SHOPPER, 2, None),
    ):
        user = User(email=f"{name}@test.example", name=f"Test {name}", locale="en")
        db.session.add(user)
        db.session.flush()
        db.session.add(
            Membership(
                user_id=user.id,
                network_id=network_id,
                dealership_id=dealership_id,
                role=role.value,
            )
        )
        world.people[name] = user.id
    db.session.commit()
    return world
