"""Who has to take a course again, because a standard that it teaches has changed.

Derived from what publishers decided and never stored: a pass on the day of the publication or
later settles it. The pass before stays valid for the completion rate; this is about knowing the
standard as it is now.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from csiapp.core.clock import day_at
from csiapp.standards.lessons import Lesson, lessons
from csiapp.training.models import Course, StaffMember
from csiapp.training.queries import Catalogue, PersonTraining, Roll
from csiapp.training.status import Entry, EntryKind, standing_entries


@dataclass(frozen=True, slots=True)
class DueAgain:
    """One course of one person, with the changed standards behind it. `by` is the earliest day."""

    course: Course
    by: dt.date | None
    lessons: tuple[Lesson, ...]

    def is_late(self, day: dt.date) -> bool:
        return self.by is not None and day > self.by


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """A changed standard, and how many of those who execute it have learned it since. Of a
    briefing, and where no course teaches it, nothing is on record: `people` is 0."""

    lesson: Lesson
    courses: tuple[Course, ...]
    learned: int
    people: int


def due_again(training: PersonTraining, known: Catalogue, zone: str) -> list[DueAgain]:
    """The courses that one person has to take again, the most urgent first."""
    open_lessons: dict[uuid.UUID, list[Lesson]] = {}
    for lesson in lessons():
        if not _concerns(lesson, training.person, zone):
            continue
        for course in _courses(lesson, known):
            if not _passed_since(training.entries.get(course.id, ()), lesson, zone):
                open_lessons.setdefault(course.id, []).append(lesson)
    due = [
        DueAgain(known.courses[course_id], _earliest(found), tuple(found))
        for course_id, found in open_lessons.items()
    ]
    return sorted(due, key=lambda item: (item.by or dt.date.max, item.course.code))


def progress(roll: Roll, zone: str) -> list[LessonProgress]:
    """Every change that is to be taught, with how far those on the roll are."""
    return [_progress(lesson, roll, zone) for lesson in lessons()]


def _progress(lesson: Lesson, roll: Roll, zone: str) -> LessonProgress:
    courses = _courses(lesson, roll.known)
    concerned = [t for t in roll.everybody if courses and _concerns(lesson, t.person, zone)]
    learned = sum(
        all(_passed_since(training.entries.get(course.id, ()), lesson, zone) for course in courses)
        for training in concerned
    )
    return LessonProgress(lesson, courses, learned, len(concerned))


def _concerns(lesson: Lesson, person: StaffMember, zone: str) -> bool:
    """Who joined later learns the standard as it is from the start."""
    return (
        lesson.training == "retrain"
        and bool(lesson.roles & set(person.roles))
        and person.joined_on < _since(lesson, zone)
    )


def _courses(lesson: Lesson, known: Catalogue) -> tuple[Course, ...]:
    return tuple(known.by_code[code] for code in lesson.courses if code in known.by_code)


def _passed_since(entries: Iterable[Entry], lesson: Lesson, zone: str) -> bool:
    """A waiver counts as well: that person is exempt."""
    return any(
        entry.kind is EntryKind.WAIVED
        or (entry.kind is EntryKind.PASSED and entry.on >= _since(lesson, zone))
        for entry in standing_entries(entries)
    )


def _since(lesson: Lesson, zone: str) -> dt.date:
    return day_at(zone, lesson.since)


def _earliest(found: Iterable[Lesson]) -> dt.date | None:
    return min((lesson.by for lesson in found if lesson.by), default=None)
