"""How courses come into a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from csiapp.core.activity import record
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope
from csiapp.reference.loader import training_catalogue
from csiapp.training.models import Course, CourseRequirement

_COPIED = (
    "code",
    "title",
    "hours",
    "delivery",
    "assessment",
    "pass_mark",
    "validity_months",
    "foundation",
    "topics",
    "prerequisites",
    "supports_standards",
)


def install_courses() -> list[Course]:
    """Give the network (NETWORK scope) the courses of the reference catalogue, each with the
    roles that must hold it and those that may take it; returns the courses that were added.

    A course that the network has already, by its code, stays as it is.
    """
    known = set(db.session.scalars(sa.select(Course.code)))
    missing = [c for c in training_catalogue()["courses"] if c["code"] not in known]
    if not missing:
        return []
    courses = [Course(**{name: content[name] for name in _COPIED}) for content in missing]
    db.session.add_all(courses)
    db.session.flush()
    for course, content in zip(courses, missing, strict=True):
        db.session.add_all(_requirements(course, content))
    db.session.flush()
    detail = {"courses": [course.code for course in courses]}
    record("training.courses_installed", "network", current_scope().network_id, detail)
    return courses


def _requirements(course: Course, content: Mapping[str, Any]) -> list[CourseRequirement]:
    return [
        CourseRequirement(course_id=course.id, role=role, required=required)
        for key, required in (("required_roles", True), ("optional_roles", False))
        for role in content[key]
    ]
