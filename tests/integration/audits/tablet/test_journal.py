"""The answer journal over HTTP: once each, in any order, nothing lost, nothing doubled."""

from __future__ import annotations

import random
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from csiapp.audits.answer_events import SEQ_AHEAD
from csiapp.audits.models import Answer, AnswerConflict, AnswerEvent
from csiapp.core.models import ActivityEntry
from tests.factories.tablet import assign, rows_of, tablet_of

pytestmark = pytest.mark.db


def values(app, world) -> dict[str, object]:
    return {row.field: row.value for row in rows_of(app, world, Answer)}


def test_an_answer_is_kept_and_acknowledged(app, world, tablet):
    event = tablet.event("V001", {"value": 3})

    answer = tablet.send(event)

    assert answer.json["ack"] == "csiapp"
    assert answer.json["events"] == [event["id"]]
    assert answer.json["seq"] == 1
    assert values(app, world) == {"V001": {"value": 3}}


def test_a_repeat_is_acknowledged_again_and_changes_nothing(app, world, tablet):
    event = tablet.event("V001", {"value": 3})
    first, second = tablet.send(event, event), tablet.send(event)

    assert first.json["events"] == second.json["events"] == [event["id"]]
    assert len(rows_of(app, world, AnswerEvent)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_batching_leads_to_the_same_answers(app, world, tablet, seed):
    dice = random.Random(seed)
    events = [
        tablet.event(
            dice.choice(["V002", "V003", "V005"]),
            {"value": number},
            seq=dice.randint(1, 12),
            device=dice.choice(["a", "b"]),
        )
        for number in range(30)
    ]
    greatest: dict[str, dict] = {}
    for event in events:
        place = (event["seq"], event["device"], event["id"])
        held = greatest.get(event["field"])
        if held is None or place > (held["seq"], held["device"], held["id"]):
            greatest[event["field"]] = event
    arriving = events + dice.sample(events, 10)
    dice.shuffle(arriving)
    while arriving:
        cut = dice.randint(1, 9)
        assert tablet.send(*arriving[:cut]).status_code == 200
        arriving = arriving[cut:]

    assert values(app, world) == {name: event["value"] for name, event in greatest.items()}
    assert len(rows_of(app, world, AnswerEvent)) == 30


def test_sixteen_identical_posts_at_once_keep_each_event_once(app, world, tablet):
    events = [tablet.event("V001.comment", f"No. {n}") for n in range(50)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _n: tablet.send(*events), range(16)))

    assert [a.status_code for a in answers] == [200] * 16
    assert all(set(a.json["events"]) == {e["id"] for e in events} for a in answers)
    assert len(rows_of(app, world, AnswerEvent)) == 50
    assert values(app, world) == {"V001.comment": "No. 49"}


def test_an_id_that_comes_again_with_other_content_raises_an_alarm_and_both_are_kept(
    app, world, tablet
):
    first = tablet.event("V001", {"value": 3})
    other = first | {"value": {"value": 5}}
    tablet.send(first)

    answers = [tablet.send(other), tablet.send(other)]

    for answer in answers:
        assert answer.json["events"] == []
        assert answer.json["conflicts"] == [first["id"]]
    assert values(app, world) == {"V001": {"value": 3}}
    (conflict,) = rows_of(app, world, AnswerConflict)
    assert conflict.content["value"] == {"value": 5}
    alarms = [e for e in rows_of(app, world, ActivityEntry) if e.verb == "answer.conflict"]
    assert len(alarms) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"field": "V999"}, "unknown_field"),
        ({"field": 7}, "unknown_field"),
        ({"value": {"value": -1}}, "out_of_range"),
        ({"value": {"value": "many"}}, "not_a_number"),
        ({"value": {"na": "not_occurred"}}, "na_not_allowed"),
        ({"field": "V001.comment", "value": "x" * 4001}, "too_long"),
        ({"field": "V001.photos", "value": ["nonsense"]}, "bad_photo"),
        ({"field": "T04", "value": "2026-08-01T10:00:00"}, "bad_stamp"),
        ({"field": "T04", "value": "0001-01-01T00:00:00+08:00"}, "bad_stamp"),
        ({"field": "T04", "value": "9999-12-31T23:59:59-08:00"}, "bad_stamp"),
        ({"id": "7"}, "bad_id"),
        ({"id": str(uuid.uuid4())}, "bad_id"),
        ({"seq": 0}, "bad_seq"),
        ({"seq": True}, "bad_seq"),
        ({"seq": 10**12}, "bad_seq"),
        ({"seq": 1_000_000_000}, "bad_seq"),
        ({"device": ""}, "bad_device"),
        ({"device": "server"}, "bad_device"),
        ({"device": "rule"}, "bad_device"),
        ({"ts": "yesterday"}, "bad_time"),
        ({"ts": "2026-08-01\x0010:00:00+08:00"}, "bad_time"),
        ({"ts": "2026-08-01\ud80010:00:00+08:00"}, "bad_time"),
        ({"form_sha256": None}, "bad_form"),
    ],
)
def test_a_bad_event_is_rejected_with_its_reason_and_the_others_are_kept(
    app, world, tablet, changes, reason
):
    good = tablet.event("V002", {"value": 4})

    answer = tablet.send(tablet.event("V001", {"value": 3}, **changes), good)

    assert answer.status_code == 200
    assert [r["reason"] for r in answer.json["rejected"]] == [reason]
    assert answer.json["events"] == [good["id"]]
    assert values(app, world) == {"V002": {"value": 4}}


def test_no_number_of_a_device_wins_for_ever(app, world, tablet):
    """A device may be far ahead of the journal, but everybody after it counts on from there."""
    ahead = tablet.event("V001", {"value": 3}, seq=SEQ_AHEAD)
    told = tablet.send(ahead, tablet.event("V002", {"value": 3}, seq=10**9)).json

    assert told["events"] == [ahead["id"]]
    assert [r["reason"] for r in told["rejected"]] == ["bad_seq"]
    later = tablet.send(tablet.event("V001", {"value": 4}, seq=told["seq"] + 1, device="tablet-b"))
    assert later.json["rejected"] == []
    assert values(app, world) == {"V001": {"value": 4}}


def test_an_event_that_is_no_object_is_rejected(tablet):
    answer = tablet.post("events", {"events": ["V001", None]})

    assert [r["reason"] for r in answer.json["rejected"]] == ["bad_event", "bad_event"]


def test_decimals_and_half_characters_of_emoji_do_not_break_a_batch(app, world, tablet):
    answer = tablet.send(
        tablet.event("V042", {"value": 12.5}),
        tablet.event("V001.comment", "half \ud83d"),
        tablet.event("brief", {"half \ud83d": "\x00"}),
    )

    assert answer.json["rejected"] == []
    texts = {"V001.comment": "half ", "brief": {"half ": ""}}
    assert values(app, world) == {"V042": {"value": "12.5"}, **texts}


def test_an_event_of_another_form_version_is_judged_by_the_visits_own(app, world, tablet):
    older = {"form_sha256": "a" * 64}

    answer = tablet.send(
        tablet.event("V001", {"value": 3}, **older), tablet.event("V800", {"value": 3}, **older)
    )

    assert [r["reason"] for r in answer.json["rejected"]] == ["unknown_field"]
    assert answer.json["form_sha256"] != older["form_sha256"]
    assert answer.json["open"] is True
    (event,) = rows_of(app, world, AnswerEvent)
    assert event.form_sha256 == older["form_sha256"]
    assert values(app, world) == {"V001": {"value": 3}}


@pytest.mark.parametrize("state", ["submitted", "in_review", "approved", "published"])
def test_an_event_after_the_submission_is_kept_as_late_and_does_not_count(
    world, app, client_of, form_id, state
):
    visit_id = assign(app, world, form_id, state=state)
    tablet = tablet_of(client_of("shopper"), app, visit_id)
    event = tablet.event("V001", {"value": 3})

    answer = tablet.send(event)
    assert (answer.json["events"], answer.json["open"]) == ([event["id"]], False)
    assert [row.late for row in rows_of(app, world, AnswerEvent)] == [True]
    assert values(app, world) == {}


def test_a_null_clears_an_answer_and_the_journal_keeps_what_was(app, world, tablet):
    tablet.send(tablet.event("V001", {"value": 3}))
    tablet.send(tablet.event("V001", None))

    assert values(app, world) == {"V001": None}
    assert [e.value for e in rows_of(app, world, AnswerEvent)] == [{"value": 3}, None]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"events": [{}] * 51}, 413),
        ({"events": "V001"}, 422),
        ([], 422),
        ({"events": [{"value": "x" * 1_100_000}]}, 413),
    ],
)
def test_a_request_that_is_too_large_or_malformed_is_refused_whole(tablet, body, status):
    answer = tablet.post("events", body)

    assert answer.status_code == status
    assert answer.json["error"]["status"] == status
    assert "ack" not in answer.json


def test_what_is_not_json_is_refused(tablet):
    for data in (b"{", b"[" * 100_000, b"\xff"):
        answer = tablet._client.post(tablet.url("events"), data=data)
        assert answer.status_code == 422
