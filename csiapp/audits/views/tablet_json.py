"""How the tablet's requests are read and answered, whoever brings them."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _

from csiapp.audits.services import evidence
from csiapp.core.errors import Invalid, NotFound, TooLarge

ACK = "csiapp"
EVENTS_MAX = 50
BODY_MAX = 1024 * 1024
MANIFEST_MAX = 20_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


def acknowledged(**body: Any) -> Response:
    return jsonify(ack=ACK, **body)


def photo_answer(progress: evidence.Progress) -> Response:
    return acknowledged(
        offset=progress.offset,
        complete=progress.complete,
        problem=progress.problem,
        refusal=progress.refusal,
    )


def json_object() -> dict[str, Any]:
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


def event_batch(body: dict[str, Any]) -> list[Any]:
    """The events of a request. Raises Invalid or TooLarge."""
    batch = body.get("events")
    if not isinstance(batch, list):
        raise Invalid(_("A list of events was expected."))
    if len(batch) > EVENTS_MAX:
        raise TooLarge(_("Up to %(count)s events fit into one request.", count=EVENTS_MAX))
    return batch


def chunk() -> dict[str, Any]:
    """One part of a photo: offset, total and data, and when the device says that it was taken
    (shrinking takes that out of the file). Raises Invalid or TooLarge."""
    if (request.content_length or 0) > evidence.CHUNK:
        raise TooLarge(_("A part of a photo may have up to 128 KB."))
    offset, total = _header_number("X-Offset"), _header_number("X-Total")
    data = request.get_data(cache=False)
    return {"offset": offset, "total": total, "data": data, "taken_at": _taken_at()}


def _taken_at() -> str | None:
    return moment(request.headers.get("X-Taken"))


def moment(text: object) -> str | None:
    """A device's word for a moment, to the second; None for what is none."""
    try:
        return dt.datetime.fromisoformat(str(text)[:40]).isoformat(timespec="seconds")
    except ValueError:
        return None


def names(body: dict[str, Any], key: str) -> list[str]:
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


def checked_hash(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise NotFound
    return sha256
