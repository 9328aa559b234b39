"""For the reviewer: how the form was filled in, on a page and as ODK's audit log."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import require_place
from csiapp.accounts.queries import names_of
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent
from csiapp.audits.paradata import FINALIZE, START, Logged, as_csv, log_of, mark, paces
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.journal import kept_events
from csiapp.audits.queries.visits import get_visit
from csiapp.core.permissions import Permission, require
from csiapp.core.web import render_page

if TYPE_CHECKING:
    from csiapp.audits.models import Visit

blueprint = Blueprint("paradata", __name__)

AT = "/n/<network>/d/<dealership>/visits/<uuid:visit_id>"


@blueprint.route(f"{AT}/paradata")
@require(Permission.VISIT_REVIEW)
def show(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The order of the questions, the seconds spent on each, and how often each was edited."""
    visit = get_visit(visit_id)
    content = content_of(form_of(visit))
    return render_page(
        "audits/reviews/paradata.html",
        visit=visit,
        place=require_place(),
        paces=paces(content, _lines(visit, content)),
        questions={question["code"]: question["text"] for _, question in all_questions(content)},
    )


@blueprint.route(f"{AT}/paradata.csv")
@require(Permission.VISIT_REVIEW)
def download(visit_id: uuid.UUID) -> Response:
    """The whole log."""
    visit = get_visit(visit_id)
    response = Response(as_csv(_lines(visit, content_of(form_of(visit)))))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{visit_id}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(visit: Visit, content: FormContent) -> list[Logged]:
    user = names_of([visit.shopper_id]).get(visit.shopper_id, "")
    first = [mark(START, visit.started_at, content, user)] if visit.started_at else []
    last = [mark(FINALIZE, visit.submitted_at, content, user)] if visit.submitted_at else []
    return [*first, *log_of(content, kept_events(visit.id), user), *last]
