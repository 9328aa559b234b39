"""What the tablet needs from the server to work without it: the worker, marks, news."""

from __future__ import annotations

import json
import re

import pytest

from csiapp.audits.models import Answer, Visit
from csiapp.audits.queries.visits import answers_of
from csiapp.core.db import new_id
from tests.factories.tablet import assign, at_work, jpeg, rows_of, tablet_of

pytestmark = pytest.mark.db

PINNED = {"X-Requested-With": "csiapp"}
FILE = re.compile(r"""(?:src|href)="(/static/[^"#]+)""")


@pytest.fixture
def shopper(client_of):
    return client_of("shopper")


def test_the_worker_is_served_at_the_root_and_is_never_old(app):
    answer = app.test_client().get("/worker.js")

    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = app.test_client().get("/worker.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_worker_names_every_file_of_the_shoppers_pages(app, shopper, visit_id):
    first_line = app.test_client().get("/worker.js").text.partition("\n")[0]
    shell = set(json.loads(first_line.removeprefix("self.SHELL = ").rstrip(";")))

    pages = [shopper.get(path) for path in ("/s/near/visits", f"/v/{visit_id}/")]
    form = shopper.get(f"/v/{visit_id}/fill").text
    named = {name for page in pages for name in FILE.findall(page.text)} | set(FILE.findall(form))
    later = json.loads(re.search(r'"later": (\[[^\]]*\])', form)[1])
    assert named | set(later) <= shell


def test_the_home_screen_shows_a_notebook(app):
    answer = app.test_client().get("/notes.webmanifest", headers={"Accept-Language": "zh"})

    assert answer.mimetype == "application/manifest+json"
    assert answer.json["name"] == "记录"
    for icon in answer.json["icons"]:
        with app.test_client().get(icon["src"]) as picture:
            assert picture.status_code == 200


def test_every_page_says_what_it_is_and_refusals_say_that_they_are_ours(
    app, world, client_of, form_id, visit_id
):
    shopper = client_of("shopper")
    form = shopper.get(f"/v/{visit_id}/fill").headers["X-Form-Page"]

    assert form == f"{visit_id}@{form_id}"
    assert shopper.get(f"/v/{visit_id}/").headers["X-Form-Page"] == f"{visit_id}@brief"
    person = world.people["shopper"]
    assert shopper.get("/s/near/visits").headers["X-Form-Page"] == f"list@{person}"
    refused = client_of("other_shopper").get(f"/v/{visit_id}/fill")
    assert (refused.status_code, refused.headers["X-Form-Page"]) == (404, "none")


def test_a_form_is_kept_before_the_visit_begins_but_opened_only_after(app, world, shopper, form_id):
    visit_id = assign(app, world, form_id, state="accepted")

    assert shopper.get(f"/v/{visit_id}/fill").location == f"/v/{visit_id}/"
    assert shopper.get(f"/v/{visit_id}/fill", headers=PINNED).status_code == 200
    assigned = assign(app, world, form_id, state="assigned")
    assert shopper.get(f"/v/{assigned}/fill", headers=PINNED).status_code == 303


def test_an_accepted_visit_begins_with_the_answer_of_before_the_visit(
    app, world, client_of, form_id
):
    visit_id = assign(app, world, form_id, state="accepted")
    tablet = tablet_of(client_of("shopper"), app, visit_id)

    tablet.answer({"V001": {"value": 3}})
    assert [row.state for row in rows_of(app, world, Visit)] == ["accepted"]
    tablet.answer({"U01": 7})

    (visit,) = rows_of(app, world, Visit)
    assert visit.state == "in_progress"
    assert visit.started_at is not None


def news(tablet, known: str = ""):
    return tablet._client.get(tablet.url(f"answers?known={known}"))


def test_a_second_device_hears_what_the_first_one_sent_and_nothing_twice(tablet):
    tablet.answer({"V001": {"value": 3}, "V002": {"value": 4}, "V002.comment": None})
    photo = tablet.upload(jpeg())

    heard = news(tablet).json

    assert heard["ack"] == "csiapp"
    assert heard["open"] is True
    assert heard["seq"] == 3
    assert heard["answers"]["V001"] == {"value": {"value": 3}, "seq": 1, "device": "tablet-a"}
    assert heard["answers"]["V002.comment"]["value"] is None
    assert heard["evidence"] == {photo: "received"}
    again = news(tablet, heard["digest"]).json
    assert (again["unchanged"], "answers" in again) == (True, False)
    tablet.answer({"V001": {"value": 9}})
    assert news(tablet, heard["digest"]).json["answers"]["V001"]["value"] == {"value": 9}


def test_news_of_a_submitted_visit_say_that_it_is_closed(app, world, client_of, form_id):
    visit_id = assign(app, world, form_id, state="submitted")

    assert news(tablet_of(client_of("shopper"), app, visit_id)).json["open"] is False


def test_the_device_that_holds_a_visit_is_ordered_like_an_answer_and_is_none(app, world, tablet):
    mine = tablet.event("device", "Chrome, Android")
    other = tablet.event("device", "Safari, iPad", device="tablet-b")
    tablet.send(other)
    tablet.send(mine)

    (holder,) = rows_of(app, world, Answer)
    assert (holder.value, holder.device) == ("Safari, iPad", "tablet-b")
    with at_work(app, world.tenant()):
        assert answers_of(tablet.visit_id) == {}
    too_long = tablet.send(tablet.event("device", "x" * 81))
    assert [r["reason"] for r in too_long.json["rejected"]] == ["too_long"]


def test_nobody_hears_of_a_visit_without_its_token(app, tablet):
    answer = app.test_client().get(tablet.url("answers"))
    tablet.token = str(new_id())

    assert answer.status_code == news(tablet).status_code == 401
