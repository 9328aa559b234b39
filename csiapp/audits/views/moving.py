"""Head office moves a visit that is not finished to the newest version of its form."""

from __future__ import annotations

import uuid

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import require_place
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent
from csiapp.audits.queries.forms import content_of
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.moving import MovePlan, build_newest, move_plan, move_visit
from csiapp.core.errors import Conflict
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards.content import Text

blueprint = Blueprint("moving", __name__)


@blueprint.route("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/move")
@require(Permission.VISIT_MOVE)
def show(visit_id: uuid.UUID) -> ResponseReturnValue:
    """What is kept, asked again and dropped."""
    visit = get_visit(visit_id)
    plan = move_plan(visit)
    return render_page(
        "audits/moving/show.html",
        visit=visit,
        place=require_place(),
        plan=plan,
        lists=_lists(plan) if plan else [],
    )


@blueprint.post("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/move/newest")
@require(Permission.VISIT_MOVE)
def newest(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Dealerships build a new edition of the network when they need it, so perhaps now."""
    build_newest(visit_id)
    return redirect_to(url_for(".show", visit_id=visit_id))


@blueprint.post("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/move")
@require(Permission.VISIT_MOVE)
def move(visit_id: uuid.UUID) -> ResponseReturnValue:
    get_visit(visit_id)  # not found comes before whatever was sent
    try:
        version = uuid.UUID(request.form.get("version", ""))
    except ValueError as error:
        raise Conflict(_("This visit has moved on. Reload the page.")) from error
    plan = move_visit(visit_id, version)
    toast(_("The visit has version %(number)s now.", number=plan.newer.number))
    return redirect_to(url_for("visits.show", visit_id=visit_id))


Line = tuple[str, Text | None, bool]
"""Code, words, and whether an answer is there."""

List = tuple[str, str, list[Line]]
"""Title, tone, and what is in it."""


def _lists(plan: MovePlan) -> list[List]:
    older, newer = _words(content_of(plan.older)), _words(content_of(plan.newer))
    found = plan.moving

    def lines(codes: tuple[str, ...], words: dict[str, Text]) -> list[Line]:
        return [(code, words.get(code), code in plan.answered) for code in codes]

    return [
        (_("Asked again"), "warn", lines(found.asked_again, newer)),
        (_("Dropped"), "bad", lines(found.dropped, older)),
        (_("New"), "info", lines(found.new, newer)),
        (_("Kept"), "ok", lines(found.kept, newer)),
    ]


def _words(form: FormContent) -> dict[str, Text]:
    """Code of what is answered -> its words."""
    words = {question["code"]: question["text"] for _section, question in all_questions(form)}
    words |= {question["code"]: question["text"] for question in form["unscored"]}
    words |= {timing["code"]: timing["name"] for timing in form["timings"]}
    for section in form["sections"]:
        for part in ("narrative", "impression"):
            words[f"{section['code']}.{part}"] = section["title"]
    return words
