"""How a form was filled in, in the columns of ODK's client audit log: order, time, edits. Pure.

Derived from the journal alone. A question's time is the time for which the device had it before the
shopper (events ``focus``); an answer stands in the line of that time. Where a device says nothing
of that, an event ends when the device kept the answer (its own clock) and starts when the same
device kept the one before; a longer break than BREAK is nobody's time. Clocks of devices order
nothing: only differences on one device are used, and none is negative.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csiapp.audits.answer_fields import FOCUS_FIELD, FieldError, FieldKind, parse_field
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent

COLUMNS = ("event", "node", "start", "end", "old-value", "new-value", "user")
BREAK = dt.timedelta(minutes=10)
SLACK = dt.timedelta(seconds=2)
"""An answer is kept a moment after it was given, at a time in whole seconds."""

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


@dataclass(slots=True)
class _Look:
    """A question was before the shopper; ``told`` once a line of the log says so."""

    device: str
    code: str
    start: dt.datetime
    end: dt.datetime
    told: bool = False

    def holds(self, device: str, code: str, at: dt.datetime) -> bool:
        same = (self.device, self.code) == (device, code)
        return same and self.start - SLACK <= at <= self.end + SLACK


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
    kept = list(kept)
    looks = [look for event in kept if event.field == FOCUS_FIELD for look in _looks(event)]
    writing = _Writing(content, user, looks)
    for event in kept:
        if event.field == FOCUS_FIELD:
            writing.rest_of(event)
        else:
            writing.answer(event)
    return writing.lines


class _Writing:
    """The log as it grows. A look that brought an answer is told with it, any other one where its
    device reported it."""

    def __init__(self, content: FormContent, user: str, looks: Sequence[_Look]) -> None:
        self.content, self.user, self.looks = content, user, looks
        self.sections = _sections(content)
        self.before: dict[str, dt.datetime] = {}
        self.values: dict[str, Any] = {}
        self.lines: list[Logged] = []

    def answer(self, event: Kept) -> None:
        code = _code(self.content, event.field)
        look = next((o for o in self.looks if o.holds(event.device, code, event.at)), None)
        start, end = _start(self.before.get(event.device), event.at), event.at
        if look is not None:
            start, end = (event.at, event.at) if look.told else (look.start, look.end)
            look.told = True
        values = self.values.get(event.field), event.value
        self._line(event.field, code, (start, end), values)
        self.before[event.device] = look.end if look else event.at
        self.values[event.field] = event.value

    def rest_of(self, event: Kept) -> None:
        ended = {look.start for look in _looks(event)}
        for look in self.looks:
            if look.device == event.device and look.start in ended and not look.told:
                look.told = True
                self._line(look.code, look.code, (look.start, look.end), (None, None))

    def _line(
        self,
        field: str,
        code: str,
        times: tuple[dt.datetime, dt.datetime],
        values: tuple[Any, Any],
    ) -> None:
        section = [self.sections[code]] if code in self.sections else []
        node = "/" + "/".join([self.content["code"], *section, field])
        self.lines.append(Logged(QUESTION, node, code, *times, *values, self.user))


def _looks(event: Kept) -> list[_Look]:
    return [
        _Look(event.device, code, start := _moment(ms), start + dt.timedelta(milliseconds=lasted))
        for code, ms, lasted in event.value
    ]


def _moment(ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)


def mark(event: str, at: dt.datetime, content: FormContent, user: str) -> Logged:
    """A line about the form as a whole."""
    return Logged(event, "/" + content["code"], "", at, at, user=user)


def paces(content: FormContent, lines: Sequence[Logged]) -> list[Pace]:
    """The scored questions that were answered, in the order in which that was begun."""
    scored = {question["code"] for _, question in all_questions(content)}
    asked = scored & {line.code for line in lines if line.new is not None}
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
