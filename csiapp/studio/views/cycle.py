"""The cycle of a set: train, check, announce, reward, review."""

from __future__ import annotations

import uuid
from fractions import Fraction
from typing import TYPE_CHECKING

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import require_place, today_here
from csiapp.audits.rollup import mean
from csiapp.core.clock import day_at
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards import queries as standards
from csiapp.standards.content import standards_in
from csiapp.standards.set_address import asked_set
from csiapp.studio import queries, services
from csiapp.studio.cycle import Facts, Noted, Phase, cycle, review_stand
from csiapp.studio.forms import NoteForm, ReviewForm
from csiapp.studio.learners import Part, trained_part
from csiapp.studio.wording import PHASES, STANDS
from csiapp.training.gap import teaching_courses

if TYPE_CHECKING:
    import datetime as dt

    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("cycle", __name__)


@blueprint.route("/cycle")
@require(Permission.STANDARDS_EDIT)
def index() -> ResponseReturnValue:
    return _page()


@blueprint.post("/cycle/notes")
@require(Permission.STANDARDS_EDIT)
def note() -> ResponseReturnValue:
    day = today_here()
    form = NoteForm(today=day)
    if not form.validate():
        return _page(note_form=form, status=422)
    services.note(asked_set(), Phase(form.phase.data), form.on.data, form.note.data, day)
    toast(_("Noted."))
    return redirect_to(url_for(".index"))


@blueprint.post("/cycle/notes/<uuid:entry_id>/remove")
@require(Permission.STANDARDS_EDIT)
def remove(entry_id: uuid.UUID) -> ResponseReturnValue:
    services.take_away(asked_set(), entry_id)
    toast(_("The note is removed. The activity log keeps what it said."))
    return redirect_to(url_for(".index"))


@blueprint.post("/cycle/review")
@require(Permission.STANDARDS_EDIT)
def review() -> ResponseReturnValue:
    day = today_here()
    form = ReviewForm(today=day)
    if not form.validate():
        return _page(review_form=form, status=422)
    services.plan_review(asked_set(), form.review_on.data, day)
    toast(_("Saved."))
    return redirect_to(url_for(".index"))


def _page(
    note_form: NoteForm | None = None, review_form: ReviewForm | None = None, status: int = 200
) -> ResponseReturnValue:
    owner, day, zone = asked_set(), today_here(), require_place().timezone
    version = standards.published_version(owner.id)
    entries = queries.entries_of(owner.id)
    results = queries.results_under(version.id, zone) if version else []
    trained, staff = _trained(version, day) if version else (Part(0, 0), 0)
    published_on = _published_on(version)
    indices = mean(Fraction(result.index) for result in results)
    return render_page(
        "studio/cycle.html",
        status=status,
        version=version,
        published_on=published_on,
        cycle=cycle(
            Facts(
                today=day,
                published_on=published_on,
                train_by=version.train_by if version else None,
                trained=trained,
                results_on=[result.on for result in results],
                noted=[Noted(line.entry.phase, line.entry.on) for line in entries],
                next_review_on=owner.next_review_on,
            )
        ),
        trained=trained,
        staff=staff,
        read=queries.confirmed(version.id, day) if version else 0,
        results=results,
        mean_index=indices,
        entries=entries,
        review_stand=review_stand(owner.next_review_on, day),
        note_form=note_form or NoteForm(formdata=None, today=day, on=day),
        review_form=review_form
        or ReviewForm(formdata=None, today=day, review_on=owner.next_review_on),
        today=day,
        phases=PHASES,
        stands=STANDS,
    )


def _published_on(version: StandardVersion | None) -> dt.date | None:
    """The first day of a version; None before there is one."""
    moment = version.published_at if version else None
    return day_at(require_place().timezone, moment) if moment else None


def _trained(version: StandardVersion, day: dt.date) -> tuple[Part, int]:
    """Of the courses that the roles concerned must hold for this version, how many they hold,
    and how many people are on staff. Standards marked to be taught again count from the
    publication."""
    content = standards.version_content(version)
    placed = list(standards_in(content))
    again = {
        code for code, decided in version.decisions.items() if decided.get("training") == "retrain"
    }
    concerned = [p for p in placed if not again or p.standard["code"] in again]
    taught = teaching_courses([p.standard["code"] for p in concerned])
    courses = {course for p in concerned for course in p.standard["courses"]}
    courses.update(course for found in taught.values() for course in found)
    roles = {role for p in concerned for role in p.sub_step["executed_by"]}
    since = _published_on(version) if again else None
    people = queries.learners(day)
    return trained_part(people, roles, courses, since), len(people)
