"""Reads of courses, staff and what they completed. Days are passed in, never taken from a clock."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sqlalchemy as sa

from csiapp.accounts.models import User
from csiapp.accounts.queries import names_of
from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.web import Page, page_of
from csiapp.training.models import Completion, Course, CourseRequirement, StaffMember
from csiapp.training.status import (
    GRACE_DAYS,
    Entry,
    EntryKind,
    Standing,
    State,
    completion_rate,
    standing,
)

PER_PAGE = 25

NOTHING = Standing(State.NOT_REQUIRED, None, required=False, counts=False)
"""A course that a person neither must hold nor ever took."""


# ------------------------------------------------------------------------------------ courses


@dataclass(frozen=True)
class Catalogue:
    """The network's courses in the order of their codes, and which role must or may take them."""

    courses: Mapping[uuid.UUID, Course]
    required_by_role: Mapping[str, frozenset[uuid.UUID]]
    optional_by_role: Mapping[str, frozenset[uuid.UUID]]

    @cached_property
    def by_code(self) -> Mapping[str, Course]:
        return {course.code: course for course in self.courses.values()}

    def required_of(self, roles: Iterable[str]) -> frozenset[uuid.UUID]:
        """The ids of the courses that somebody with these roles must hold."""
        return frozenset().union(*(self.required_by_role.get(role, frozenset()) for role in roles))

    def optional_for(self, roles: Iterable[str]) -> frozenset[uuid.UUID]:
        return frozenset().union(*(self.optional_by_role.get(role, frozenset()) for role in roles))


def catalogue() -> Catalogue:
    """Two queries."""
    courses = db.session.scalars(sa.select(Course).order_by(Course.code))
    required: dict[str, set[uuid.UUID]] = defaultdict(set)
    optional: dict[str, set[uuid.UUID]] = defaultdict(set)
    rows = db.session.execute(
        sa.select(CourseRequirement.course_id, CourseRequirement.role, CourseRequirement.required)
    )
    for course_id, role, must in rows:
        (required if must else optional)[role].add(course_id)
    return Catalogue(
        courses={course.id: course for course in courses},
        required_by_role={role: frozenset(ids) for role, ids in required.items()},
        optional_by_role={role: frozenset(ids) for role, ids in optional.items()},
    )


def course_titles() -> dict[str, Text2]:
    """Code -> title of the network's courses, in the order of the codes."""
    rows = db.session.execute(sa.select(Course.code, Course.title).order_by(Course.code))
    return {row.code: row.title for row in rows}


def get_course(code: str) -> Course:
    course = db.session.scalars(sa.select(Course).where(Course.code == code)).one_or_none()
    if course is None:
        raise NotFound
    return course


# -------------------------------------------------------------------------------------- staff


def get_staff(staff_id: uuid.UUID, *, lock: bool = False) -> StaffMember:
    statement = sa.select(StaffMember).where(StaffMember.id == staff_id)
    if lock:
        statement = statement.with_for_update()
    person = db.session.scalars(statement).one_or_none()
    if person is None:
        raise NotFound
    return person


def lock_staff(staff_ids: Collection[uuid.UUID]) -> Sequence[StaffMember]:
    """These people, locked in one order for everybody who locks several. Raises NotFound."""
    people = db.session.scalars(
        sa.select(StaffMember)
        .where(StaffMember.id.in_(staff_ids))
        .order_by(StaffMember.id)
        .with_for_update()
    ).all()
    if len(people) < len(staff_ids):
        raise NotFound
    return people


def staff_of_user(user_id: uuid.UUID | None) -> StaffMember | None:
    """The staff record that a signed-in person is linked to at this dealership."""
    return db.session.scalars(
        sa.select(StaffMember).where(StaffMember.user_id == user_id).order_by(StaffMember.id)
    ).first()


def email_of(person: StaffMember) -> str:
    """Where the person's sign-in is reached; empty without a sign-in."""
    if person.user_id is None:
        return ""
    return db.session.scalar(sa.select(User.email).where(User.id == person.user_id)) or ""


def was_on_staff(user_id: uuid.UUID) -> bool:
    """Whether a person stands in the dealership's staff list, also when they have left."""
    found = sa.select(StaffMember.id).where(StaffMember.user_id == user_id).limit(1)
    return db.session.scalar(found) is not None


def staff_on(day: dt.date) -> Sequence[StaffMember]:
    """Who is on staff that day, by name. The last day at the dealership still counts."""
    return db.session.scalars(
        sa.select(StaffMember)
        .where(
            StaffMember.joined_on <= day,
            sa.or_(StaffMember.left_on.is_(None), StaffMember.left_on >= day),
        )
        .order_by(StaffMember.name, StaffMember.id)
    ).all()


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """What the staff list shows; `left` shows those who left instead of those who are here."""

    search: str = ""
    role: str = ""
    left: bool = False


def list_staff(wanted: StaffFilter, day: dt.date, number: int = 1) -> Page[StaffMember]:
    """One page of the staff list, by name; those who will join later are in it."""
    gone = sa.and_(StaffMember.left_on.is_not(None), StaffMember.left_on < day)
    statement = sa.select(StaffMember).where(gone if wanted.left else sa.not_(gone))
    if wanted.search:
        statement = statement.where(
            sa.or_(
                StaffMember.name.icontains(wanted.search, autoescape=True),
                StaffMember.number.icontains(wanted.search, autoescape=True),
            )
        )
    if wanted.role:  # kept as a JSON list of codes
        roles = sa.type_coerce(StaffMember.roles, sa.Text)
        statement = statement.where(roles.contains(f'"{wanted.role}"', autoescape=True))
    return page_of(statement.order_by(StaffMember.name, StaffMember.id), number, PER_PAGE)


# ------------------------------------------------------------------------------- what they hold


@dataclass(frozen=True)
class PersonTraining:
    """One person's courses on a day: those that they must hold, and those that have entries.
    Both mappings are by course."""

    person: StaffMember
    standings: Mapping[uuid.UUID, Standing]
    entries: Mapping[uuid.UUID, Sequence[Entry]]

    @cached_property
    def rate(self) -> Fraction | None:
        """Valid required courses over those that count; None when nothing counts yet."""
        return completion_rate(self.standings.values())

    def of(self, course_id: uuid.UUID) -> Standing:
        return self.standings.get(course_id, NOTHING)

    @property
    def grace_ends(self) -> dt.date:
        """Before this day, what the person has still to do does not count against anybody."""
        return self.person.joined_on + dt.timedelta(days=GRACE_DAYS)

    def having(self, state: State) -> frozenset[uuid.UUID]:
        """The required courses that are in a state."""
        return frozenset(
            course
            for course, held in self.standings.items()
            if held.required and held.state == state
        )


def training_of(
    people: Sequence[StaffMember], known: Catalogue, day: dt.date
) -> list[PersonTraining]:
    """What these people hold on a day. One query, however many they are."""
    entries = entries_of([person.id for person in people])
    return [training_on(person, entries.get(person.id, {}), known, day) for person in people]


@dataclass(frozen=True, slots=True)
class Roll:
    """The network's courses, and everybody on staff on a day with what they hold."""

    known: Catalogue
    everybody: Sequence[PersonTraining]


def roll_on(day: dt.date) -> Roll:
    """Four queries, however many people there are."""
    known = catalogue()
    return Roll(known, training_of(staff_on(day), known, day))


def entries_of(
    staff_ids: Collection[uuid.UUID], course_ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, dict[uuid.UUID, list[Entry]]]:
    """Person -> course -> dated entries. One query; None asks for all courses."""
    found: dict[uuid.UUID, dict[uuid.UUID, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    if not staff_ids:
        return found
    statement = sa.select(
        Completion.staff_id,
        Completion.course_id,
        Completion.kind,
        Completion.on,
        Completion.id,
        Completion.voids_id,
    ).where(Completion.staff_id.in_(staff_ids))
    if course_ids is not None:
        statement = statement.where(Completion.course_id.in_(course_ids))
    for staff_id, course_id, kind, on, entry_id, voids_id in db.session.execute(statement):
        found[staff_id][course_id].append(Entry(EntryKind(kind), on, entry_id, voids_id))
    return found


def training_on(
    person: StaffMember,
    entries: Mapping[uuid.UUID, list[Entry]],
    known: Catalogue,
    day: dt.date,
) -> PersonTraining:
    """What one person holds on a day; `entries` are all of the person's, by course."""
    required = known.required_of(person.roles)
    return PersonTraining(
        person,
        {
            course_id: standing(
                entries.get(course_id, ()),
                day,
                required=course_id in required,
                validity_months=course.validity_months,
                joined_on=person.joined_on,
            )
            for course_id, course in known.courses.items()
            if course_id in required or course_id in entries
        },
        entries,
    )


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry as it is shown, with the one that took it back."""

    entry: Completion
    void: Completion | None
    recorded_by: str


def history_of(
    staff_id: uuid.UUID, course_id: uuid.UUID | None = None
) -> dict[uuid.UUID, list[HistoryLine]]:
    """Course -> the entries of a person, the newest first. Two queries; None asks for all
    courses."""
    statement = (
        sa.select(Completion)
        .where(Completion.staff_id == staff_id)
        .order_by(Completion.on.desc(), Completion.recorded_at.desc(), Completion.id.desc())
    )
    if course_id is not None:
        statement = statement.where(Completion.course_id == course_id)
    rows = db.session.scalars(statement).all()
    names = names_of(row.recorded_by for row in rows)
    voids = {row.voids_id: row for row in rows if row.voids_id is not None}
    lines: dict[uuid.UUID, list[HistoryLine]] = defaultdict(list)
    for row in rows:
        if row.voids_id is None:
            author = names.get(row.recorded_by, "") if row.recorded_by else ""
            lines[row.course_id].append(HistoryLine(row, voids.get(row.id), author))
    return lines


def get_entry(entry_id: uuid.UUID) -> Completion:
    """An entry that says something of its own. Raises NotFound."""
    entry = db.session.scalars(sa.select(Completion).where(Completion.id == entry_id)).one_or_none()
    if entry is None or entry.kind == EntryKind.VOIDED:
        raise NotFound
    return entry
