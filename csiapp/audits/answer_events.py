"""What a tablet sends: one event per change of a field, read and checked. Pure.

An event as JSON::

    {"id": UUIDv7, "device": name, "seq": 1..., "field": "V001", "value": ...,
     "ts": ISO 8601 with offset, "form_sha256": of the form version on the tablet}

``seq`` is a Lamport clock and orders events; ties go to the greater device name, then to the
greater id, so that every order of arrival leads to the same current value.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from csiapp.audits.answer_fields import FieldError, validate_value
from csiapp.audits.form_shape import FormContent

SEQ_AHEAD = 100_000
"""How far a device may count ahead of its visit's journal: days without a network make some
thousand events. One number far above all others would win over every later answer."""

SERVER_DEVICE, RULE_DEVICE = "server", "rule"
RESERVED_DEVICES = frozenset({SERVER_DEVICE, RULE_DEVICE})
"""Names of what the server itself answers: no device may take them."""

_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Order = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Rejection:
    """An event that is not kept. ``reason`` is a stable word: ``bad_event``, ``bad_id``,
    ``bad_device``, ``bad_seq``, ``bad_time``, ``bad_form``, or one of
    :class:`~csiapp.audits.answer_fields.FieldError`. ``details`` is what its message needs."""

    id: str
    field: str
    reason: str
    details: Mapping[str, int | str]

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "field": self.field,
            "reason": self.reason,
            "details": dict(self.details),
        }


@dataclass(frozen=True, slots=True)
class Event:
    """A checked event; ``value`` is as it is to be kept."""

    id: uuid.UUID
    device: str
    seq: int
    field: str
    value: Any
    client_ts: str
    form_sha256: str

    @property
    def order(self) -> Order:
        """Of two events of one field, the greater one is the current value."""
        return self.seq, self.device, str(self.id)

    @property
    def digest(self) -> str:
        """SHA-256 of everything but the id: tells a repeat from another event of that id."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "seq": self.seq,
            "field": self.field,
            "value": self.value,
            "ts": self.client_ts,
            "form_sha256": self.form_sha256,
        }


def read_event(
    content: FormContent, raw: object, *, last_seq: int, reserved: bool = False
) -> Event | Rejection:
    """The event, checked against the form that the visit is pinned to, and against the greatest
    number of its journal. `reserved`: the server itself answers, in a name of its own.

    An event made on another version of the form is judged by this one, because an item's id
    outlives its wording; ``form_sha256`` stays in the journal for the reviewer.
    """
    if not isinstance(raw, Mapping):
        return Rejection("", "", "bad_event", {})
    given_id, field = str(raw.get("id"))[:64], str(raw.get("field"))[:40]
    reason = _wrong_envelope(raw, last_seq)
    if not reason and raw["device"] in RESERVED_DEVICES and not reserved:
        reason = "bad_device"
    if reason:
        return Rejection(given_id, field, reason, {})
    try:
        value = validate_value(content, raw["field"], raw.get("value"))
    except FieldError as error:
        return Rejection(given_id, field, error.reason, error.details)
    return Event(
        id=uuid.UUID(raw["id"]),
        device=raw["device"],
        seq=raw["seq"],
        field=raw["field"],
        value=value,
        client_ts=raw["ts"],
        form_sha256=raw["form_sha256"],
    )


def _wrong_envelope(raw: Mapping[str, Any], last_seq: int) -> str:
    """Which part around the value is wrong; empty when none is."""
    seq = raw.get("seq")
    checks = (
        (_is_uuid7(raw.get("id")), "bad_id"),
        (_matches(_DEVICE, raw.get("device")), "bad_device"),
        (type(seq) is int and 1 <= seq <= last_seq + SEQ_AHEAD, "bad_seq"),
        (isinstance(raw.get("field"), str), "unknown_field"),
        (_is_instant(raw.get("ts")), "bad_time"),
        (_matches(_SHA256, raw.get("form_sha256")), "bad_form"),
    )
    return next((reason for fine, reason in checks if not fine), "")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_uuid7(value: object) -> bool:
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        return uuid.UUID(value).version == 7
    except ValueError:
        return False


def _is_instant(value: object) -> bool:
    """ISO 8601 with an offset; it is kept as it came, and ISO lets any character divide it."""
    if not isinstance(value, str) or len(value) > 40:
        return False
    if not (value.isascii() and value.isprintable()):
        return False
    try:
        return dt.datetime.fromisoformat(value).utcoffset() is not None
    except ValueError:
        return False
