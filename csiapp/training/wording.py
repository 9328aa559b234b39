"""How training is spoken of: roles, states, kinds of entries, ways of learning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.core.db import Text2
from csiapp.core.i18n import day, tr
from csiapp.reference.loader import training_catalogue
from csiapp.training.status import EntryKind, Standing, State


@cache
def role_names() -> Mapping[str, Text2]:
    """Code -> name of the roles that staff have, in the order to choose from."""
    return {role["code"]: role["name"] for role in training_catalogue()["roles"]}


def roles_named(codes: Iterable[str]) -> str:
    """The names of these roles in the reader's language; an unknown code stands as it is."""
    return " · ".join(tr(role_names().get(code)) or code for code in codes)


@dataclass(frozen=True, slots=True)
class Look:
    """How a state appears: always colour, icon and word together."""

    word: Any
    tone: str
    icon: str


LOOKS: dict[State, Look] = {
    State.EXPIRED: Look(_l("Expired"), "bad", "x"),
    State.FAILED: Look(_l("Not passed"), "bad", "circle-x"),
    State.EXPIRING: Look(_l("Expiring soon"), "warn", "alert-triangle"),
    State.ASSIGNED: Look(_l("To do"), "info", "calendar-event"),
    State.IN_PROGRESS: Look(_l("In progress"), "info", "hourglass"),
    State.PASSED: Look(_l("Passed"), "ok", "check"),
    State.WAIVED: Look(_l("Exempt"), "plain", "shield-check"),
    State.NOT_REQUIRED: Look(_l("Not required"), "plain", "minus"),
}
"""The states, the most urgent first."""

OPEN = (State.EXPIRED, State.FAILED, State.EXPIRING, State.ASSIGNED, State.IN_PROGRESS)
"""States that ask somebody to do something."""


_STEPS: dict[State, Any] = {
    State.EXPIRED: _l("Take it again: it ran out on %(day)s."),
    State.FAILED: _l("Repeat the test."),
    State.EXPIRING: _l("Renew it by %(day)s."),
    State.ASSIGNED: _l("Take this course."),
    State.IN_PROGRESS: _l("Finish it and take the test."),
    State.PASSED: _l("Valid until %(day)s."),
    State.WAIVED: _l("Nothing to do."),
    State.NOT_REQUIRED: "",
}


def next_step(held: Standing, grace_ends: dt.date) -> str:
    """What is to be done about a course, as one sentence; empty where there is nothing."""
    if held.required and held.state is State.ASSIGNED and not held.counts:
        return str(_("Take it by %(day)s.", day=day(grace_ends)))
    if not held.required and held.state is State.EXPIRED:
        return str(_("It ran out on %(day)s.", day=day(held.expires_on)))
    return str(_STEPS[held.state]) % {"day": day(held.expires_on)}


KIND_NAMES: dict[EntryKind, Any] = {
    EntryKind.PASSED: _l("Passed"),
    EntryKind.FAILED: _l("Not passed"),
    EntryKind.STARTED: _l("Course started"),
    EntryKind.ASSIGNED: _l("Course assigned"),
    EntryKind.WAIVED: _l("Exempted"),
    EntryKind.VOIDED: _l("Taken back"),
}

DELIVERY_NAMES: dict[str, Any] = {
    "classroom": _l("Classroom"),
    "online": _l("Online"),
    "on_job": _l("On the job"),
}

ASSESSMENT_NAMES: dict[str, Any] = {
    "quiz": _l("Quiz"),
    "role_play": _l("Role play"),
    "practical": _l("Practical test"),
    "case_study": _l("Case study"),
}
