"""What training has waiting: for managers, and for the person signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.access import signed_in, today_here
from csiapp.accounts.home import Card, Panel, home_card, home_panel
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind
from csiapp.training import confirmations, queries
from csiapp.training.matrix import overview_of
from csiapp.training.models import Course, StaffMember
from csiapp.training.queries import PersonTraining
from csiapp.training.status import Standing, State
from csiapp.training.wording import LOOKS, OPEN, next_step

SHOWN = 5


@home_card(ScopeKind.TENANT, Permission.TRAINING_RECORD)
def to_renew() -> Card | None:
    """Required courses of the staff that ran out, or soon will."""
    day = today_here()
    counts = overview_of(queries.roll_on(day).everybody).counts
    expired, expiring = counts[State.EXPIRED], counts[State.EXPIRING]
    if not expired + expiring:
        return None
    return Card(
        title=_("Training to renew"),
        number=expired + expiring,
        text=_("Expired: %(expired)s · expiring soon: %(soon)s", expired=expired, soon=expiring),
        url=url_for("training.matrix", state=State.EXPIRED if expired else State.EXPIRING),
        tone="bad" if expired else "warn",
        icon="school",
    )


@home_card(ScopeKind.TENANT, Permission.TRAINING_OWN)
def my_open_courses() -> Card | None:
    """Required courses of the person signed in that ask for something."""
    person = queries.staff_of_user(signed_in().id)
    if person is None:
        return None
    day = today_here()
    (training,) = queries.training_of([person], queries.catalogue(), day)
    waiting = sum(len(training.having(state)) for state in OPEN)
    if not waiting:
        return None
    urgent = training.having(State.EXPIRED) or training.having(State.FAILED)
    return Card(
        title=_("My open courses"),
        number=waiting,
        text=_("To take, to repeat or to renew"),
        url=url_for("training.mine"),
        tone="bad" if urgent else "warn",
        icon="certificate",
    )


@home_card(ScopeKind.TENANT, Permission.STANDARDS_READ)
def standards_to_read() -> Card | None:
    """A version in force that the person signed in has not confirmed."""
    person = queries.staff_of_user(signed_in().id)
    waiting = confirmations.to_read(person.id) if person is not None else []
    if not waiting:
        return None
    held, version = waiting[0]
    return Card(
        title=_("Standards to read"),
        number=len(waiting),
        text=_("Read version %(number)s and confirm it", number=version.number),
        url=url_for("standards_reading.index", set_code=held.code),
        tone="warn",
        icon="list-check",
    )


@home_card(ScopeKind.TENANT, Permission.TRAINING_RECORD)
def not_confirmed() -> Card | None:
    """Staff who have not confirmed the standards in force."""
    found = confirmations.in_force(today_here())
    waiting = max(found, key=lambda each: each.missing, default=None)
    if waiting is None or not waiting.missing:
        return None
    return Card(
        title=_("Standards not confirmed"),
        number=waiting.missing,
        text=_("have not confirmed version %(number)s yet", number=waiting.version.number),
        url=url_for("standards_reading.who", set_code=waiting.set.code),
        tone="warn",
        icon="users",
    )


@home_panel(ScopeKind.TENANT, Permission.TRAINING_RECORD)
def renewals_panel() -> Panel | None:
    """The required courses of the staff that are most urgent."""
    people = queries.staff_on(today_here())
    rows = _most_urgent(people)
    if not rows:
        return None
    return Panel(
        id="home-training",
        title=_("Training to see to first"),
        template="training/_home.html",
        values={"rows": rows, "named": True},
        more=_("All training"),
        url=url_for("training.matrix"),
    )


@home_panel(ScopeKind.TENANT, Permission.TRAINING_OWN)
def own_courses_panel() -> Panel | None:
    """The open courses of the person signed in."""
    person = queries.staff_of_user(signed_in().id)
    rows = _most_urgent([person]) if person is not None else []
    if not rows:
        return None
    return Panel(
        id="home-courses",
        title=_("My open courses"),
        template="training/_home.html",
        values={"rows": rows, "named": False},
        more=_("My training"),
        url=url_for("training.mine"),
    )


def _most_urgent(people: Sequence[StaffMember]) -> list[dict[str, Any]]:
    """A row for each of the most urgent required courses of these people."""
    known = queries.catalogue()
    trainings = queries.training_of(people, known, today_here())
    waiting = sorted(
        (
            (held, known.courses[course], training)
            for training in trainings
            for course, held in training.standings.items()
            if held.required and held.state in OPEN
        ),
        key=_urgency,
    )
    return [
        {
            "person": training.person,
            "course": course,
            "look": LOOKS[held.state],
            "next_step": next_step(held, training.grace_ends),
        }
        for held, course, training in waiting[:SHOWN]
    ]


def _urgency(row: tuple[Standing, Course, PersonTraining]) -> tuple[int, dt.date, str, str]:
    """By state, then by the day on which it runs out."""
    held, course, training = row
    until = held.expires_on or dt.date.max
    return OPEN.index(held.state), until, course.code, training.person.number
