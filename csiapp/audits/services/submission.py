"""A shopper's steps with a visit: accept, decline, start, submit."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits.answer_fields import BRIEF_FIELD
from csiapp.audits.brief_test import brief_questions, right_answers, wrong_answers
from csiapp.audits.lifecycle import IllegalMove, visit_lifecycle
from csiapp.audits.missing import Gap, missing_items
from csiapp.audits.models import AnswerEvent, Evidence, Visit
from csiapp.audits.queries.evidence import arrived_photos
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.shopper import dealership_of
from csiapp.audits.queries.visits import answers_of, get_visit
from csiapp.audits.services.answers import OPEN_STATES, WAITING_STATE, fill_in
from csiapp.audits.services.score import announce, score_visit
from csiapp.audits.services.stage_two import hold_for_stage_two, stage_two_is_over
from csiapp.audits.services.ties import declare_tie
from csiapp.audits.services.tokens import revoke_tokens
from csiapp.core import activity
from csiapp.core.clock import today, utcnow
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.standards.content import canonical_json

SHOPPER = "shopper"
SUBMITTING = {"returned": "resubmit", WAITING_STATE: "submit_stage2"}
"""State -> how handing in is called there; everywhere else it is stage one."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The one outcome of submitting: the same for every repeat, whatever its id."""

    submit_id: uuid.UUID
    submitted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Incomplete:
    """What keeps a visit from being submitted: events and photos that the tablet knows of and
    the server does not, and gaps of the form. Nothing was changed."""

    events: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.events or self.photos or self.gaps)


def accept_visit(visit_id: uuid.UUID) -> Visit:
    visit = get_visit(visit_id, lock=True)
    _move(visit, "accept")
    visit.accepted_at = utcnow()
    if not brief_questions(content_of(form_of(visit)), visit.scenario):
        visit.briefed_at = visit.accepted_at
    activity.record("visit.accept", "visit", visit.id)
    return visit


def decline_visit(visit_id: uuid.UUID, tie: str = "") -> Visit:
    """The visit goes back to head office; its tablets are locked out. A `tie` that is declared
    with it keeps the shopper from being sent there again."""
    visit = get_visit(visit_id, lock=True)
    _move(visit, "decline")
    if tie:
        declare_tie(visit.shopper_id, tie, visit_id=visit.id)
    revoke_tokens(visit.id)
    activity.record("visit.decline", "visit", visit.id)
    return visit


def take_test(visit_id: uuid.UUID, chosen: Mapping[str, str]) -> list[str]:
    """One try at the test on the brief, kept in the journal like any answer. Returns the codes
    of the questions that are wrong: with none of them the test is passed."""
    fill_in(visit_id, {BRIEF_FIELD: dict(chosen)})
    visit = get_visit(visit_id)
    return wrong_answers(content_of(form_of(visit)), visit.scenario, chosen)


def pass_test(visit_id: uuid.UUID) -> None:
    """Give the right answers, for a form that has a test: demo data."""
    visit = get_visit(visit_id)
    right = right_answers(content_of(form_of(visit)), visit.scenario)
    if right:
        take_test(visit_id, right)


def start_visit(visit_id: uuid.UUID, expectations: Mapping[str, Any]) -> Visit:
    """Begin inside the visit's days. `expectations` answers the form's questions that must be
    asked before the visit: field -> value. Raises Invalid or Conflict."""
    visit = get_visit(visit_id, lock=True)
    _check_days(visit)
    if visit.briefed_at is None:
        raise Invalid(_("Pass the test on the brief before you start."))
    asked = _asked_before(visit)
    if any(expectations.get(code) is None for code in asked):
        raise Invalid(_("Say what you expect before you start."))
    _move(visit, "start")
    visit.started_at = utcnow()
    if asked:
        fill_in(visit.id, {code: expectations[code] for code in asked})
    activity.record("visit.start", "visit", visit.id)
    return visit


def start_by_answers(visit_id: uuid.UUID) -> None:
    """An accepted visit begins when its questions of before the visit are answered: without a
    network the form is where they are asked. Where nothing is asked before, any answer begins
    it, a look at a question does not. Any other visit is left as it is."""
    visit = get_visit(visit_id, lock=True)
    if visit.state != "accepted" or visit.briefed_at is None:
        return
    answers = answers_of(visit.id)
    if answers and all(answers.get(code) is not None for code in _asked_before(visit)):
        _move(visit, "start")
        visit.started_at = utcnow()
        activity.record("visit.start", "visit", visit.id)


def _asked_before(visit: Visit) -> list[str]:
    unscored = content_of(form_of(visit))["unscored"]
    return [question["code"] for question in unscored if question["when"] == "before_visit"]


def submit_visit(
    visit_id: uuid.UUID,
    submit_id: uuid.UUID,
    *,
    events: Collection[str] = (),
    photos: Collection[str] = (),
) -> Submitted | Incomplete:
    """Hand the visit in, once. `events` and `photos` name everything the tablet has recorded.

    A visit that is in already answers with its first submission for ever. A returned visit
    takes a new `submit_id`, and so does stage two; a late repeat of the old one changes nothing.
    Questions of stage two do not hold stage one back: the visit then waits for them, and its
    score is provisional. Raises Conflict where stage two is sent before its first day.
    """
    visit = get_visit(visit_id, lock=True)
    done = _submitted(visit)
    if done is not None and (visit.state not in OPEN_STATES or done.submit_id == submit_id):
        return done
    if visit.briefed_at is None:
        raise Conflict(
            _("The test on the brief was not passed. Pass it on the visit's page, then submit.")
        )
    if visit.state == WAITING_STATE:
        _check_stage_two_begun(visit)
    missing = _missing(visit, events, photos)
    if missing:
        return missing
    _move(visit, SUBMITTING.get(visit.state, "submit_stage1"))
    visit.submit_id, visit.submitted_at = submit_id, utcnow()
    visit.stage_one_at = visit.stage_one_at or visit.submitted_at
    manifest = canonical_json({"events": sorted(events), "photos": sorted(photos)})
    visit.manifest_sha256 = hashlib.sha256(manifest.encode()).hexdigest()
    hold_for_stage_two(visit)
    db.session.flush()
    announce(visit, score_visit(visit, "provisional"))
    activity.record("visit.submit", "visit", visit.id, {"manifest": visit.manifest_sha256})
    return Submitted(visit.submit_id, visit.submitted_at)


def gaps_of(visit: Visit) -> list[Gap]:
    """What the form still lacks, as the server sees it now."""
    return missing_items(
        content_of(form_of(visit)),
        visit.scenario,
        answers_of(visit.id),
        arrived_photos(visit.id),
        stage="stage2" if _all_is_due(visit) else "stage1",
    )


def _all_is_due(visit: Visit) -> bool:
    return visit.state == WAITING_STATE or stage_two_is_over(visit)


def _submitted(visit: Visit) -> Submitted | None:
    if visit.submit_id is None or visit.submitted_at is None:
        return None
    return Submitted(visit.submit_id, visit.submitted_at)


def _missing(visit: Visit, events: Collection[str], photos: Collection[str]) -> Incomplete:
    kept = {
        str(event_id)
        for event_id in db.session.scalars(
            sa.select(AnswerEvent.id).where(AnswerEvent.visit_id == visit.id)
        )
    }
    whole = set(
        db.session.scalars(
            sa.select(Evidence.sha256).where(
                Evidence.visit_id == visit.id, Evidence.state != "receiving"
            )
        )
    )
    return Incomplete(
        events=sorted(set(events) - kept), photos=sorted(set(photos) - whole), gaps=gaps_of(visit)
    )


def _move(visit: Visit, action: str) -> None:
    try:
        visit.state = visit_lifecycle().move(visit.state, action, SHOPPER)
    except IllegalMove as error:
        raise Conflict(_("This visit has moved on. Reload the page.")) from error


def _check_stage_two_begun(visit: Visit) -> None:
    first = visit.stage_two_from
    if first and today(dealership_of(visit).timezone) < first:
        raise Conflict(_("Stage two can be sent from %(day)s. It is kept.", day=first.isoformat()))


def _check_days(visit: Visit) -> None:
    day = today(dealership_of(visit).timezone)
    if day < visit.opens_on:
        raise Invalid(_("This visit begins on %(day)s.", day=visit.opens_on.isoformat()))
    if day > visit.due_on:
        raise Invalid(_("The days of this visit are over. Ask head office for a new date."))
