"""What audits and standards ask of training. They stand below or beside it, so they do not
import it: it registers these answers with the application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask

from csiapp.core.extensions import db
from csiapp.training import queries
from csiapp.training.models import Course
from csiapp.training.status import lacked_on


def init_app(app: Flask) -> None:
    app.extensions["csiapp.course_titles"] = queries.course_titles
    app.extensions["csiapp.teaching_courses"] = teaching_courses
    app.extensions["csiapp.training_gap"] = training_gap
    app.extensions["csiapp.was_on_staff"] = queries.was_on_staff


def training_gap(
    course_codes: Sequence[str], roles: Sequence[str], day: dt.date
) -> list[dict[str, Any]]:
    """Whether those who had to hold these courses held them on a day.

    For each course and each of the roles that must hold it: `{"course": code, "role": code,
    "staff": how many in the role were on staff that day, "lacked": how many of them without a
    valid completion}`. Roles that need not hold a course are left out, and so are courses that
    the network has not. Four queries.
    """
    known = queries.catalogue()
    people = [p for p in queries.staff_on(day) if not set(p.roles).isdisjoint(roles)]
    courses = [known.by_code[code] for code in course_codes if code in known.by_code]
    entries = queries.entries_of([p.id for p in people], [course.id for course in courses])
    gaps: list[dict[str, Any]] = []
    for course in courses:
        lacking = {
            person.id
            for person in people
            if lacked_on(entries[person.id][course.id], day, validity_months=course.validity_months)
        }
        for role in roles:
            if course.id not in known.required_of([role]):
                continue
            held_by = [person.id for person in people if role in person.roles]
            gaps.append(
                {
                    "course": course.code,
                    "role": role,
                    "staff": len(held_by),
                    "lacked": len(lacking.intersection(held_by)),
                }
            )
    return gaps


def teaching_courses(standard_codes: Collection[str]) -> dict[str, list[str]]:
    """Standard -> the courses of the network that teach it. Foundation courses, which support
    every standard alike, are not named for each. One query."""
    found: dict[str, list[str]] = {}
    rows = db.session.execute(
        sa.select(Course.code, Course.supports_standards).order_by(Course.code)
    )
    for code, supported in rows:
        for standard in set(standard_codes).intersection(supported):
            found.setdefault(standard, []).append(code)
    return found
