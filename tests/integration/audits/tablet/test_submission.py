"""Submitting: refused with what is missing, then done once whatever happens."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from csiapp.audits.models import AnswerEvent, Visit, VisitScore
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry, Outbox
from tests.factories.tablet import at_work, jpeg, rows_of, visit_form
from tests.unit.audits import examples

pytestmark = pytest.mark.db


@pytest.fixture
def filled(tablet):
    """The tablet after every question was answered as well as can be."""
    tablet.answer(examples.complete(visit_form()))
    return tablet


def visit(app, world) -> Visit:
    (row,) = rows_of(app, world, Visit)
    return row


def set_state(app, world, state: str) -> None:
    with at_work(app, world.tenant()):
        db.session.execute(sa.update(Visit).values(state=state))


def test_a_complete_visit_is_submitted_scored_and_announced(app, world, filled):
    submit_id = str(new_id())

    answer = filled.submit(submit_id)

    assert answer.status_code == 200
    assert answer.json["submit_id"] == submit_id
    done = visit(app, world)
    assert (done.state, str(done.submit_id)) == ("submitted", submit_id)
    (score,) = rows_of(app, world, VisitScore)
    assert (score.kind, score.revision, score.final_index) == ("provisional", 0, 1000)
    with app.app_context():
        promised = db.session.scalars(sa.select(Outbox.task)).all()
    assert "reports.prepare" in promised


def test_an_empty_form_is_told_every_gap_with_field_section_and_reason(app, world, tablet):
    answer = tablet.submit()

    assert answer.status_code == 409
    gaps = {(g["field"], g["section"], g["reason"]) for g in answer.json["missing"]["gaps"]}
    assert {
        ("V001", "A", "blank"),
        ("V012", "B", "stamps_missing"),
        ("A.narrative", "A", "narrative_missing"),
        ("U01", "", "blank"),
    } <= gaps
    assert ("V075", "J", "stamps_missing") not in gaps
    assert visit(app, world).state == "in_progress"


def test_an_event_that_never_arrived_is_named(app, world, filled):
    lost = str(new_id())

    answer = filled.submit(events=[*filled.sent, lost])

    assert answer.status_code == 409
    assert answer.json["missing"] == {"events": [lost], "photos": [], "gaps": []}
    assert visit(app, world).submit_id is None


def test_a_photo_that_never_arrived_is_named_with_its_question(filled):
    lost = "a" * 64
    filled.answer({"V010.photos": [lost]})

    answer = filled.submit(photos=[lost])

    assert answer.json["missing"]["photos"] == [lost]
    assert answer.json["missing"]["gaps"] == [
        {"field": "V010.photos", "section": "B", "reason": "photo_missing", "detail": [lost]}
    ]


def test_a_photo_that_arrived_counts_before_the_worker_has_read_it(filled):
    photo = filled.upload(jpeg())
    filled.answer({"V010.photos": [photo]})

    assert filled.submit(photos=[photo]).status_code == 200


def test_a_refused_photo_keeps_the_form_open(filled):
    refused = filled.upload(b"GIF89a, no photo")
    filled.answer({"V010.photos": [refused]})

    answer = filled.submit(photos=[refused])

    assert answer.json["missing"]["photos"] == []
    assert [gap["reason"] for gap in answer.json["missing"]["gaps"]] == ["photo_missing"]


def test_a_repeat_gets_the_same_answer_for_ever_whatever_its_id(app, world, filled):
    first = filled.submit()

    set_state(app, world, "published")
    for submit_id in (first.json["submit_id"], str(new_id())):
        again = filled.submit(submit_id, events=["not-there"])
        assert (again.status_code, again.json) == (200, first.json)
    assert len(rows_of(app, world, VisitScore)) == 1


def test_sixteen_submits_at_once_are_one(app, world, filled):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _n: filled.submit(), range(16)))

    assert {a.status_code for a in answers} == {200}
    assert len({a.json["submit_id"] for a in answers}) == 1
    assert len(rows_of(app, world, VisitScore)) == 1
    submits = [e for e in rows_of(app, world, ActivityEntry) if e.verb == "visit.submit"]
    assert len(submits) == 1


def test_stage_two_may_wait_and_the_score_says_so(app, world, tablet):
    fields = examples.complete(visit_form())
    tablet.answer({name: v for name, v in fields.items() if name[:4] not in ("V075", "V076")})

    assert tablet.submit().status_code == 200
    (score,) = rows_of(app, world, VisitScore)
    assert score.kind == "provisional"
    assert score.receipt["result"]["pending"]


def test_an_answer_after_the_submission_is_late_and_the_score_stays(app, world, filled):
    filled.submit()
    late = filled.event("V001", {"value": 9})

    assert filled.send(late).json["events"] == [late["id"]]
    rows = {str(row.id): row.late for row in rows_of(app, world, AnswerEvent)}
    assert rows[late["id"]] is True
    assert len(rows_of(app, world, VisitScore)) == 1


def test_a_returned_visit_is_mended_and_submitted_again(app, world, filled):
    first = filled.submit()
    set_state(app, world, "returned")
    filled.answer({"V017": {"value": "no"}, "V017.comment": "No name was given."})

    repeat = filled.submit(first.json["submit_id"])
    assert repeat.json == first.json
    assert visit(app, world).state == "returned"
    second = filled.submit()

    assert second.status_code == 200
    assert second.json["submit_id"] != first.json["submit_id"]
    assert visit(app, world).state == "submitted"
    assert [score.revision for score in rows_of(app, world, VisitScore)] == [0, 1]


def test_submitting_works_while_the_queue_is_down(app, world, filled):
    """The tests' settings name a queue that does not exist."""
    assert filled.submit().status_code == 200
    with app.app_context():
        waiting = db.session.scalars(sa.select(Outbox).where(Outbox.sent_at.is_(None))).all()
    assert "reports.prepare" in {row.task for row in waiting}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"submit_id": 7}, 422),
        ({"submit_id": "x"}, 422),
        ({"submit_id": str(uuid.uuid4()), "events": "all"}, 422),
        ({"submit_id": str(uuid.uuid4()), "events": [1]}, 422),
        ({"submit_id": str(uuid.uuid4()), "photos": ["a"] * 20_001}, 413),
    ],
)
def test_a_malformed_submission_changes_nothing(app, world, filled, body, status):
    assert filled.post("submit", body).status_code == status
    assert visit(app, world).state == "in_progress"
