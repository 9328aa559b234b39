"""Notes of the covert minutes, and time stamps that were changed: kept, never scored, and seen by
the reviewer, not by the dealership."""

from __future__ import annotations

import pytest

from csiapp.audits.models import Answer, AnswerEvent
from tests.factories.tablet import rows_of

pytestmark = pytest.mark.db

JOT = f"jot.{'0192f3c4' * 4}"
NOTE = {"text": "Nobody at the <desk>", "at": "2026-08-01T10:02:11+08:00", "used": []}


def kept(app, world, name: str) -> object:
    return next((a.value for a in rows_of(app, world, Answer) if a.field == name), None)


def test_a_note_is_kept_marked_as_used_and_never_cleared(app, world, tablet):
    tablet.answer({JOT: NOTE})
    tablet.answer({JOT: NOTE | {"used": ["V012.comment"]}})

    refused = tablet.send(tablet.event(JOT, None))

    assert [r["reason"] for r in refused.json["rejected"]] == ["wrong_type"]
    assert kept(app, world, JOT) == NOTE | {"used": ["V012.comment"]}
    assert len(rows_of(app, world, AnswerEvent)) == 2


def test_a_note_is_no_gap_and_changes_no_gap(tablet):
    before = tablet.submit().json["missing"]["gaps"]
    tablet.answer({JOT: NOTE, "T04.reason": "Forgot to tap"})
    assert tablet.submit().json["missing"]["gaps"] == before


def test_a_reason_needs_a_time_key_of_this_form(tablet):
    answer = tablet.send(tablet.event("V001.reason", "x"), tablet.event("T99.reason", "x"))
    assert [r["reason"] for r in answer.json["rejected"]] == ["unknown_field"] * 2


def test_the_reviewer_sees_notes_both_times_and_the_reason(tablet, visit_id, client_of):
    tablet.answer({JOT: NOTE | {"used": ["V012.comment"]}, "T04": "2026-08-01T10:05:30+08:00"})
    tablet.answer({"T04.reason": "Tapped too late", "T04": "2026-08-01T10:04:00+08:00"})

    page = client_of("headoffice").get(f"/n/near/d/near/visits/{visit_id}").text

    assert "Nobody at the &lt;desk&gt;" in page
    assert "V012" in page[page.index("Nobody at the") :][:300]
    for shown in ("2026-08-01 10:04:00", "<del>2026-08-01 10:05:30</del>", "Tapped too late"):
        assert shown in page
