"""Which courses teach what a form asks, as training knows them now."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import current_app

from csiapp.audits.form_shape import FormContent
from csiapp.audits.observed import changed_questions

CourseFinder = Callable[[Collection[str]], dict[str, list[str]]]
"""(standards) -> {standard: courses that teach it}. Registered by training as
`app.extensions["csiapp.teaching_courses"]`, beside the courses that a standard names itself."""


def teaching_courses(standards: Collection[str]) -> dict[str, list[str]]:
    """Standard -> the courses that say they teach it; without training none does."""
    find: CourseFinder | None = current_app.extensions.get("csiapp.teaching_courses")
    return {} if find is None or not standards else find(standards)


def untaught_questions(content: FormContent) -> frozenset[str]:
    """The questions on a changed standard that names no course and that no course names. At
    most one query, and none for a form of which no standard changed."""
    without = [q for q in changed_questions(content) if not q["courses"]]
    taught = teaching_courses({question["standard"] for question in without})
    return frozenset(q["code"] for q in without if not taught.get(q["standard"]))
