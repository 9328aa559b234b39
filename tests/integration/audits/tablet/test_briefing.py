"""Nobody begins a visit, or sends answers of it, before the test on its brief is passed."""

from __future__ import annotations

import pytest

from csiapp.audits.brief_test import right_answers
from csiapp.audits.models import Answer, AnswerEvent, Visit
from csiapp.audits.services.imports import import_events
from csiapp.core.db import new_id
from csiapp.core.errors import Conflict
from tests.factories.tablet import assign, at_work, rows_of, tablet_of, visit_form

pytestmark = pytest.mark.db

RIGHT = right_answers(visit_form(), "SC1")


@pytest.fixture
def shopper(client_of):
    return client_of("shopper")


@pytest.fixture
def visit_id(app, world, form_id):
    return assign(app, world, form_id, state="accepted", briefed_at=None)


def test_the_brief_says_what_is_allowed_and_asks_the_test_before_the_form(shopper, visit_id):
    page = shopper.get(f"/v/{visit_id}/").text
    assert "Safe: nothing may endanger you" in page
    assert "A short test" in page
    assert "data-keep" not in page
    assert shopper.get(f"/v/{visit_id}/fill").location == f"/v/{visit_id}/"
    keeping = shopper.get(f"/v/{visit_id}/fill", headers={"X-Requested-With": "csiapp"})
    assert keeping.location == f"/v/{visit_id}/"
    assert "data-keep" not in shopper.get("/s/near/visits").text


def test_a_wrong_try_is_kept_and_shown_and_a_right_one_opens_the_form(
    app, world, shopper, visit_id
):
    shopper.post(f"/v/{visit_id}/test", data={**RIGHT, "BT1": "a"})
    page = shopper.get(f"/v/{visit_id}/").text
    assert "1 answer is not right" in page
    assert page.count("Not right yet.") == 1
    shopper.post(f"/v/{visit_id}/test", data=RIGHT)

    assert "Ready to go?" in shopper.get(f"/v/{visit_id}/").text
    assert "data-keep" in shopper.get("/s/near/visits").text
    tries = [event.value for event in rows_of(app, world, AnswerEvent)]
    assert tries == [{**RIGHT, "BT1": "a"}, RIGHT]
    assert rows_of(app, world, Visit)[0].briefed_at is not None


def test_a_start_without_the_test_says_so(app, world, shopper, visit_id):
    answer = shopper.post(f"/v/{visit_id}/start", data={"U01": "7"})
    assert answer.status_code == 422
    assert "Pass the test on the brief" in answer.text
    assert rows_of(app, world, Answer) == []


def test_answers_before_the_test_stay_on_the_tablet(app, world, shopper, visit_id):
    tablet = tablet_of(shopper, app, visit_id)
    early = tablet.event("U01", 7)

    refused = tablet.send(early)
    assert refused.status_code == 409
    assert "Pass the test" in refused.json["error"]["message"]
    assert rows_of(app, world, AnswerEvent) == []

    assert tablet.send(tablet.event("brief", {**RIGHT, "BT2": "a"})).status_code == 200
    assert tablet.send(early).status_code == 409
    assert tablet.send(tablet.event("brief", RIGHT), early).status_code == 200
    (visit,) = rows_of(app, world, Visit)
    assert visit.state == "in_progress"


def test_a_file_brought_in_before_the_test_is_refused_too(app, world, visit_id):
    event = {"id": str(new_id()), "field": "U01", "value": 7, "device": "d", "seq": 1}
    event |= {"ts": "2026-08-01T10:00:00+08:00", "form_sha256": "0" * 64}
    with pytest.raises(Conflict), at_work(app, world.tenant("near", "manager")):
        import_events(visit_id, [event], saved_at="")


def test_a_visit_without_the_test_is_not_submitted(app, world, shopper, form_id):
    visit_id = assign(app, world, form_id, briefed_at=None)
    tablet = tablet_of(shopper, app, visit_id)
    answer = tablet.post("submit", {"submit_id": str(new_id()), "events": [], "photos": []})
    assert answer.status_code == 409
    assert "The test on the brief was not passed" in answer.json["error"]["message"]
    page = shopper.get(f"/v/{visit_id}/").text
    assert "A short test" in page


def test_the_test_is_no_answer_that_tablets_exchange(app, world, shopper, visit_id):
    shopper.post(f"/v/{visit_id}/test", data=RIGHT)
    tablet = tablet_of(shopper, app, visit_id)
    assert tablet._client.get(tablet.url("answers")).json["answers"] == {}
