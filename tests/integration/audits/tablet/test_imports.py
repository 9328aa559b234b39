"""A file of unsent answers, brought in by head office; and the journal that shows everything."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from csiapp.audits.models import Answer, AnswerEvent, Evidence, Visit
from csiapp.audits.services.evidence import CHUNK
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from tests.factories.tablet import assign, at_work, noisy_jpeg, rows_of, tablet_of

pytestmark = pytest.mark.db

SAVED = "2026-08-01T18:00:00+08:00"


def address(visit_id: object, path: str = "") -> str:
    return f"/n/near/d/near/visits/{visit_id}/import{path}"


@pytest.fixture
def bring_in(client_of, visit_id):
    """`bring_in(event, ...)`: head office sends these events of the visit's file."""
    headoffice = client_of("headoffice")

    def send(*events, visit=visit_id, saved=SAVED):
        body = {"visit": str(visit), "saved_at": saved, "events": list(events)}
        return headoffice.post(address(visit_id, "/events"), json=body)

    return send


def test_answers_of_a_file_count_as_if_the_device_had_sent_them(app, world, tablet, bring_in):
    event = tablet.event("V001", {"value": 3})

    answer = bring_in(event, tablet.event("V999", {"value": 1}))

    assert answer.status_code == 200
    assert answer.json["events"] == [event["id"]]
    assert [r["reason"] for r in answer.json["rejected"]] == ["unknown_field"]
    (kept,) = rows_of(app, world, Answer)
    assert (kept.value, kept.device, kept.seq) == ({"value": 3}, "tablet-a", 1)


def test_what_the_device_sends_later_all_the_same_changes_nothing(app, world, tablet, bring_in):
    event = tablet.event("V001", {"value": 3})
    bring_in(event)
    bring_in(event)

    assert tablet.send(event).json["events"] == [event["id"]]
    assert len(rows_of(app, world, AnswerEvent)) == 1


def test_the_log_says_who_brought_answers_in(app, world, tablet, bring_in):
    bring_in(tablet.event("V001", {"value": 3}))

    (entry,) = [e for e in rows_of(app, world, ActivityEntry) if e.verb == "visit.import"]
    assert entry.actor == world.people["headoffice"]
    assert entry.detail == {"events": 1, "refused": 0, "saved_at": SAVED}


def test_a_file_is_taken_when_it_is_too_late_for_the_device(app, world, tablet, bring_in):
    with at_work(app, world.tenant()):
        db.session.execute(sa.update(Visit).values(due_on=dt.date(2026, 1, 31)))

    assert bring_in(tablet.event("V001", {"value": 3})).status_code == 200
    assert [answer.value for answer in rows_of(app, world, Answer)] == [{"value": 3}]


@pytest.mark.parametrize("saved", ["\ud800", "a\0b", {}, None, 10**30])
def test_a_moment_that_is_none_is_not_logged(app, world, tablet, bring_in, saved):
    assert bring_in(tablet.event("V001", {"value": 3}), saved=saved).status_code == 200

    (entry,) = [e for e in rows_of(app, world, ActivityEntry) if e.verb == "visit.import"]
    assert entry.detail["saved_at"] is None


def test_a_photo_of_a_file_arrives_in_parts(app, world, client_of, visit_id):
    data = noisy_jpeg(CHUNK + 1)
    sha256 = hashlib.sha256(data).hexdigest()
    for offset in range(0, len(data), CHUNK):
        headers = {"X-Offset": str(offset), "X-Total": str(len(data))}
        answer = client_of("headoffice").patch(
            address(visit_id, f"/photos/{sha256}"),
            data=data[offset : offset + CHUNK],
            headers=headers,
        )
        assert answer.status_code == 200, answer.text

    assert answer.json["complete"] is True
    (photo,) = rows_of(app, world, Evidence)
    assert (photo.sha256, photo.state) == (sha256, "received")


def test_a_file_of_another_visit_is_refused(app, world, form_id, tablet, bring_in):
    other = assign(app, world, form_id)

    assert bring_in(tablet.event("V001", {"value": 3}), visit=other).status_code == 422
    assert rows_of(app, world, AnswerEvent) == []


def test_an_answer_of_another_visit_is_not_called_kept(app, world, client_of, form_id, tablet):
    """Refused whole: the tablet then sends in halves, until the one that is wrong is alone."""
    event = tablet.event("V001", {"value": 3})
    tablet.send(event)
    other = tablet_of(client_of("shopper"), app, assign(app, world, form_id))
    good = other.event("V002", {"value": 4})

    body = {"visit": str(other.visit_id), "events": [event, good]}
    file = client_of("headoffice").post(address(other.visit_id, "/events"), json=body)
    assert file.status_code == 422
    assert other.send(event, good).status_code == 422
    assert [str(row.id) for row in rows_of(app, world, AnswerEvent)] == [event["id"]]
    assert other.send(good).json["events"] == [good["id"]]


def test_answers_that_a_file_brings_after_the_submission_are_late(
    app, world, client_of, form_id, tablet
):
    visit_id = assign(app, world, form_id, state="submitted")
    body = {"visit": str(visit_id), "events": [tablet.event("V001", {"value": 3})]}

    answer = client_of("headoffice").post(address(visit_id, "/events"), json=body)

    assert answer.status_code == 200
    assert [row.late for row in rows_of(app, world, AnswerEvent)] == [True]


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("reviewer", 403),
        ("admin", 403),
        ("shopper", 404),
        ("manager", 404),
        ("far_headoffice", 404),
    ],
)
def test_nobody_but_head_office_brings_answers_in(client_of, tablet, visit_id, person, status):
    body = {"visit": str(visit_id), "events": [tablet.event("V001", {"value": 3})]}

    assert client_of(person).post(address(visit_id, "/events"), json=body).status_code == status
    assert client_of(person).get(address(visit_id)).status_code == status


def test_bringing_in_needs_the_csrf_token(app, client_of, tablet, visit_id):
    headoffice = client_of("headoffice")
    headoffice.environ_base.pop("HTTP_X_CSRFTOKEN", None)
    body = {"visit": str(visit_id), "events": [tablet.event("V001", {"value": 3})]}

    assert headoffice.post(address(visit_id, "/events"), json=body).status_code == 400


def test_the_journal_shows_what_counts_what_was_replaced_and_what_came_twice_or_late(
    app, world, client_of, tablet
):
    first = tablet.event("V001", {"value": 3})
    tablet.send(tablet.event("device", "Chrome, Android"))
    tablet.send(first, tablet.event("V001", {"value": 44}))
    tablet.send(first | {"value": {"value": 5}})
    tablet.send(tablet.event("device", "Safari, iPad", device="tablet-b"))
    change_state(app, world, "submitted")
    tablet.send(tablet.event("V002", {"value": 6}))

    page = client_of("reviewer").get(f"/n/near/d/near/visits/{tablet.visit_id}/journal").text

    for words in ("Replaced", "Counts", "After the submission", "Also received: 5", "44"):
        assert words in page, words
    assert "Filled in on 2 devices" in page
    assert "Chrome, Android; Safari, iPad" in page
    assert "1 answer came after the submission" in page
    assert "1 answer came twice with different contents" in page


def test_the_page_of_a_plain_visit_raises_no_alarm(client_of, tablet):
    tablet.answer({"device": "Chrome, Android", "V001": {"value": 3}, "V002": {"value": 4}})

    page = client_of("headoffice").get(f"/n/near/d/near/visits/{tablet.visit_id}").text

    assert "came twice" not in page
    assert "after the submission" not in page


def test_a_long_journal_has_pages(client_of, tablet):
    tablet.answer({f"V00{n}.comment": "x" for n in range(1, 9)})
    events = [tablet.event("V001.comment", f"Line {n}") for n in range(100)]
    tablet.send(*events[:50])
    tablet.send(*events[50:])
    page = client_of("headoffice").get(f"/n/near/d/near/visits/{tablet.visit_id}/journal?page=2")

    assert page.status_code == 200
    assert "Line 99" in page.text


def change_state(app, world, state: str) -> None:
    with at_work(app, world.tenant()):
        db.session.execute(sa.update(Visit).values(state=state))


def test_a_file_that_says_nonsense_about_itself_is_read_all_the_same(client_of, visit_id, tablet):
    event = tablet.event("V001", {"value": 3})
    body = {"visit": str(visit_id), "saved_at": "\x00 \ud83d", "events": [event]}

    answer = client_of("headoffice").post(address(visit_id, "/events"), json=body)

    assert answer.json["events"] == [event["id"]]
