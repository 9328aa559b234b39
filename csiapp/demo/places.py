"""The demo's network, regions, dealerships and people who sign in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from csiapp.accounts.models import Dealership, Membership, Network, Region, User
from csiapp.accounts.passwords import hash_password
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.core.permissions import Role

DOMAIN = "demo.example"
NETWORK_ID = 1
NETWORK_SLUG = "demo"
ZONE = "Asia/Shanghai"

REGIONS: tuple[tuple[str, Text2], ...] = (
    ("N", {"zh": "演示北区", "en": "Demo north"}),
    ("E", {"zh": "演示东区", "en": "Demo east"}),
    ("S", {"zh": "演示南区", "en": "Demo south"}),
)
PLACES: tuple[tuple[str, str], ...] = (
    ("江滨", "Riverside"),
    ("湖畔", "Lakeside"),
    ("东门", "East Gate"),
    ("西苑", "West Park"),
    ("南桥", "South Bridge"),
    ("北站", "North Station"),
    ("新城", "New Town"),
    ("老街", "Old Street"),
    ("枫林", "Maple Grove"),
    ("竹园", "Bamboo Court"),
    ("云山", "Cloud Hill"),
    ("海港", "Harbour"),
)
SHOPPERS = 6


@dataclass
class DemoWorld:
    """Ids of what was made. `managers` is by dealership; the first of `shoppers` signs in."""

    dealerships: list[int] = field(default_factory=list)
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    managers: dict[int, uuid.UUID] = field(default_factory=dict)
    shoppers: list[uuid.UUID] = field(default_factory=list)


def build_places(password: str) -> DemoWorld:
    """Write the global rows. Call without a scope; commits nothing."""
    world = DemoWorld()
    db.session.add(
        Network(
            id=NETWORK_ID,
            slug=NETWORK_SLUG,
            name={"zh": "演示汽车网络", "en": "Demo Car Network"},
            timezone=ZONE,
        )
    )
    db.session.flush()
    for number, (zh, en) in enumerate(PLACES, start=1):
        db.session.add(_dealership(number, zh, en))
        world.dealerships.append(number)
    db.session.flush()
    _people(world, hash_password(password))
    return world


def build_regions(world: DemoWorld) -> None:
    """Regions belong to the network: call in its scope. Four dealerships each."""
    for number, (code, name) in enumerate(REGIONS):
        region = Region(code=code, name=name)
        db.session.add(region)
        db.session.flush()
        for dealership_id in world.dealerships[number * 4 : number * 4 + 4]:
            db.session.get_one(Dealership, dealership_id).region_id = region.id


def _dealership(number: int, zh: str, en: str) -> Dealership:
    return Dealership(
        id=number,
        network_id=NETWORK_ID,
        slug=f"demo-{number:02}",
        code=f"DEMO{number:02}",
        name={"zh": f"演示店{number:02} {zh}", "en": f"Demo dealership {number:02} {en}"},
        city={"zh": f"演示市{zh}", "en": f"Demo city {en}"},
        timezone=ZONE,
    )


def _people(world: DemoWorld, password_hash: str) -> None:
    """Six accounts that sign in, and those who only act in the past waves."""
    accounts = (
        ("admin", "演示管理员 Demo admin", Role.ADMIN, None),
        ("headoffice", "演示总部 Demo head office", Role.HEAD_OFFICE, None),
        ("manager", "演示店长 Demo manager", Role.MANAGER, world.dealerships[0]),
        ("reviewer", "演示审核员 Demo reviewer", Role.REVIEWER, None),
        ("shopper", "演示神秘顾客 Demo shopper", Role.SHOPPER, None),
        ("staff", "演示员工 Demo staff", Role.STAFF, world.dealerships[0]),
    )
    for name, shown, role, dealership_id in accounts:
        world.people[name] = _person(name, shown, role, dealership_id, password_hash)
    world.managers[world.dealerships[0]] = world.people["manager"]
    world.shoppers.append(world.people["shopper"])
    for number, dealership_id in enumerate(world.dealerships[1:], start=2):
        shown = f"演示店长{number:02} Demo manager"
        world.managers[dealership_id] = _person(
            f"manager{number:02}", shown, Role.MANAGER, dealership_id, None
        )
    for number in range(2, SHOPPERS + 1):
        shown = f"演示神秘顾客{number} Demo shopper"
        world.shoppers.append(_person(f"shopper{number}", shown, Role.SHOPPER, None, None))


def _person(
    name: str, shown: str, role: Role, dealership_id: int | None, password_hash: str | None
) -> uuid.UUID:
    user = User(email=f"{name}@{DOMAIN}", name=shown, password_hash=password_hash, locale="")
    db.session.add(user)
    db.session.flush()
    db.session.add(
        Membership(
            user_id=user.id,
            network_id=NETWORK_ID,
            dealership_id=dealership_id,
            role=role.value,
        )
    )
    return user.id
