"""The ground on which every attack is tried: rows of two dealerships of one network.

The attacker's scope is dealership "near"; everything of dealership "next" says SECRET.
The relationships are added for the attacks alone: lazy loads are a way in like any other.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import relationship

from csiapp.accounts.models import Dealership
from csiapp.core.extensions import db
from csiapp.core.tenancy import GuardedSession
from csiapp.standards.models import ServiceStep, StandardSet, StandardVersion
from csiapp.training.models import StaffMember

OWN, OTHER = 11, 12
SET1, SET2 = uuid.UUID(int=1), uuid.UUID(int=2)
V1, V2 = uuid.UUID(int=11), uuid.UUID(int=12)
A1, A2 = uuid.UUID(int=21), uuid.UUID(int=22)
T1, T2 = uuid.UUID(int=31), uuid.UUID(int=32)

Dealership.attacked_versions = relationship(
    StandardVersion,
    viewonly=True,
    uselist=True,
    primaryjoin=lambda: Dealership.id == sa.orm.foreign(StandardVersion.tenant_id),
)
StandardVersion.attacked_steps = relationship(
    ServiceStep, back_populates="attacked_version", cascade="all", overlaps="attacked_version"
)
ServiceStep.attacked_version = relationship(
    StandardVersion, back_populates="attacked_steps", overlaps="attacked_steps"
)


@dataclass(frozen=True)
class Attack:
    """`run(session, engine)` tries; truthy means it saw or did something it must not.

    `scope` is "own", "network", or "none". `refusal` says, per database and in words of the
    error, how the two differ; where it is empty both refuse alike.
    """

    name: str
    run: Callable[[GuardedSession, Engine], object]
    scope: str = "own"
    refusal: dict[str, str] | None = None


attacks: list[Attack] = []


def attack(name: str, scope: str = "own", refusal: dict[str, str] | None = None):
    """Register an attack."""

    def register(function):
        attacks.append(Attack(name, function, scope, refusal))
        return function

    return register


def saw(value: object) -> bool:
    return "SECRET" in repr(value)


def set_the_stage(owner: sa.Connection) -> None:
    """Write both dealerships' rows below all guards."""
    for tenant, set_id, version, step, staff, text in (
        (OWN, SET1, V1, A1, T1, "own"),
        (OTHER, SET2, V2, A2, T2, "SECRET"),
    ):
        who = {"tenant_id": tenant, "network_id": 1}
        two = {"zh": text, "en": text}
        owner.execute(
            sa.insert(StandardSet.__table__), {**who, "id": set_id, "code": "S", "name": two}
        )
        owner.execute(
            sa.insert(StandardVersion.__table__),
            {
                **who,
                "id": version,
                "set_id": set_id,
                "number": 1 if tenant == OWN else 2,
                "state": "draft",
                "edit": 0,
                "reason": text,
                "created_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            },
        )
        owner.execute(
            sa.insert(ServiceStep.__table__),
            {
                **who,
                "id": step,
                "version_id": version,
                "code": "S01",
                "position": 1,
                "name": two,
                "purpose": two,
                "primary_factor": "SI",
                "customer_present": True,
                "moments": [],
            },
        )
        owner.execute(
            sa.insert(StaffMember.__table__),
            {
                **who,
                "id": staff,
                "name": text,
                "number": "1",
                "roles": ["SA"],
                "joined_on": dt.date(2026, 1, 1),
            },
        )


def state_of_the_other(owner: sa.Connection) -> list[list[str]]:
    """Everything of the other dealership, and whatever of it was copied or tied to ours."""
    found = [
        sorted(map(str, owner.execute(sa.text(f"SELECT * FROM {t} WHERE tenant_id = {OTHER}"))))
        for t in ("standard_set", "standard_version", "service_step", "staff_member")
    ]
    copied = sa.text(
        f"SELECT id FROM standard_version WHERE tenant_id = {OWN} AND reason LIKE '%SECRET%' "
        f"UNION ALL SELECT id FROM staff_member WHERE tenant_id = {OWN} AND name LIKE '%SECRET%'"
    )
    dangling = sa.text(
        "SELECT s.id FROM service_step s WHERE NOT EXISTS (SELECT 1 FROM standard_version v "
        "WHERE v.id = s.version_id AND v.tenant_id = s.tenant_id)"
    )
    return [
        *found,
        sorted(map(str, owner.execute(copied))),
        list(map(str, owner.execute(dangling))),
    ]


def session_of_our_own() -> GuardedSession:
    return GuardedSession(db)
