"""Who holds which course: the matrix, one person, one course of a person, and one's own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import permitted, require_place, signed_in, today_here
from csiapp.core.errors import NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, render_page, wants_fragment
from csiapp.training import queries
from csiapp.training.forms import EntryForm, MatrixFilterForm, TakeBackForm
from csiapp.training.matrix import matrix as build_matrix
from csiapp.training.matrix import overview_of
from csiapp.training.retraining import due_again, progress
from csiapp.training.status import EntryKind, State
from csiapp.training.wording import (
    ASSESSMENT_NAMES,
    DELIVERY_NAMES,
    KIND_NAMES,
    LOOKS,
    OPEN,
    next_step,
    roles_named,
)

if TYPE_CHECKING:
    from csiapp.training.models import Course

blueprint = Blueprint("training", __name__)

DATED = (State.PASSED, State.EXPIRING, State.EXPIRED)
"""States that show the last valid day."""


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"roles_named": roles_named}


@blueprint.route("")
@require(Permission.TRAINING_READ)
def matrix() -> ResponseReturnValue:
    form = MatrixFilterForm(request.args)
    roll = queries.roll_on(today_here())
    found = build_matrix(roll, form.wanted(), page_number())
    kept = {field.name: field.data for field in form if field.data}
    return render_page(
        "training/matrix.html",
        "training/_matrix.html",
        form=form,
        matrix=found,
        overview=found.overview,
        filtered=bool(kept),
        page_url=lambda number: url_for(".matrix", **kept, page=number),
        may_record=permitted(Permission.TRAINING_RECORD),
        lessons=[] if wants_fragment() else progress(roll, require_place().timezone),
        **looks(),
    )


@blueprint.route("/people/<uuid:staff_id>")
@require(Permission.TRAINING_READ)
def person(staff_id: uuid.UUID) -> ResponseReturnValue:
    known = queries.catalogue()
    (training,) = queries.training_of([queries.get_staff(staff_id)], known, today_here())
    return render_page(
        "training/person.html",
        training=training,
        member=training.person,
        groups=groups_of(training, known),
        due_again=due_again(training, known, require_place().timezone),
        may_record=permitted(Permission.TRAINING_RECORD),
        today=today_here(),
        **looks(),
    )


@blueprint.route("/people/<uuid:staff_id>/courses/<code>")
@require(Permission.TRAINING_READ)
def course(staff_id: uuid.UUID, code: str) -> ResponseReturnValue:
    """What a person did for a course, and the form to record more; a panel of the matrix."""
    return course_page(staff_id, code)


@blueprint.route("/mine")
@require(Permission.TRAINING_OWN)
def mine() -> ResponseReturnValue:
    """The courses of the person signed in, what is urgent first."""
    me = queries.staff_of_user(signed_in().id)
    if me is None:
        return render_page("training/mine.html", training=None)
    known = queries.catalogue()
    (training,) = queries.training_of([me], known, today_here())
    return render_page(
        "training/mine.html",
        training=training,
        groups=groups_of(training, known),
        due_again=due_again(training, known, require_place().timezone),
        today=today_here(),
        history=queries.history_of(me.id),
        **looks(),
    )


def looks() -> dict[str, Any]:
    """What templates need to show states and entries in words."""
    return {
        "looks": LOOKS,
        "dated": DATED,
        "kind_names": KIND_NAMES,
        "delivery_names": DELIVERY_NAMES,
        "assessment_names": ASSESSMENT_NAMES,
        "next_step": next_step,
    }


def groups_of(
    training: queries.PersonTraining, known: queries.Catalogue
) -> dict[str, list[Course]]:
    """A person's courses: "open" (the most urgent first), "held", and "other" (not required)."""
    order = list(LOOKS)
    groups: dict[str, list[Course]] = {"open": [], "held": [], "other": []}
    for course_id, held in training.standings.items():
        group = "other" if not held.required else "open" if held.state in OPEN else "held"
        groups[group].append(known.courses[course_id])
    groups["open"].sort(key=lambda course: (order.index(training.of(course.id).state), course.code))
    return groups


def course_page(
    staff_id: uuid.UUID,
    code: str,
    *,
    form: EntryForm | None = None,
    taking_back: tuple[uuid.UUID, TakeBackForm] | None = None,
    status: int = 200,
) -> Response:
    """The page or panel; `form` or `taking_back` are what was typed and did not fit."""
    person, known, day = queries.get_staff(staff_id), queries.catalogue(), today_here()
    course = known.by_code.get(code)
    if course is None:
        raise NotFound
    (training,) = queries.training_of([person], known, day)
    return render_page(
        "training/course.html",
        "training/_course.html",
        status=status,
        member=person,
        training=training,
        course=course,
        held=training.of(course.id),
        optional=course.id in known.optional_for(person.roles),
        before=[known.by_code[c] for c in course.prerequisites if c in known.by_code],
        history=queries.history_of(person.id, course.id).get(course.id, []),
        form=form or EntryForm(None, kind=EntryKind.PASSED.value, on=day),
        taking_back=taking_back,
        blank_reason=TakeBackForm(None),
        may_record=permitted(Permission.TRAINING_RECORD),
        **looks(),
    )


def recorded_fragment(staff_id: uuid.UUID, code: str) -> Response:
    """After a change in the panel: the cell, the person's rate and the overview, out of band."""
    roll = queries.roll_on(today_here())
    shown = next((t for t in roll.everybody if t.person.id == staff_id), None)
    return render_page(
        "training/_recorded.html",
        "training/_recorded.html",
        training=shown,
        course=roll.known.by_code[code],
        overview=overview_of(roll.everybody),
        **looks(),
    )
