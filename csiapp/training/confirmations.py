"""Staff read the published standards and confirm each version; managers see who has not."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope
from csiapp.standards import queries as standards
from csiapp.standards.models import StandardSet, StandardVersion
from csiapp.training import queries
from csiapp.training.models import StaffMember, StandardsConfirmation


@dataclass(frozen=True, slots=True)
class Line:
    """A member of staff and when they confirmed; None when they have not."""

    person: StaffMember
    confirmed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Confirmations:
    """Who is on staff, those first who have not confirmed."""

    lines: Sequence[Line]

    @property
    def confirmed(self) -> int:
        return sum(line.confirmed_at is not None for line in self.lines)

    @property
    def missing(self) -> int:
        return len(self.lines) - self.confirmed


def confirmation_of(staff_id: uuid.UUID, version_id: uuid.UUID) -> StandardsConfirmation | None:
    return db.session.scalars(
        sa.select(StandardsConfirmation).where(
            StandardsConfirmation.staff_id == staff_id,
            StandardsConfirmation.version_id == version_id,
        )
    ).one_or_none()


def confirm(version_id: uuid.UUID) -> StandardsConfirmation:
    """The signed-in person has read this version. Saying so twice changes nothing.

    Raises Invalid for somebody who is not on the staff list, Conflict when the version is not
    the one in force (any more).
    """
    person = queries.staff_of_user(current_scope().actor)
    if person is None:
        raise Invalid(_("You are not on the staff list of this dealership."))
    queries.get_staff(person.id, lock=True)  # two taps come one after the other
    there = confirmation_of(person.id, version_id)
    if there is not None:
        return there
    state = db.session.scalar(
        sa.select(StandardVersion.state).where(StandardVersion.id == version_id)
    )
    if state != "published":
        raise Conflict(_("There is a newer version. Read that one."))
    confirmation = StandardsConfirmation(staff_id=person.id, version_id=version_id)
    db.session.add(confirmation)
    db.session.flush()
    record("standards.confirmed", "standard_version", version_id, {"staff": str(person.id)})
    return confirmation


def confirmations_of(version_id: uuid.UUID, day: dt.date) -> Confirmations:
    """Two queries, however many people there are."""
    at = {
        row.staff_id: row.confirmed_at
        for row in db.session.scalars(
            sa.select(StandardsConfirmation).where(StandardsConfirmation.version_id == version_id)
        )
    }
    lines = [Line(person, at.get(person.id)) for person in queries.staff_on(day)]
    return Confirmations(sorted(lines, key=lambda line: line.confirmed_at is not None))


@dataclass(frozen=True, slots=True)
class InForce:
    """A set's version in force, and how many of the staff have not confirmed it."""

    set: StandardSet
    version: StandardVersion
    missing: int


def in_force(day: dt.date) -> list[InForce]:
    """Each set with a published version. Three queries."""
    at_work = [each for each in standards.sets_at_work() if each.published is not None]
    people = {person.id for person in queries.staff_on(day)}
    rows = db.session.execute(
        sa.select(StandardsConfirmation.version_id, StandardsConfirmation.staff_id).where(
            StandardsConfirmation.version_id.in_([e.published.id for e in at_work if e.published])
        )
    ).all()
    confirmed = {(row.version_id, row.staff_id) for row in rows}
    return [
        InForce(
            each.set,
            each.published,
            sum((each.published.id, person) not in confirmed for person in people),
        )
        for each in at_work
        if each.published
    ]


def to_read(staff_id: uuid.UUID) -> list[tuple[StandardSet, StandardVersion]]:
    """The versions in force that a member of staff has not confirmed yet."""
    found = [(each.set, each.published) for each in standards.sets_at_work() if each.published]
    done = set(
        db.session.scalars(
            sa.select(StandardsConfirmation.version_id).where(
                StandardsConfirmation.staff_id == staff_id
            )
        )
    )
    return [(held, version) for held, version in found if version.id not in done]
