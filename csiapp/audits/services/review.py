"""A reviewer takes a visit, returns or approves it, and publishes it (stages 8 and 10).

The visit's row is locked for each step, so that of two reviewers the second learns that the
first was faster. Nobody reviews a visit that they made themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _

from csiapp.audits.lifecycle import IllegalMove, visit_lifecycle
from csiapp.audits.models import Visit, VisitScore
from csiapp.audits.qa import manual_checks
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.scores import latest_score
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.score import announce, findings_for, score_visit
from csiapp.core.activity import record
from csiapp.core.clock import utcnow
from csiapp.core.errors import Conflict, Forbidden, Invalid
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope


def take_visit(visit_id: uuid.UUID) -> Visit:
    """Begin to review. Raises Conflict when somebody else took it, Forbidden for its shopper."""
    visit = _locked(visit_id)
    _move(visit, "take", "reviewer")
    visit.reviewed_by = current_scope().actor
    _note("visit.taken", visit, {})
    return visit


def return_visit(visit_id: uuid.UUID, reason: str) -> Visit:
    """Send the visit back to its shopper. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid(_("Say what the shopper has to mend."))
    visit = _locked(visit_id)
    _check_own_review(visit)
    _move(visit, "return", "reviewer")
    visit.review_note = reason.strip()
    _note("visit.returned", visit, {"reason": visit.review_note})
    return visit


def approve_visit(visit_id: uuid.UUID, *, checked: Collection[str], note: str = "") -> Visit:
    """Approve. `checked` are the checks that the reviewer made by hand: all of them are needed
    (:func:`csiapp.audits.qa.manual_checks`). Raises Invalid where one is missing, and Conflict
    while questions of stage two wait: an approved visit cannot go back to its shopper."""
    visit = _locked(visit_id)
    _check_own_review(visit)
    _check_nothing_waits(latest_score(visit.id))
    needed = manual_checks(content_of(form_of(visit)))
    if not set(needed) <= set(checked):
        raise Invalid(_("Make every check that is yours, and tick it."))
    _move(visit, "approve", "reviewer")
    visit.approved_at = utcnow()
    visit.review_note = note.strip()
    _note("visit.approved", visit, {"checked": needed, "note": visit.review_note})
    return visit


def publish_visit(visit_id: uuid.UUID) -> VisitScore:
    """Freeze the score and its findings, show the dealership its copy, ask for the reports.

    Raises Conflict while questions of stage two wait for their answers.
    """
    visit = _locked(visit_id)
    _move(visit, "publish", "head_office")
    visit.published_at = utcnow()
    score = score_visit(visit, "published")
    _check_nothing_waits(score)
    findings = findings_for(score)
    detail = {"revision": score.revision, "sha256": score.sha256, "findings": len(findings)}
    _note("visit.published", visit, detail)
    announce(visit, score)
    return score


def _locked(visit_id: uuid.UUID) -> Visit:
    visit = get_visit(visit_id, lock=True)
    if visit.pilot:
        raise Conflict(_("A pilot visit is not reviewed and never published."))
    if visit.shopper_id == current_scope().actor:
        raise Forbidden(_("You made this visit yourself. Somebody else has to review it."))
    return visit


def _move(visit: Visit, action: str, actor: str) -> None:
    try:
        visit.state = visit_lifecycle().move(visit.state, action, actor)
    except IllegalMove as error:
        raise Conflict from error


def _check_own_review(visit: Visit) -> None:
    if visit.state == "in_review" and visit.reviewed_by != current_scope().actor:
        raise Conflict(_("Another reviewer has taken this visit."))


def _check_nothing_waits(score: VisitScore | None) -> None:
    pending = score.receipt["result"]["pending"] if score else []
    if pending:
        message = _("Questions of stage two have no answer yet: %(codes)s.")
        raise Conflict(message % {"codes": ", ".join(pending)})


def _note(verb: str, visit: Visit, detail: dict[str, Any]) -> None:
    db.session.flush()
    record(verb, "visit", visit.id, detail)
