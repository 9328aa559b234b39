"""The answer journal: events are added once and never changed; answers follow from them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits import stage_two
from csiapp.audits.answer_events import SERVER_DEVICE, Event, Rejection, read_event
from csiapp.audits.answer_fields import (
    BRIEF_FIELD,
    FOCUS_FIELD,
    HOLDER_FIELD,
    JOT_PREFIX,
    parse_field,
)
from csiapp.audits.brief_test import wrong_answers
from csiapp.audits.models import Answer, AnswerConflict, AnswerEvent, FormVersion, Visit
from csiapp.audits.moving import owner_of
from csiapp.audits.queries.forms import content_of, form_of, moves_of
from csiapp.audits.queries.visits import get_visit
from csiapp.core import activity
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db

WAITING_STATE = "awaiting_stage2"
OPEN_STATES = frozenset({"accepted", "in_progress", "returned", WAITING_STATE})
"""The visit is the shopper's: answers count, while stage two is waited for those of stage two.
All others are kept as late."""

_BESIDE = frozenset({HOLDER_FIELD, BRIEF_FIELD})
UNTAKEN_STATES = frozenset({"unassigned", "assigned"})


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch: ids kept (now or earlier), events refused, ids that came again
    with other content (both are kept); the highest ``seq`` of the visit; whether its answers
    still count."""

    kept: list[uuid.UUID]
    rejected: list[Rejection]
    conflicts: list[uuid.UUID]
    seq: int
    form_sha256: str
    open: bool


def lock_taken_visit(visit_id: uuid.UUID) -> Visit:
    """The visit, locked to the end of the transaction.

    Raises NotFound, and Conflict before the shopper has accepted it.
    """
    visit = get_visit(visit_id, lock=True)
    if visit.state in UNTAKEN_STATES:
        raise Conflict(_("Accept the visit first."))
    return visit


def append_events(
    visit_id: uuid.UUID, events: Sequence[object], *, reserved: bool = False
) -> Appended:
    """Add what the journal does not hold yet and bring the answers up to date. `reserved`: the
    server itself answers, in a name that no device may take.

    Repeats are harmless in any order and number. Raises NotFound, or Conflict before the
    visit was accepted and before the test on the brief was passed: the tablet keeps what it has.
    """
    visit = lock_taken_visit(visit_id)
    form = form_of(visit)
    older = _Older.of(visit, form)
    batch = _Batch()
    for raw in events:
        batch.add(
            read_event(
                content_of(older.form_for(raw, form)),
                raw,
                last_seq=visit.last_seq,
                reserved=reserved,
            )
        )
    _note_passed_test(visit, form, batch.events)
    known = _known_digests(visit_id, (event.id for event in batch.events))
    fresh: list[Event] = []
    for event in batch.events:
        digest = event.digest
        if event.id not in known:
            known[event.id] = digest
            late = older.outdated(event) or _is_late(visit, form, event)
            if not late and event.field != FOCUS_FIELD:
                fresh.append(event)
            db.session.add(_journal_row(visit, event, digest, late=late))
            visit.last_seq = max(visit.last_seq, event.seq)
        elif known[event.id] != digest:
            batch.conflicts.append((event, digest))
    _write_journal()
    _keep_conflicts(visit, batch.conflicts)
    _project(visit, fresh)
    conflicting = {event.id for event, _digest in batch.conflicts}
    return Appended(
        kept=list(dict.fromkeys(e.id for e in batch.events if e.id not in conflicting)),
        rejected=batch.rejected,
        conflicts=sorted(conflicting),
        seq=visit.last_seq,
        form_sha256=form.sha256,
        open=visit.state in OPEN_STATES,
    )


def _is_late(visit: Visit, form: FormVersion, event: Event) -> bool:
    if visit.state == WAITING_STATE:
        content = content_of(form)
        return not stage_two.belongs(content, parse_field(content, event.field))
    return visit.state not in OPEN_STATES


def _note_passed_test(visit: Visit, form: FormVersion, events: Sequence[Event]) -> None:
    """The first right try opens the visit; no other answer is taken before."""
    if visit.briefed_at is not None or visit.state not in OPEN_STATES:
        return
    content = content_of(form)
    tries = [event.value for event in events if event.field == BRIEF_FIELD]
    if any(not wrong_answers(content, visit.scenario, tried) for tried in tries):
        visit.briefed_at = utcnow()
    elif any(event.field not in (BRIEF_FIELD, HOLDER_FIELD) for event in events):
        raise Conflict(_("Pass the test on the brief first. Your answers stay on this device."))


def fill_in(
    visit_id: uuid.UUID, values: Mapping[str, Any], *, device: str = SERVER_DEVICE
) -> Appended:
    """Answer fields without a tablet: forms of plain pages, and demo data.

    Raises Invalid when a value is refused; nothing is kept then.
    """
    visit = lock_taken_visit(visit_id)
    form_sha256, now = form_of(visit).sha256, utcnow().isoformat()
    appended = append_events(
        visit_id,
        [
            {
                "id": str(new_id()),
                "device": device,
                "seq": seq,
                "field": name,
                "value": value,
                "ts": now,
                "form_sha256": form_sha256,
            }
            for seq, (name, value) in enumerate(values.items(), start=visit.last_seq + 1)
        ],
        reserved=True,
    )
    if appended.rejected:
        first = appended.rejected[0]
        raise Invalid(
            _("%(field)s: this value is not possible (%(reason)s).",
              field=first.field, reason=first.reason)
        )  # fmt: skip
    return appended


def withdraw_answers(visit: Visit) -> None:
    """Nothing that was answered counts any more; the journal keeps it. Cleared by events of the
    server, whatever the visit's state: a device that holds the answers hears of it. What is never
    cleared, and who held the visit, is left without a current value."""
    fields: list[str] = []
    for row in db.session.scalars(sa.select(Answer).where(Answer.visit_id == visit.id)):
        if row.field in _BESIDE or row.field.startswith(JOT_PREFIX):
            db.session.delete(row)
        elif row.value is not None:
            fields.append(row.field)
    form_sha256, now = form_of(visit).sha256, utcnow().isoformat()
    cleared = [
        Event(new_id(), SERVER_DEVICE, seq, field, None, now, form_sha256)
        for seq, field in enumerate(fields, start=visit.last_seq + 1)
    ]
    db.session.add_all(_journal_row(visit, e, e.digest, late=False) for e in cleared)
    visit.last_seq += len(cleared)
    db.session.flush()
    _project(visit, cleared)


@dataclass(frozen=True, slots=True)
class _Older:
    """The versions of the form that the visit had before, by hash, with what of their answers
    does not count any more. A tablet that has not heard of the newer version sends by them."""

    forms: Mapping[str, FormVersion]
    gone: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, visit: Visit, current: FormVersion) -> _Older:
        moves = moves_of(visit.id)
        forms: dict[str, FormVersion] = {}
        gone: dict[str, frozenset[str]] = {}
        outdated: frozenset[str] = frozenset()
        for move, form in reversed(moves):
            outdated |= frozenset(move.outdated)
            if form.sha256 != current.sha256:  # the same content may have come back
                forms[form.sha256], gone[form.sha256] = form, outdated
        return cls(forms, gone)

    def outdated(self, event: Event) -> bool:
        return owner_of(event.field) in self.gone.get(event.form_sha256, ())

    def form_for(self, raw: object, current: FormVersion) -> FormVersion:
        """By which version an event is judged: what is outdated by its own, all else by the
        visit's."""
        if not isinstance(raw, Mapping):
            return current
        sha256, field = str(raw.get("form_sha256")), str(raw.get("field"))
        return self.forms[sha256] if owner_of(field) in self.gone.get(sha256, ()) else current


@dataclass(slots=True)
class _Batch:
    events: list[Event] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    conflicts: list[tuple[Event, str]] = field(default_factory=list)

    def add(self, read: Event | Rejection) -> None:
        if isinstance(read, Event):
            self.events.append(read)
        else:
            self.rejected.append(read)


def _known_digests(visit_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = db.session.execute(
        sa.select(AnswerEvent.id, AnswerEvent.digest).where(
            AnswerEvent.visit_id == visit_id, AnswerEvent.id.in_(set(ids))
        )
    )
    return {row.id: row.digest for row in rows}


def _write_journal() -> None:
    """A visit's scope does not see the ids of other visits; the database knows them."""
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Invalid(_("One of these answers belongs to another visit.")) from error


def _journal_row(visit: Visit, event: Event, digest: str, *, late: bool) -> AnswerEvent:
    return AnswerEvent(
        id=event.id,
        visit_id=visit.id,
        device=event.device,
        seq=event.seq,
        field=event.field,
        value=event.value,
        client_ts=event.client_ts,
        form_sha256=event.form_sha256,
        digest=digest,
        late=late,
    )


def _keep_conflicts(visit: Visit, conflicts: Sequence[tuple[Event, str]]) -> None:
    """Both contents are kept, once each, and the activity log raises the alarm."""
    if not conflicts:
        return
    ids = {event.id for event, _digest in conflicts}
    rows = db.session.execute(
        sa.select(AnswerConflict.event_id, AnswerConflict.digest).where(
            AnswerConflict.event_id.in_(ids)
        )
    )
    known = {(row.event_id, row.digest) for row in rows}
    for event, digest in conflicts:
        if (event.id, digest) in known:
            continue
        known.add((event.id, digest))
        db.session.add(
            AnswerConflict(
                visit_id=visit.id, event_id=event.id, digest=digest, content=event.to_json()
            )
        )
        activity.record(
            "answer.conflict", "visit", visit.id, {"event": str(event.id), "field": event.field}
        )


def _project(visit: Visit, fresh: Sequence[Event]) -> None:
    """The greatest event of each field is its answer."""
    greatest: dict[str, Event] = {}
    for event in fresh:
        if event.field not in greatest or event.order > greatest[event.field].order:
            greatest[event.field] = event
    rows = db.session.scalars(
        sa.select(Answer).where(Answer.visit_id == visit.id, Answer.field.in_(greatest))
    )
    present = {row.field: row for row in rows}
    for name, event in greatest.items():
        row = present.get(name)
        if row is None:
            row = Answer(visit_id=visit.id, field=name, seq=0, device="")
            db.session.add(row)
        elif (row.seq, row.device, str(row.event_id)) > event.order:
            continue
        row.value, row.seq, row.device, row.event_id = (
            event.value,
            event.seq,
            event.device,
            event.id,
        )
    db.session.flush()
