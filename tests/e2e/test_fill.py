"""The tablet's form in a real browser, against a server that goes away and comes back."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from csiapp.accounts.models import UserSession
from csiapp.audits.missing import missing_items
from csiapp.audits.models import AnswerEvent, Evidence, Visit, VisitScore
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.tokens import revoke_tokens
from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.extensions import db
from tests.e2e.conftest import watch
from tests.e2e.filling import answers, eventually, of, open_form, state_of, wait_until_on_disk
from tests.factories.tablet import at_work, jpeg, rows_of, visit_form
from tests.unit.audits import examples

pytestmark = pytest.mark.e2e


def test_what_is_typed_while_the_server_is_gone_arrives_once(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    problems = watch(page)
    open_form(page, server, visit_id)
    page.fill("[name='V002.number']", "4")
    expect(state_of(page, "V002")).to_have_attribute("data-state", "server")

    server.kill()
    page.check("[name='V006'] >> nth=0")
    page.fill("[name='V003.number']", "1")
    page.fill("[name='V003.comment']", "Only Thursday was offered.")
    page.fill("[name='A.narrative']", "I called at ten. " * 5)
    page.set_input_files(
        "#V001-file", {"name": "a.jpg", "mimeType": "", "buffer": jpeg(2400, 1800)}
    )
    page.goto(f"{page.url.split('#')[0]}#s-B", wait_until="commit")
    page.click("[data-stamp='T04']")
    page.click("[data-stamp='T05']")
    for field in ("V003", "V006", "A.narrative", "V001"):
        expect(state_of(page, field)).to_have_attribute("data-state", "device")
    expect(page.locator("#net")).to_have_attribute("data-state", "waiting")

    server.start()
    page.click("#net")
    eventually(lambda: len(of(server, visit_id, Evidence)) == 1)
    expect(page.locator("#net")).to_have_attribute("data-state", "delivered")

    kept = answers(server, visit_id)
    assert kept["V002"] == {"value": 4}
    assert kept["V003.comment"] == "Only Thursday was offered."
    assert set(kept) >= {"V003", "V006", "A.narrative", "V001.photos", "T04", "T05"}
    events = of(server, visit_id, AnswerEvent)
    assert max(Counter((e.field, str(e.value)) for e in events).values()) == 1
    (photo,) = of(server, visit_id, Evidence)
    assert (photo.state, [photo.sha256]) == ("received", kept["V001.photos"])
    assert problems == []


def test_a_reload_shows_what_the_server_and_this_device_know(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    page.fill("[name='V001.number']", "2")
    page.check("#V007 [value='no']")
    expect(state_of(page, "V007")).to_have_attribute("data-state", re.compile("device|server"))
    page.fill("[name='V007.comment']", "Nothing was repeated.")
    page.keyboard.type(" Not at all.")
    wait_until_on_disk(page, visit_id, "Nothing was repeated. Not at all.")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("[name='V001.number']")).to_have_value("2")
    expect(page.locator("#V007 [value='no']")).to_be_checked()
    expect(page.locator("[name='V007.comment']")).to_have_value("Nothing was repeated. Not at all.")
    other = context_of("shopper").new_page()
    expect(state_of(page, "V007")).to_have_attribute("data-state", "server")
    open_form(other, server, visit_id)
    expect(other.locator("[name='V007.comment']")).to_have_value(
        "Nothing was repeated. Not at all."
    )


def test_an_answer_given_while_the_news_comes_is_not_left_for_the_next_minute(server, context_of):
    """The end of a flush plans the next one for later; what was saved meanwhile is due before."""
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    slow_news = """() => {
      const { pull } = audit.Outbox.prototype;
      audit.Outbox.prototype.pull = async function () {
        document.querySelector("#V007 [value=yes]").click();
        const saved = () => document.querySelector("[data-state-of=V007][data-state=device]");
        while (!saved()) await new Promise((wake) => { setTimeout(wake, 5); });
        audit.Outbox.prototype.pull = pull;
      };
      audit.sendNow();
    }"""
    eventually(lambda: page.evaluate("audit.file !== undefined"))  # from then on it asks for news
    expect(page.locator("#net")).to_have_attribute("data-state", "delivered")
    page.evaluate(slow_news)
    expect(state_of(page, "V007")).to_have_attribute("data-state", "server")


def test_a_session_that_is_over_keeps_everything_and_says_so(server, context_of):
    visit_id = server.visit()
    context = context_of("shopper")
    page = context.new_page()
    open_form(page, server, visit_id)
    page.fill("[name='V001.number']", "2")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "server")
    with at_work(server.app, server.world.tenant()):
        revoke_tokens(visit_id)
    with server.app.app_context():
        allowed = writing.set(True)
        db.session.execute(sa.update(UserSession).values(revoked_at=utcnow()))
        db.session.commit()
        db.session.close()
        writing.reset(allowed)

    page.fill("[name='V002.number']", "3")

    expect(page.locator("#sign-in")).to_be_visible()
    expect(state_of(page, "V002")).to_have_attribute("data-state", "device")
    context.add_cookies([c for c in context_of("shopper").cookies() if c["name"] == "s"])
    page.evaluate("dispatchEvent(new Event('online'))")
    eventually(lambda: answers(server, visit_id).get("V002") == {"value": 3})
    expect(page.locator("#sign-in")).to_be_hidden()


def test_the_finish_page_names_every_gap_and_a_double_tap_submits_once(server, context_of):
    visit_id = server.visit()
    fields = examples.complete(visit_form())
    del fields["V017"], fields["B.narrative"]
    with at_work(server.app, server.world.tenant()):
        fill_in(visit_id, fields)
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "finish")

    expect(page.locator("#gaps li")).to_have_count(2)
    page.click("#submit")
    expect(page.locator("#gaps a").first).to_be_focused()
    page.evaluate("audit.paint()")  # as when the server says that it has an answer
    expect(page.locator("#gaps a").first).to_be_focused()
    page.click("#gaps a >> nth=0")
    expect(page.locator("#V017")).to_be_visible()
    page.check("#V017 [value='yes']")
    page.fill("[name='B.narrative']", "Someone came out and greeted me at once. " * 2)
    page.click(".chip-end")
    expect(page.locator("#gaps li")).to_have_count(0)
    page.dblclick("#submit")

    page.wait_for_url("**/receipt")
    expect(page.locator(".receipt-title")).to_be_visible()
    assert len(of(server, visit_id, VisitScore)) == 1
    states = {row.id: row.state for row in rows_of(server.app, server.world, Visit)}
    assert states[visit_id] == "submitted"


def test_a_submission_made_without_a_network_is_sent_later(server, context_of):
    visit_id = server.visit()
    with at_work(server.app, server.world.tenant()):
        fill_in(visit_id, examples.complete(visit_form()))
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "finish")
    server.stop()
    page.click("#submit")
    expect(page.locator("#submit-waits")).to_be_visible()

    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")

    page.wait_for_url("**/receipt")
    assert len(of(server, visit_id, VisitScore)) == 1


STATES_OF_A_FORM = {
    "empty": {},
    "best": examples.complete(visit_form()),
    "worst": examples.answered(visit_form(), examples.worst),
    "worst, commented": examples.answered(visit_form(), examples.worst)
    | {f"V0{n:02}.comment": "Facts, " * 7 for n in range(1, 77)},
    "stamps": {
        "T03": "2026-08-01T10:00:00+08:00",
        "T04": "2026-08-01T10:02:00+08:00",
        "T05": "2026-08-01T10:01:00+08:00",
        "T06": "2026-08-01T10:30:00+08:00",
        "T18": "2026-08-01T23:00:00+08:00",
        "T19": "2026-08-01T23:00:00+08:00",
        "T13": "2026-08-01T12:00:00+08:00",
        "T15": "2026-08-01T12:05:00+08:00",
        "T14": "2026-08-01T12:10:00+08:00",
    },
    "not applicable and never": {
        "V013": {"na": "not_occurred"},
        "V014": {"never": True},
        "V014.comment": "Nobody came at all, for forty minutes; I left then.",
        "V020": {"value": 0},
        "A.narrative": "short",
        "U04": " ",
    },
}


def test_the_tablet_finds_the_same_gaps_as_the_server(server, context_of):
    page = context_of("shopper").new_page()
    open_form(page, server, server.visit())
    for name, values in STATES_OF_A_FORM.items():
        plain = {f: v for f, v in values.items() if v is not None}
        sent = {
            f: {"value": str(v["value"])} if isinstance(v, dict) and "value" in v else v
            for f, v in plain.items()
        }
        found = page.evaluate("values => audit.rules.gaps(audit.fields.page.form, values)", sent)
        expected = [
            {"field": g.field, "section": g.section, "reason": g.reason, "detail": list(g.detail)}
            for g in missing_items(visit_form(), "SC1", plain, set())
        ]
        assert found == expected, name
