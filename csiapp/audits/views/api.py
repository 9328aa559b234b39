"""What the tablet sends: answers, photos, the submission. Reached with a visit's token.

Every answer is JSON with ``"ack": "csiapp"``; the tablet takes nothing else for an
acknowledgement (a hotel's sign-in page answers 200 too). Refusals are the JSON errors of
core.error_pages.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, make_response, request
from flask_babel import gettext as _

from csiapp.accounts.access import bearer
from csiapp.audits.missing import Gap
from csiapp.audits.queries.answers import ordered_answers
from csiapp.audits.queries.forms import form_of
from csiapp.audits.queries.visits import evidence_of, get_visit
from csiapp.audits.services import answers, evidence, submission
from csiapp.audits.views.tablet_json import (
    acknowledged,
    checked_hash,
    chunk,
    event_batch,
    json_object,
    names,
    photo_answer,
)
from csiapp.core.errors import Invalid
from csiapp.core.extensions import csrf
from csiapp.core.permissions import Permission, require
from csiapp.standards.content import content_sha256

blueprint = Blueprint("tablet", __name__)
csrf.exempt(blueprint)  # no cookie takes part: the token is the proof


@blueprint.route("/api/v/<uuid:visit_id>/events", methods=["POST"])
@bearer
@require(Permission.VISIT_FILL)
def events(visit_id: uuid.UUID) -> Response:
    batch = event_batch(json_object())
    appended = answers.append_events(visit_id, batch)
    submission.start_by_answers(visit_id)
    return acknowledged(
        events=[str(event_id) for event_id in appended.kept],
        rejected=[rejection.to_json() for rejection in appended.rejected],
        conflicts=[str(event_id) for event_id in appended.conflicts],
        seq=appended.seq,
        form_sha256=appended.form_sha256,
        open=appended.open,
    )


@blueprint.route("/api/v/<uuid:visit_id>/answers", methods=["GET"])
@bearer
@require(Permission.VISIT_FILL)
def current_answers(visit_id: uuid.UUID) -> Response:
    """The visit as the server knows it now, for a page that was kept for hours and for a second
    device. `?known=` names what the device has already; the same is not sent again."""
    visit = get_visit(visit_id)
    known = {
        "open": visit.state in answers.OPEN_STATES,
        "form_sha256": form_of(visit).sha256,
        "seq": visit.last_seq,
        "answers": ordered_answers(visit_id),
        "evidence": {sha256: row.state for sha256, row in evidence_of(visit_id).items()},
    }
    digest = content_sha256(known)
    if request.args.get("known") == digest:
        return acknowledged(digest=digest, seq=visit.last_seq, unchanged=True)
    return acknowledged(digest=digest, **known)


@blueprint.route("/api/v/<uuid:visit_id>/photos/<sha256>", methods=["GET"])
@bearer
@require(Permission.VISIT_FILL)
def photo_progress(visit_id: uuid.UUID, sha256: str) -> Response:
    return photo_answer(evidence.upload_progress(visit_id, checked_hash(sha256)))


@blueprint.route("/api/v/<uuid:visit_id>/photos/<sha256>", methods=["PATCH"])
@bearer
@require(Permission.VISIT_FILL)
def photo_chunk(visit_id: uuid.UUID, sha256: str) -> Response:
    progress = evidence.receive_chunk(visit_id, checked_hash(sha256), **chunk())
    return photo_answer(progress)


@blueprint.route("/api/v/<uuid:visit_id>/submit", methods=["POST"])
@bearer
@require(Permission.VISIT_FILL)
def submit(visit_id: uuid.UUID) -> Response:
    body = json_object()
    try:
        submit_id = uuid.UUID(body.get("submit_id"))
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid(_("The submission has no id.")) from error
    outcome = submission.submit_visit(
        visit_id, submit_id, events=names(body, "events"), photos=names(body, "photos")
    )
    if isinstance(outcome, submission.Incomplete):
        missing = {
            "events": outcome.events,
            "photos": outcome.photos,
            "gaps": [gap_json(gap) for gap in outcome.gaps],
        }
        return make_response(acknowledged(missing=missing), 409)
    return acknowledged(
        submit_id=str(outcome.submit_id), submitted_at=outcome.submitted_at.isoformat()
    )


def gap_json(gap: Gap) -> dict[str, Any]:
    return {
        "field": gap.field,
        "section": gap.section,
        "reason": gap.reason,
        "detail": list(gap.detail),
    }
