"""About a hundred demo staff, with training in every state."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import defaultdict

from csiapp.demo.places import DOMAIN
from csiapp.training.models import Course
from csiapp.training.queries import catalogue
from csiapp.training.services import (
    NewEntry,
    StaffDetails,
    add_staff,
    mark_left,
    record_entries,
)
from csiapp.training.status import EntryKind

TEAM = (["SA"], ["SA"], ["RC"], ["TE"], ["TE"], ["WC"], ["SM"], ["CA", "PT"])
"""The roles of the people of one dealership; the first three have a ninth, follow-up."""

MISSING, PASSED, EXPIRING, EXPIRED, FAILED, STARTED, ASSIGNED, WAIVED = range(8)
CHANCES = (8, 66, 6, 7, 3, 4, 4, 2)
SURE = (STARTED, ASSIGNED, WAIVED)
"""The rare states: the first courses of everybody's second colleague have them."""

Entries = dict[str, dict[uuid.UUID, NewEntry]]


def build_staff(dealership_id: int, today: dt.date) -> int:
    """Hire one dealership's team and record their training; call in its scope. How many."""
    dice = random.Random(f"demo staff {dealership_id}")  # noqa: S311 - not for secrets
    teams = [*TEAM, ["CR"]] if dealership_id <= 3 else list(TEAM)
    courses = catalogue()
    entries: Entries = defaultdict(dict)
    hired: list[uuid.UUID] = []
    for place, roles in enumerate(teams, start=1):
        number = (dealership_id - 1) * 10 + place
        joined = today - dt.timedelta(days=dice.randrange(420, 2400))
        person = add_staff(
            StaffDetails(
                name=f"演示员工{number:03} Demo staff",
                number=f"S{number:03}",
                roles=roles,
                joined_on=joined,
                email=f"staff@{DOMAIN}" if number == 1 else "",
            )
        )
        required = sorted((courses.courses[i] for i in courses.required_of(roles)), key=_code)
        for index, course in enumerate(required):
            state = dice.choices(range(8), weights=CHANCES)[0]
            if place == 2 and index < len(SURE):
                state = SURE[index]
            if state != MISSING:
                entries[course.code][person.id] = _entry(dice, state, course, today)
        hired.append(person.id)
    for code, wanted in sorted(entries.items()):
        record_entries(code, wanted, today=today)
    if dealership_id == 2:
        mark_left(hired[-1], today)
    return len(hired)


def _code(course: Course) -> str:
    return course.code


def _entry(dice: random.Random, state: int, course: Course, today: dt.date) -> NewEntry:
    valid_days = course.validity_months * 30
    days_ago = {
        PASSED: dice.randrange(40, max(41, valid_days - 60)),
        EXPIRING: valid_days - dice.randrange(2, 14),
        EXPIRED: valid_days + dice.randrange(30, 35),
        FAILED: dice.randrange(5, 60),
        STARTED: dice.randrange(3, 25),
        ASSIGNED: dice.randrange(1, 20),
        WAIVED: dice.randrange(30, 200),
    }[state]
    on = today - dt.timedelta(days=days_ago)
    if state in (PASSED, EXPIRING, EXPIRED):
        return NewEntry(kind=EntryKind.PASSED, on=on, mark=dice.randrange(course.pass_mark, 101))
    if state == FAILED:
        return NewEntry(kind=EntryKind.FAILED, on=on, mark=dice.randrange(40, course.pass_mark))
    if state == STARTED:
        return NewEntry(kind=EntryKind.STARTED, on=on)
    if state == ASSIGNED:
        return NewEntry(kind=EntryKind.ASSIGNED, on=on)
    return NewEntry(
        kind=EntryKind.WAIVED, on=on, note="演示：持有同等证书 (demo: equal certificate)"
    )
