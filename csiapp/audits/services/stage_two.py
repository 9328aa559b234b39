"""A visit waits for stage two, and is answered by rule when its days are over."""

from __future__ import annotations

import uuid
from functools import cache

from csiapp.audits import stage_two
from csiapp.audits.answer_events import RULE_DEVICE
from csiapp.audits.lifecycle import visit_lifecycle
from csiapp.audits.models import Visit
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.shopper import dealership_of
from csiapp.audits.queries.visits import answers_of, get_visit, visited_on
from csiapp.audits.services.answers import WAITING_STATE, fill_in
from csiapp.audits.services.score import announce, score_visit
from csiapp.core import activity
from csiapp.core.clock import today, utcnow
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.reference.loader import form_templates


@cache
def stage_two_days() -> tuple[int, int]:
    """The first and the last day of stage two, counted from the day of the visit."""
    levels = {level["code"]: level for level in form_templates()["service_levels"]}
    first, last = (levels[f"stage2_window_days_{end}"]["days"] for end in ("from", "to"))
    return int(first), int(last)


def stage_two_is_over(visit: Visit) -> bool:
    """Whether its last day is over at the dealership; False where nothing waited."""
    until = visit.stage_two_until
    return until is not None and today(dealership_of(visit).timezone) > until


def hold_for_stage_two(visit: Visit) -> None:
    """What was handed in waits where questions of stage two have no answer yet."""
    if stage_two_is_over(visit):
        return
    content, answers = content_of(form_of(visit)), answers_of(visit.id)
    if not stage_two.waits(content, visit.scenario, answers):
        return
    visit.state = visit_lifecycle().move(visit.state, "hold", "system")
    zone = dealership_of(visit).timezone
    left_on = visited_on(visit, content, answers, zone)
    visit.stage_two_from, visit.stage_two_until = stage_two.window(left_on, *stage_two_days())


def close_stage_two(visit_id: uuid.UUID) -> bool:
    """The days of stage two are over: answer by rule what a rule answers (device "rule" of the
    journal), and hand the visit in; whether it was. What only the shopper knows stays open: the
    reviewer returns the visit for it. Asked again, or too early, it changes nothing."""
    visit = get_visit(visit_id, lock=True)
    content = content_of(form_of(visit))
    if visit.state != WAITING_STATE or not stage_two_is_over(visit):
        return False
    given = stage_two.rule_answers(
        content, visit.scenario, answers_of(visit.id), days_since_leaving=stage_two_days()[1]
    )
    if given:
        fill_in(visit.id, given, device=RULE_DEVICE)
        activity.record("visit.by_rule", "visit", visit.id, {"fields": sorted(given)})
    visit.state = visit_lifecycle().move(visit.state, "answer_by_rule", "system")
    visit.submit_id, visit.submitted_at = new_id(), utcnow()
    db.session.flush()
    announce(visit, score_visit(visit, "provisional"))
    return True
