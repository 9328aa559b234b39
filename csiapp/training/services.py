"""Changes of staff, and what is recorded about their training.

Entries are never changed or deleted: a mistaken one is taken back by another entry.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts.queries import member_by_email
from csiapp.core.activity import record
from csiapp.core.errors import Invalid
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope
from csiapp.training import queries
from csiapp.training.models import Completion, Course, StaffMember
from csiapp.training.status import Entry, EntryKind

EARLIEST = dt.date(1970, 1, 1)
"""Days before are typing mistakes."""


class Unfit(Invalid):
    """An input that does not fit; `field` is the name of the argument."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SomeUnfit(Invalid):
    """Nothing was recorded; `problems` says for whom, and why."""

    def __init__(self, problems: Mapping[uuid.UUID, Unfit]) -> None:
        super().__init__(next(iter(problems.values())).message)
        self.problems = problems


# -------------------------------------------------------------------------------------- staff


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDetails:
    """`email` is that of a person who signs in at this dealership, or empty."""

    name: str
    number: str
    roles: Sequence[str]
    joined_on: dt.date
    email: str = ""


def add_staff(details: StaffDetails) -> StaffMember:
    """A new member of staff. Raises Unfit (number taken; nobody with this e-mail here)."""
    person = StaffMember(**_columns(details))
    _save(person)
    record("training.staff_added", "staff_member", person.id, _traced(person))
    return person


def change_staff(staff_id: uuid.UUID, details: StaffDetails) -> StaffMember:
    """New name, number, roles, first day or sign-in. Raises NotFound, Unfit."""
    person = queries.get_staff(staff_id, lock=True)
    if person.left_on is not None and details.joined_on > person.left_on:
        raise Unfit("joined_on", _("This lies after the last day at the dealership."))
    columns = _columns(details, person)
    if all(getattr(person, name) == value for name, value in columns.items()):
        return person
    _save(person, columns)
    record("training.staff_changed", "staff_member", person.id, _traced(person))
    return person


def mark_left(staff_id: uuid.UUID, last_day: dt.date) -> StaffMember:
    """Somebody leaves; what they learnt stays on record. Raises NotFound, Unfit."""
    person = queries.get_staff(staff_id, lock=True)
    if last_day < person.joined_on:
        raise Unfit("left_on", _("The last day lies before the first."))
    person.left_on = last_day
    db.session.flush()
    detail = {"left_on": last_day.isoformat()}
    record("training.staff_left", "staff_member", person.id, detail)
    return person


def mark_returned(staff_id: uuid.UUID) -> StaffMember:
    """Somebody is on staff again, or never left. Raises NotFound."""
    person = queries.get_staff(staff_id, lock=True)
    if person.left_on is not None:
        person.left_on = None
        db.session.flush()
        record("training.staff_returned", "staff_member", person.id)
    return person


def _columns(details: StaffDetails, person: StaffMember | None = None) -> dict[str, Any]:
    return {
        "name": details.name,
        "number": details.number,
        "roles": list(details.roles),
        "joined_on": details.joined_on,
        "user_id": _user_of(details.email, person),
    }


def _user_of(email: str, person: StaffMember | None) -> uuid.UUID | None:
    if not email:
        return None
    if person is not None and email == queries.email_of(person):
        return person.user_id
    user = member_by_email(email)
    if user is None:
        raise Unfit("email", _("Nobody with this e-mail address signs in at this dealership."))
    linked = queries.staff_of_user(user.id)
    if linked is not None and linked is not person:
        raise Unfit("email", _("This sign-in belongs to %(name)s already.", name=linked.name))
    return user.id


def _save(person: StaffMember, columns: Mapping[str, Any] | None = None) -> None:
    """Write the row; the database itself sees to it that a number is given once."""
    try:
        with db.session.begin_nested():
            for name, value in (columns or {}).items():
                setattr(person, name, value)
            db.session.add(person)
    except sa.exc.IntegrityError as error:
        raise Unfit("number", _("Somebody else has this staff number.")) from error


def _traced(person: StaffMember) -> dict[str, Any]:
    return {
        "number": person.number,
        "roles": person.roles,
        "joined_on": person.joined_on.isoformat(),
        "user": str(person.user_id) if person.user_id else None,
    }


# ------------------------------------------------------------------------------------- entries


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to be recorded. `mark` is 0 to 100; `note` says why where somebody is exempted."""

    kind: EntryKind
    on: dt.date
    mark: int | None = None
    note: str = ""


def record_entry(
    staff_id: uuid.UUID, course_code: str, entry: NewEntry, *, today: dt.date
) -> Completion:
    """Record one thing about one person and one course.

    A mark below the pass mark makes a pass a failure: look at the `kind` of what is returned.
    Raises NotFound, and Unfit with the field `kind`, `on`, `mark` or `note`.
    """
    try:
        (made,) = record_entries(course_code, {staff_id: entry}, today=today)
    except SomeUnfit as unfit:
        raise unfit.problems[staff_id] from unfit
    return made


def record_entries(
    course_code: str, entries: Mapping[uuid.UUID, NewEntry], *, today: dt.date
) -> list[Completion]:
    """As :func:`record_entry`, one course for several people: all of them or, when something
    does not fit, nobody. Raises NotFound, SomeUnfit."""
    course = queries.get_course(course_code)
    people = queries.lock_staff(entries)
    known = queries.entries_of(list(entries), [course.id])
    made: list[Completion] = []
    problems: dict[uuid.UUID, Unfit] = {}
    for person in people:
        try:
            row = _checked(person, course, entries[person.id], today)
            _refuse_twice(row, known[person.id][course.id])
            made.append(row)
        except Unfit as unfit:
            problems[person.id] = unfit
    if problems:
        raise SomeUnfit(problems)
    db.session.add_all(made)
    db.session.flush()
    record("training.recorded", "course", course.code, {
        "course": course.code,
        "count": len(made),
        "entries": [_what(entry) for entry in made],
    })  # fmt: skip
    return made


def take_back(entry_id: uuid.UUID, reason: str, *, today: dt.date) -> Completion:
    """Void an entry: it then counts as never made. Raises NotFound, Unfit."""
    entry = queries.get_entry(entry_id)
    queries.get_staff(entry.staff_id, lock=True)
    voided = sa.select(Completion.id).where(Completion.voids_id == entry.id)
    if db.session.scalars(voided).first() is not None:
        raise Unfit("reason", _("This entry was taken back before."))
    if not reason.strip():
        raise Unfit("reason", _("Say why the entry is taken back."))
    void = Completion(
        staff_id=entry.staff_id,
        course_id=entry.course_id,
        kind=EntryKind.VOIDED.value,
        on=today,
        note=reason.strip(),
        voids_id=entry.id,
        recorded_by=current_scope().actor,
    )
    db.session.add(void)
    db.session.flush()
    record("training.taken_back", "completion", entry.id, {
        "course": queries.catalogue().courses[entry.course_id].code,
        "staff": str(entry.staff_id),
        "kind": entry.kind,
        "on": entry.on.isoformat(),
    })  # fmt: skip
    return void


def _checked(person: StaffMember, course: Course, entry: NewEntry, today: dt.date) -> Completion:
    """The row to write. A course may have been passed before joining, at another dealership."""
    _check_day(person, entry, today)
    kind = _kind_by_mark(course, entry)
    if kind is EntryKind.VOIDED:
        raise Unfit("kind", _("Choose what to record."))
    if kind is EntryKind.WAIVED and not entry.note.strip():
        raise Unfit("note", _("Say why this person is exempt from the course."))
    return Completion(
        staff_id=person.id,
        course_id=course.id,
        kind=kind.value,
        on=entry.on,
        mark=entry.mark if kind in (EntryKind.PASSED, EntryKind.FAILED) else None,
        note=entry.note.strip(),
        recorded_by=current_scope().actor,
    )


def _check_day(person: StaffMember, entry: NewEntry, today: dt.date) -> None:
    if entry.on > today:
        raise Unfit("on", _("The date lies in the future."))
    if entry.on < EARLIEST:
        raise Unfit("on", _("The date lies too far in the past."))
    if person.left_on is not None and entry.on > person.left_on:
        raise Unfit("on", _("%(name)s had left the dealership by then.", name=person.name))
    begun_here = entry.kind in (EntryKind.ASSIGNED, EntryKind.STARTED)
    if begun_here and entry.on < person.joined_on:
        raise Unfit("on", _("%(name)s had not joined the dealership yet.", name=person.name))


def _kind_by_mark(course: Course, entry: NewEntry) -> EntryKind:
    """Passed or failed is decided by the mark."""
    if entry.kind not in (EntryKind.PASSED, EntryKind.FAILED):
        return entry.kind
    if entry.mark is None:
        if entry.kind is EntryKind.PASSED:
            raise Unfit("mark", _("Type the mark."))
        return EntryKind.FAILED
    if not 0 <= entry.mark <= 100:
        raise Unfit("mark", _("A mark is a whole number from 0 to 100."))
    if entry.mark < course.pass_mark:
        return EntryKind.FAILED
    if entry.kind is EntryKind.FAILED:
        raise Unfit("mark", _("%(mark)s reaches the pass mark.", mark=entry.mark))
    return EntryKind.PASSED


def _refuse_twice(row: Completion, known: Sequence[Entry]) -> None:
    """A form sent twice is recorded once; after a mistake was taken back, it may come again."""
    taken_back = {entry.voids for entry in known}
    standing = {(entry.kind, entry.on) for entry in known if entry.id not in taken_back}
    if (row.kind, row.on) in standing:
        raise Unfit("on", _("The same is recorded for this day already."))


def _what(entry: Completion) -> dict[str, Any]:
    return {
        "staff": str(entry.staff_id),
        "kind": entry.kind,
        "on": entry.on.isoformat(),
        "mark": entry.mark,
    }
