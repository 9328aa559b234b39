"""The matrix of people and courses, what of it is shown, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from csiapp.core.web import Page, page_in
from csiapp.training.models import Course
from csiapp.training.queries import PER_PAGE, Catalogue, PersonTraining, Roll
from csiapp.training.status import State, completion_rate


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """`state` keeps those who have a required course in that state, and these courses."""

    search: str = ""
    role: str = ""
    state: State | None = None
    all_courses: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What everybody on staff together holds, and required courses by state. ``rate`` is valid over
    counted: the sums over all people, not the mean of their rates."""

    staff: int
    valid: int
    counted: int
    rate: Fraction | None
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of people against the courses that concern them; the overview is of all."""

    overview: Overview
    courses: Sequence[Course]
    people: Page[PersonTraining]


def overview_of(trainings: Sequence[PersonTraining]) -> Overview:
    standings = [held for training in trainings for held in training.standings.values()]
    counted = [held for held in standings if held.counts]
    return Overview(
        staff=len(trainings),
        valid=sum(held.valid for held in counted),
        counted=len(counted),
        rate=completion_rate(counted),
        counts={
            state: sum(held.required and held.state is state for held in standings)
            for state in State
        },
    )


def matrix(roll: Roll, wanted: MatrixFilter, number: int = 1) -> Matrix:
    """Those of the roll who fit, by name. A page past the end is NotFound."""
    shown = [training for training in roll.everybody if _fits(training, wanted)]
    page = page_in(shown, number, PER_PAGE)
    return Matrix(overview_of(roll.everybody), _columns(shown, wanted, roll.known), page)


def _fits(training: PersonTraining, wanted: MatrixFilter) -> bool:
    person = training.person
    searched = f"{person.name}\n{person.number}".casefold()
    return (
        wanted.search.casefold() in searched
        and (not wanted.role or wanted.role in person.roles)
        and (wanted.state is None or bool(training.having(wanted.state)))
    )


def _columns(
    shown: Sequence[PersonTraining], wanted: MatrixFilter, known: Catalogue
) -> list[Course]:
    """All courses; or those in the state asked for; or those that somebody shown must hold."""
    courses = list(known.courses.values())
    if wanted.all_courses:
        return courses
    if wanted.state is not None:
        ids = frozenset().union(*(training.having(wanted.state) for training in shown))
    elif wanted.role:
        ids = known.required_of([wanted.role])
    else:
        ids = frozenset().union(*(known.required_of(t.person.roles) for t in shown))
    return [course for course in courses if course.id in ids]
