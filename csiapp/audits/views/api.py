"""What the tablet sends: answers, photos, the submission. Reached with a visit's token.

Every answer is JSON with ``"ack": "csiapp"``; the tablet takes nothing else for an
acknowledgement (a hotel's sign-in page answers 200 too). Refusals are the JSON errors of
core.error_pages.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from flask_babel import gettext as _

from csiapp.accounts.access import bearer
from csiapp.audits.missing import Gap
from csiapp.audits.services import answers, evidence, submission
from csiapp.core.errors import Invalid, NotFound, TooLarge
from csiapp.core.extensions import csrf
from csiapp.core.permissions import Permission, require

blueprint = Blueprint("tablet", __name__)
csrf.exempt(blueprint)  # no cookie takes part: the token is the proof

ACK = "csiapp"
EVENTS_MAX = 50
BODY_MAX = 1024 * 1024
MANIFEST_MAX = 20_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


@blueprint.route("/api/v/<uuid:visit_id>/events", methods=["POST"])
@bearer
@require(Permission.VISIT_FILL)
def events(visit_id: uuid.UUID) -> Response:
    batch = _json_object().get("events")
    if not isinstance(batch, list):
        raise Invalid(_("A list of events was expected."))
    if len(batch) > EVENTS_MAX:
        raise TooLarge(_("Up to %(count)s events fit into one request.", count=EVENTS_MAX))
    appended = answers.append_events(visit_id, batch)
    return _acknowledged(
        events=[str(event_id) for event_id in appended.kept],
        rejected=[rejection.to_json() for rejection in appended.rejected],
        conflicts=[str(event_id) for event_id in appended.conflicts],
        seq=appended.seq,
        form_sha256=appended.form_sha256,
    )


@blueprint.route("/api/v/<uuid:visit_id>/photos/<sha256>", methods=["GET"])
@bearer
@require(Permission.VISIT_FILL)
def photo_progress(visit_id: uuid.UUID, sha256: str) -> Response:
    return _photo(evidence.upload_progress(visit_id, _checked_hash(sha256)))


@blueprint.route("/api/v/<uuid:visit_id>/photos/<sha256>", methods=["PATCH"])
@bearer
@require(Permission.VISIT_FILL)
def photo_chunk(visit_id: uuid.UUID, sha256: str) -> Response:
    if (request.content_length or 0) > evidence.CHUNK:
        raise TooLarge(_("A part of a photo may have up to 128 KB."))
    progress = evidence.receive_chunk(
        visit_id,
        _checked_hash(sha256),
        offset=_header_number("X-Offset"),
        total=_header_number("X-Total"),
        data=request.get_data(cache=False),
    )
    return _photo(progress)


@blueprint.route("/api/v/<uuid:visit_id>/submit", methods=["POST"])
@bearer
@require(Permission.VISIT_FILL)
def submit(visit_id: uuid.UUID) -> Response:
    body = _json_object()
    try:
        submit_id = uuid.UUID(body.get("submit_id"))
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid(_("The submission has no id.")) from error
    outcome = submission.submit_visit(
        visit_id, submit_id, events=_names(body, "events"), photos=_names(body, "photos")
    )
    if isinstance(outcome, submission.Incomplete):
        missing = {
            "events": outcome.events,
            "photos": outcome.photos,
            "gaps": [gap_json(gap) for gap in outcome.gaps],
        }
        return make_response(_acknowledged(missing=missing), 409)
    return _acknowledged(
        submit_id=str(outcome.submit_id), submitted_at=outcome.submitted_at.isoformat()
    )


def gap_json(gap: Gap) -> dict[str, Any]:
    return {
        "field": gap.field,
        "section": gap.section,
        "reason": gap.reason,
        "detail": list(gap.detail),
    }


def _acknowledged(**body: Any) -> Response:
    return jsonify(ack=ACK, **body)


def _photo(progress: evidence.Progress) -> Response:
    return _acknowledged(
        offset=progress.offset,
        complete=progress.complete,
        problem=progress.problem,
        refusal=progress.refusal,
    )


def _json_object() -> dict[str, Any]:
    """The body as JSON, decimals kept as their digits. Raises TooLarge or Invalid."""
    data = request.get_data(cache=False)
    if len(data) > BODY_MAX:
        raise TooLarge(_("Send fewer answers at a time."))
    try:
        body = json.loads(data, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("The request is not JSON.")) from error
    if not isinstance(body, dict):
        raise Invalid(_("The request is not JSON."))
    return body


def _names(body: dict[str, Any], key: str) -> list[str]:
    found = body.get(key, [])
    if not isinstance(found, list) or any(not isinstance(n, str) or len(n) > 64 for n in found):
        raise Invalid(_("The list of what was recorded cannot be read."))
    if len(found) > MANIFEST_MAX:
        raise TooLarge(_("The list of what was recorded is too long."))
    return found


def _header_number(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Invalid(_("%(header)s must be a whole number.", header=name))
    return int(text)


def _checked_hash(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise NotFound
    return sha256
