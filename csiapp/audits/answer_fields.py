"""The fields of a filled form and what each may hold.

=================  ===========================================================================
field              value (JSON)
=================  ===========================================================================
``V001``           a scored question: ``{"value": x}``, ``{"na": "reason_code"}`` or
                   ``{"never": true}``; x is "yes" or "no", a number, or an option's code
``V001.comment``   text
``V001.photos``    list of SHA-256 (hexadecimal) of photos
``A.narrative``    text; ``A`` is a section
``A.impression``   whole number 0 to 10
``T05``            time stamp: ISO 8601 with offset from UTC
``T05.reason``     text: why the stamp was set by hand, changed or taken back
``U01``            an unscored question: whole number 0 to 10, or text
``device``         the device that the visit is filled in on, in words; whoever wrote it last
                   holds the visit (an answer of nobody's question: no score, no gap)
``brief``          one try at the test on the brief: question -> code of the chosen option; never
                   scored, and never cleared
``focus``          questions that were looked at: ``[[code, ms since 1970, ms], ...]``; no answer,
                   so it has no current value: each event adds to what the reviewer sees
``jot.<32 hex>``   a note of the covert minutes: ``{"text", "at": ISO 8601, "used": [fields]}``;
                   never scored, and never cleared: it is evidence for the reviewer
=================  ===========================================================================

``null`` clears any other field. Numbers may also come as decimal text, and in full-width digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from enum import StrEnum
from typing import Any

from csiapp.audits.exact import exact
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.timings import stamp_time
from csiapp.standards.content import plain_number

TEXT_MAX = 4000
PHOTOS_MAX = 20
NUMBER_MAX = 100_000
RATING_MAX = 10
HOLDER_FIELD = "device"
HOLDER_MAX = 80
BRIEF_FIELD = "brief"
BRIEF_MAX = 40
FOCUS_FIELD = "focus"
FOCUS_MAX = 200
_LATEST_MS = 4_102_444_800_000  # the year 2100
_LONGEST_MS = 86_400_000
_FIELD = re.compile(
    r"([A-Z][A-Z0-9]{0,15})(?:\.(comment|photos|narrative|impression|reason))?", re.ASCII
)
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,15}", re.ASCII)
JOT_PREFIX = "jot."
_JOT = re.compile(r"jot\.[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FieldKind(StrEnum):
    ANSWER = "answer"
    COMMENT = "comment"
    PHOTOS = "photos"
    NARRATIVE = "narrative"
    IMPRESSION = "impression"
    STAMP = "stamp"
    UNSCORED = "unscored"
    REASON = "reason"
    HOLDER = "holder"
    JOT = "jot"
    FOCUS = "focus"
    BRIEF = "brief"


NOTE_TARGETS = frozenset({FieldKind.COMMENT, FieldKind.NARRATIVE, FieldKind.UNSCORED})
_NO_ANSWERS = frozenset({FieldKind.JOT, FieldKind.BRIEF, FieldKind.FOCUS})
"""They stand beside the questions, and are never cleared."""


class FieldError(ValueError):
    """A field that the form does not have, or a value that it may not hold.

    ``reason`` is a stable word, ``details`` what its message needs. Reasons: ``unknown_field``,
    ``wrong_type``, ``not_a_number``, ``not_whole``, ``too_precise``, ``out_of_range`` (min, max),
    ``unknown_option``, ``na_not_allowed``, ``unknown_na_reason``, ``never_not_allowed``,
    ``too_long`` (max), ``bad_stamp``, ``bad_photo``, ``too_many_photos`` (max).
    """

    def __init__(self, field: str, reason: str, **details: int | str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        self.details = details


@dataclass(frozen=True, slots=True)
class Field:
    """``code`` is that of the question, section, stamp, unscored question or note."""

    kind: FieldKind
    code: str

    def __str__(self) -> str:
        part = {"comment", "photos", "narrative", "impression", "reason"} & {self.kind.value}
        return f"{self.code}.{self.kind}" if part else self.code


def parse_field(content: FormContent, field: object) -> Field:
    """The field of this form that a name stands for. Raises :class:`FieldError`."""
    if field == HOLDER_FIELD:
        return Field(FieldKind.HOLDER, HOLDER_FIELD)
    if field == BRIEF_FIELD:
        return Field(FieldKind.BRIEF, BRIEF_FIELD)
    if field == FOCUS_FIELD:
        return Field(FieldKind.FOCUS, FOCUS_FIELD)
    if isinstance(field, str) and _JOT.fullmatch(field):
        return Field(FieldKind.JOT, field)
    match = _FIELD.fullmatch(field) if isinstance(field, str) else None
    if match is not None:
        code, part = match.groups()
        kind = FieldKind(part) if part else _kind_of(content, code)
        if kind is not None and code in _codes(content, kind):
            return Field(kind, code)
    raise FieldError(str(field)[:40], "unknown_field")


def validate_value(content: FormContent, field: str, value: object) -> Any:
    """The value as it is to be kept: numbers as int or decimal text, text without control
    characters. ``None`` clears. Raises :class:`FieldError`."""
    parsed = parse_field(content, field)
    if value is None and parsed.kind not in _NO_ANSWERS:
        return None
    match parsed.kind:
        case FieldKind.ANSWER:
            question = next(q for _, q in all_questions(content) if q["code"] == parsed.code)
            return _answer(content, question, value)
        case FieldKind.PHOTOS:
            return _photos(field, value)
        case FieldKind.IMPRESSION:
            return _whole(field, value, RATING_MAX)
        case FieldKind.STAMP:
            return _stamp(field, value)
        case FieldKind.UNSCORED:
            unscored = next(u for u in content["unscored"] if u["code"] == parsed.code)
            rated = unscored["answer_type"] == "rating_0_10"
            return _whole(field, value, RATING_MAX) if rated else _text(field, value)
        case FieldKind.JOT | FieldKind.BRIEF | FieldKind.FOCUS:
            return _no_answer(content, parsed.kind, field, value)
        case _:
            held = parsed.kind is FieldKind.HOLDER
            return _text(field, value, HOLDER_MAX if held else TEXT_MAX)


def _no_answer(content: FormContent, kind: FieldKind, field: str, value: object) -> Any:
    match kind:
        case FieldKind.JOT:
            return _jot(content, field, value)
        case FieldKind.BRIEF:
            return _brief(field, value)
        case _:
            return _focus(value)


def _kind_of(content: FormContent, code: str) -> FieldKind | None:
    for kind in (FieldKind.ANSWER, FieldKind.STAMP, FieldKind.UNSCORED):
        if code in _codes(content, kind):
            return kind
    return None


def _codes(content: FormContent, kind: FieldKind) -> set[str]:
    match kind:
        case FieldKind.STAMP | FieldKind.REASON:
            return {timing["code"] for timing in content["timings"]}
        case FieldKind.UNSCORED:
            return {question["code"] for question in content["unscored"]}
        case FieldKind.NARRATIVE:
            return {section["code"] for section in content["sections"] if section["narrative"]}
        case FieldKind.IMPRESSION:
            return {s["code"] for s in content["sections"] if s["impression_max"]}
        case _:
            return {question["code"] for _, question in all_questions(content)}


def _answer(content: FormContent, question: FormQuestion, value: object) -> dict[str, Any]:
    field = question["code"]
    if not isinstance(value, Mapping) or len(value) != 1:
        raise FieldError(field, "wrong_type")
    ((form, given),) = value.items()
    match form:
        case "value":
            return {"value": _plain_value(question, given)}
        case "na":
            if not question["na_allowed"]:
                raise FieldError(field, "na_not_allowed")
            reasons = {reason["code"] for reason in content["na_reasons"]}
            if not isinstance(given, str) or given not in reasons:
                raise FieldError(field, "unknown_na_reason")
            return {"na": given}
        case "never" if given is True:
            if not question["never_allowed"]:
                raise FieldError(field, "never_not_allowed")
            return {"never": True}
        case _:
            raise FieldError(field, "wrong_type")


def _plain_value(question: FormQuestion, given: object) -> int | str:
    field = question["code"]
    match question["answer_type"]:
        case "yes_no":
            return _one_of(field, given, {"yes", "no"})
        case "single_choice":
            return _one_of(field, given, {option["code"] for option in question["options"]})
        case "rating_0_10":
            return _whole(field, given, RATING_MAX)
        case "percent":
            return _number(field, given, 100)
        case "duration":
            return _number(field, given, NUMBER_MAX)
        case _:
            return _whole(field, given, NUMBER_MAX)


def _one_of(field: str, given: object, allowed: set[str]) -> str:
    if not isinstance(given, str) or given not in allowed:
        raise FieldError(field, "unknown_option")
    return given


def _number(field: str, given: object, highest: int) -> int | str:
    """Up to two decimals, from 0 to ``highest``."""
    try:
        number = exact(unicodedata.normalize("NFKC", given) if isinstance(given, str) else given)
    except ValueError as error:
        raise FieldError(field, "not_a_number") from error
    if not 0 <= number <= highest:
        raise FieldError(field, "out_of_range", min=0, max=highest)
    if (number * 100).denominator != 1:
        raise FieldError(field, "too_precise", places=2)
    if number.denominator == 1:
        return int(number)
    return plain_number(f"{int(number * 100)}e-2")


def _whole(field: str, given: object, highest: int) -> int:
    number = _number(field, given, highest)
    if not isinstance(number, int):
        raise FieldError(field, "not_whole")
    return number


def _text(field: str, given: object, longest: int = TEXT_MAX) -> str:
    if not isinstance(given, str):
        raise FieldError(field, "wrong_type")
    if len(given) > longest:
        raise FieldError(field, "too_long", max=longest)
    return "".join(c for c in given if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def _photos(field: str, given: object) -> list[str]:
    if not isinstance(given, list):
        raise FieldError(field, "wrong_type")
    if len(given) > PHOTOS_MAX:
        raise FieldError(field, "too_many_photos", max=PHOTOS_MAX)
    for photo in given:
        if not isinstance(photo, str) or not _SHA256.fullmatch(photo):
            raise FieldError(field, "bad_photo")
    return list(dict.fromkeys(given))


def _stamp(field: str, given: object) -> str:
    try:
        time = stamp_time(given)
    except ValueError as error:
        raise FieldError(field, "bad_stamp") from error
    if not MINYEAR < time.year < MAXYEAR:  # else it is no day in another time zone
        raise FieldError(field, "bad_stamp")
    return time.isoformat()


def _brief(field: str, given: object) -> dict[str, str]:
    if not isinstance(given, Mapping) or len(given) > BRIEF_MAX:
        raise FieldError(field, "wrong_type")
    return {
        _text(field, code, BRIEF_MAX): _text(field, chosen, BRIEF_MAX)
        for code, chosen in given.items()
    }


def _jot(content: FormContent, field: str, given: object) -> dict[str, Any]:
    """``used`` names the comments and descriptions that the note went into."""
    if not isinstance(given, Mapping) or given.keys() != {"text", "at", "used"}:
        raise FieldError(field, "wrong_type")
    used = given["used"]
    if not isinstance(used, list):
        raise FieldError(field, "wrong_type")
    for name in used:
        if parse_field(content, name).kind not in NOTE_TARGETS:
            raise FieldError(field, "unknown_field")
    return {
        "text": _text(field, given["text"]),
        "at": _stamp(field, given["at"]),
        "used": list(dict.fromkeys(used)),
    }


def _focus(value: object) -> list[list[Any]]:
    if not isinstance(value, list) or len(value) > FOCUS_MAX:
        raise FieldError(FOCUS_FIELD, "wrong_type")
    for span in value:
        if not isinstance(span, list) or len(span) != 3 or not _looked(*span):
            raise FieldError(FOCUS_FIELD, "wrong_type")
    return value


def _looked(code: object, start: object, lasted: object) -> bool:
    return (
        isinstance(code, str)
        and _CODE.fullmatch(code) is not None
        and type(start) is int
        and 0 <= start <= _LATEST_MS
        and type(lasted) is int
        and 0 < lasted <= _LONGEST_MS
    )
