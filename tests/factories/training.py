"""Training of the test world, made through the real services: courses, staff, entries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from csiapp.core.extensions import db
from csiapp.core.tenancy import Scope
from csiapp.training import queries, services
from csiapp.training.installation import install_courses
from csiapp.training.models import Completion, StaffMember
from csiapp.training.services import NewEntry, StaffDetails
from csiapp.training.status import EntryKind
from tests.factories.standards import at_work
from tests.factories.world import World

LONG_AGO = dt.date(2020, 1, 6)


def install(world: World, network: str = "near") -> None:
    """The reference courses, in a network."""
    person = "headoffice" if network == "near" else "far_headoffice"
    with at_work(world.network(network, person)):
        install_courses()


def scope(world: World, dealership: str = "near") -> Scope:
    person = "manager" if dealership == "near" else f"{dealership}_manager"
    return world.tenant(dealership, person)


def hire(
    world: World,
    number: str,
    roles: Sequence[str] = ("SA",),
    *,
    name: str = "",
    joined_on: dt.date = LONG_AGO,
    email: str = "",
    dealership: str = "near",
) -> uuid.UUID:
    """A member of staff; the id."""
    details = StaffDetails(
        name=name or f"Test person {number}",
        number=number,
        roles=list(roles),
        joined_on=joined_on,
        email=email,
    )
    with at_work(scope(world, dealership)):
        return services.add_staff(details).id


def note_down(
    world: World,
    person: uuid.UUID,
    course: str,
    kind: str = "passed",
    on: dt.date = LONG_AGO,
    *,
    dealership: str = "near",
    **more: Any,
) -> uuid.UUID:
    """An entry as if recorded on its own day; a pass has the full mark. The id."""
    if kind == "passed":
        more.setdefault("mark", 100)
    if kind == "waived":
        more.setdefault("note", "Has the maker's certificate")
    entry = NewEntry(kind=EntryKind(kind), on=on, **more)
    with at_work(scope(world, dealership)):
        return services.record_entry(person, course, entry, today=on).id


def crowd(world: World, size: int, first: int = 0) -> None:
    """So many people in mixed roles, each with passes of two courses, written directly."""
    roles = ("SA", "RC", "TE", "PT", "CA", "CR", "SM", "WC")
    with at_work(scope(world)):
        courses = [queries.get_course(code).id for code in ("TC01", "TC04")]
        people = [
            StaffMember(
                name=f"Test crowd {n:03}",
                number=f"C{n:03}",
                roles=[roles[n % len(roles)]],
                joined_on=LONG_AGO,
            )
            for n in range(first, first + size)
        ]
        db.session.add_all(people)
        db.session.flush()
        db.session.add_all(
            Completion(staff_id=p.id, course_id=c, kind="passed", on=LONG_AGO, mark=90)
            for p in people
            for c in courses
        )
