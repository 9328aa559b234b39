"""The shopper's list, brief, steps and receipt, and the form's page."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re

import pytest
import sqlalchemy as sa

from csiapp.audits.brief_test import right_answers
from csiapp.audits.models import Answer, Visit
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from tests.factories.tablet import assign, rows_of, visit_form
from tests.factories.world import today
from tests.unit.audits import examples

pytestmark = pytest.mark.db

DAY = dt.timedelta(days=1)


@pytest.fixture
def shopper(client_of):
    return client_of("shopper")


def visit(app, world, visit_id) -> Visit:
    return next(row for row in rows_of(app, world, Visit) if row.id == visit_id)


def test_the_list_shows_own_visits_in_three_groups(app, world, shopper, form_id):
    for state in ("assigned", "accepted", "in_progress", "returned", "unassigned", "cancelled"):
        assign(app, world, form_id, state=state)
    assign(app, world, form_id, state="published", submitted_at=utcnow())
    assign(app, world, form_id, shopper_id=world.people["other_shopper"])

    page = shopper.get("/s/near/visits").text

    counts = re.findall(r'<h2 id="([a-z-]+)">.*?<span class="count">(\d+)</span>', page)
    assert counts == [("under-way", "2"), ("waiting", "2"), ("sent", "1")]


def test_the_list_of_nobody_is_empty_and_says_what_to_expect(client_of):
    assert "No visits for you right now" in client_of("other_shopper").get("/s/near/visits").text


def test_a_list_of_many_visits_takes_few_queries(app, world, shopper, form_id):
    for _number in range(12):
        assign(app, world, form_id)
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_conn, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        shopper.get("/s/near/visits")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in seen if "FROM visit" in s]) <= 2


def test_accept_start_and_fill(app, world, shopper, form_id):
    visit_id = assign(app, world, form_id, state="assigned")

    assert "Will you go?" in shopper.get(f"/v/{visit_id}/").text
    assert shopper.post(f"/v/{visit_id}/accept").status_code == 303
    assert "A short test" in shopper.get(f"/v/{visit_id}/").text
    shopper.post(f"/v/{visit_id}/test", data=right_answers(visit_form(), "SC1"))
    assert "Ready to go?" in shopper.get(f"/v/{visit_id}/").text
    started = shopper.post(f"/v/{visit_id}/start", data={"U01": "7"})

    assert started.location == f"/v/{visit_id}/fill"
    row = visit(app, world, visit_id)
    assert row.state == "in_progress"
    assert row.accepted_at < row.started_at
    (expectation,) = [a for a in rows_of(app, world, Answer) if a.field != "brief"]
    assert (expectation.field, expectation.value) == ("U01", 7)
    verbs = [e.verb for e in rows_of(app, world, ActivityEntry)]
    assert [v for v in verbs if v.startswith("visit.")] == ["visit.accept", "visit.start"]


def test_a_declined_visit_leaves_the_list(app, world, shopper, form_id):
    visit_id = assign(app, world, form_id, state="assigned")

    assert shopper.post(f"/v/{visit_id}/decline").location == "/s/near/visits"
    assert visit(app, world, visit_id).state == "unassigned"
    assert shopper.get(f"/v/{visit_id}/").status_code == 404


@pytest.mark.parametrize(
    ("days", "data", "message"),
    [
        ({}, {}, "Say what you expect"),
        ({}, {"U01": "11"}, "not possible"),
        ({"opens_on": 2}, {"U01": "7"}, "begins on"),
        ({"opens_on": -9, "due_on": -2}, {"U01": "7"}, "are over"),
    ],
)
def test_a_start_that_is_not_possible_says_why_and_changes_nothing(
    app, world, shopper, form_id, days, data, message
):
    moved = {name: today() + DAY * offset for name, offset in days.items()}
    visit_id = assign(app, world, form_id, state="accepted", **moved)

    answer = shopper.post(f"/v/{visit_id}/start", data=data)

    assert answer.status_code == 422
    assert message in answer.text
    assert visit(app, world, visit_id).state == "accepted"
    assert rows_of(app, world, Answer) == []


@pytest.mark.parametrize("step", ["accept", "decline", "start"])
def test_a_step_out_of_turn_is_refused(app, world, shopper, visit_id, step):
    assert shopper.post(f"/v/{visit_id}/{step}", data={"U01": "7"}).status_code == 409


@pytest.mark.parametrize("person", ["other_shopper", "far_shopper", "manager", "reviewer"])
@pytest.mark.parametrize("path", ["", "fill", "receipt"])
def test_nobody_else_sees_the_visit(client_of, visit_id, person, path):
    assert client_of(person).get(f"/v/{visit_id}/{path}").status_code == 404


class TestFormPage:
    def page(self, client, visit_id, **headers):
        return client.get(f"/v/{visit_id}/fill", headers=headers)

    def data(self, text: str) -> dict:
        found = re.search(r'<script type="application/json" id="audit-data">(.*?)</script>', text)
        return json.loads(found[1])

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_whole_form_is_in_one_page(self, shopper, visit_id, language):
        shopper.post("/preferences", data={"language": language, "next": "/"})
        text = self.page(shopper, visit_id).text
        for section in visit_form()["sections"]:
            assert section["title"][language] in text
            for question in section["questions"]:
                assert f'data-question="{question["code"]}"' in text

    def test_sections_that_the_scenario_leaves_out_are_not_there(
        self, app, world, shopper, form_id
    ):
        walk_in = assign(app, world, form_id, scenario="SC4")
        text = self.page(shopper, walk_in).text

        assert 'id="s-A"' not in text
        assert 'id="s-B"' in text
        assert "T01" not in self.data(text)["form"]["stamps"]

    def test_it_carries_the_answers_with_their_place_in_the_order_of_events(self, shopper, tablet):
        tablet.answer({"V001": {"value": 2}, "V001.comment": "</script><b>两声"})
        data = self.data(self.page(shopper, tablet.visit_id).text)

        assert data["answers"]["V001"] == {"value": {"value": 2}, "seq": 1, "device": "tablet-a"}
        assert data["answers"]["V001.comment"]["value"] == "</script><b>两声"
        assert data["last_seq"] == 2

    def test_it_names_what_was_rendered_and_is_sent_small(self, shopper, visit_id):
        plain = self.page(shopper, visit_id)
        packed = self.page(shopper, visit_id, **{"Accept-Encoding": "gzip"})

        assert plain.headers["X-Form-Page"].startswith(f"{visit_id}@")
        assert gzip.decompress(packed.data).decode() == plain.text
        assert len(packed.data) < 32_000

    @pytest.mark.parametrize(
        ("state", "place"), [("assigned", ""), ("accepted", ""), ("cancelled", None)]
    )
    def test_it_opens_once_the_visit_has_begun(self, app, world, shopper, form_id, state, place):
        other = assign(app, world, form_id, state=state)
        answer = self.page(shopper, other)

        if place is None:
            assert answer.status_code == 404
        else:
            assert answer.location == f"/v/{other}/{place}"

    def test_it_gives_way_to_the_receipt_after_submitting(self, shopper, tablet):
        tablet.answer(examples.complete(visit_form()))
        tablet.submit()

        assert self.page(shopper, tablet.visit_id).location == f"/v/{tablet.visit_id}/receipt"
        receipt = shopper.get(f"/v/{tablet.visit_id}/receipt").text
        assert "Your visit has arrived" in receipt
        assert "grade" not in receipt.lower()


def test_a_visit_that_was_not_submitted_has_no_receipt(shopper, visit_id):
    assert shopper.get(f"/v/{visit_id}/receipt").status_code == 404
