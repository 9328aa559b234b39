"""How a form was filled in, in the columns of ODK's client audit log: order, time, edits. Pure.

Derived from the journal alone. An event ends when the device kept the answer (its own clock) and
starts when the same device kept the one before; a longer break than BREAK is nobody's time.
Clocks of devices order nothing: only differences on one device are used, and none is negative.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csiapp.audits.answer_fields import FieldError, FieldKind, parse_field
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent

COLUMNS = ("event", "node", "start", "end", "old-value", "new-value", "user")
BREAK = dt.timedelta(minutes=10)
START, QUESTION, FINALIZE = "form start", "question", "form finalize"


@dataclass(frozen=True, slots=True)
class Kept:
    """One event of the journal, as far as it says when and what."""

    device: str
    field: str
    value: Any
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log. ``start`` equals ``end`` where nothing says how long it took."""

    event: str
    node: str
    code: str
    start: dt.datetime
    end: dt.datetime
    old: Any = None
    new: Any = None
    user: str = ""

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Pace:
    """How one question was answered: its place in the order of first answers, the seconds spent
    on it and its comment and photos, and how often a value was changed."""

    order: int
    code: str
    seconds: float
    edits: int


def log_of(content: FormContent, kept: Iterable[Kept], user: str) -> list[Logged]:
    """The log of events in the order of the journal. `user` stands for the shopper's devices."""
    sections = _sections(content)
    before: dict[str, dt.datetime] = {}
    values: dict[str, Any] = {}
    lines = []
    for event in kept:
        code = _code(content, event.field)
        parts = [content["code"], *([sections[code]] if code in sections else []), event.field]
        lines.append(
            Logged(
                event=QUESTION,
                node="/" + "/".join(parts),
                code=code,
                start=_start(before.get(event.device), event.at),
                end=event.at,
                old=values.get(event.field),
                new=event.value,
                user=user,
            )
        )
        before[event.device], values[event.field] = event.at, event.value
    return lines


def mark(event: str, at: dt.datetime, content: FormContent, user: str) -> Logged:
    """A line about the form as a whole."""
    return Logged(event, "/" + content["code"], "", at, at, user=user)


def paces(content: FormContent, lines: Sequence[Logged]) -> list[Pace]:
    """The scored questions that were answered, in the order in which that was begun."""
    asked = {question["code"] for _, question in all_questions(content)}
    seconds: dict[str, float] = {}
    edits: dict[str, int] = {}
    for line in lines:
        if line.code in asked:
            seconds[line.code] = seconds.get(line.code, 0) + line.seconds
            edited = line.old is not None and line.old != line.new
            edits[line.code] = edits.get(line.code, 0) + edited
    return [
        Pace(order, code, spent, edits[code])
        for order, (code, spent) in enumerate(seconds.items(), start=1)
    ]


def as_csv(lines: Iterable[Logged]) -> str:
    """With a byte order mark, so that a spreadsheet reads Chinese; times are milliseconds since
    1970, as ODK writes them; a cell never begins a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        texts = (line.event, line.node, _text(line.old), _text(line.new), line.user)
        event, node, old, new, user = (_safe(text) for text in texts)
        writer.writerow([event, node, _ms(line.start), _ms(line.end), old, new, user])
    return "\ufeff" + buffer.getvalue()


def _start(before: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    return before if before is not None and dt.timedelta(0) <= at - before <= BREAK else at


def _sections(content: FormContent) -> Mapping[str, str]:
    asked = {q["code"]: section["code"] for section, q in all_questions(content)}
    stamped = {timing["code"]: timing["section"] for timing in content["timings"]}
    return {section["code"]: section["code"] for section in content["sections"]} | stamped | asked


def _code(content: FormContent, field: str) -> str:
    try:
        parsed = parse_field(content, field)
    except FieldError:
        return ""
    return "" if parsed.kind in (FieldKind.HOLDER, FieldKind.JOT) else parsed.code


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _safe(text: str) -> str:
    return "'" + text if text.lstrip(" ")[:1] in {*"=+-@\t\r\n"} and text else text


def _ms(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)
