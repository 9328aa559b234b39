"""The form without a network, with a bad one, and across the death of browser and server.

The server is really stopped: Playwright's offline switch does not reach a service worker.
"""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from csiapp.audits.models import AnswerEvent, Evidence, Visit
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from tests.e2e.conftest import Server, watch
from tests.e2e.filling import (
    answers,
    assert_delivered_once,
    connected,
    eventually,
    held,
    of,
    open_form,
    state_of,
    wait_until_kept,
    wait_until_on_disk,
)
from tests.factories.tablet import at_work, jpeg, rows_of
from tests.support.bad_network import BadNetwork, bad_network

pytestmark = pytest.mark.e2e

LIST = "/s/near/visits"


def a_photo(colour: str = "teal") -> dict:
    return {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 700, colour)}


def card(page: Page, visit_id: object):
    return page.locator(f"[data-keep='{visit_id}']")


def delivered(page: Page, visit_id: object) -> bool:
    unsent = held(page, visit_id)["unsent"]
    return (unsent["answers"], unsent["photos"]) == (0, 0)


def test_a_visit_is_kept_from_the_list_and_filled_in_without_a_server(server, context_of):
    """From the list, not from the form: the form was never opened with a connection."""
    visit_id = server.visit()
    context = context_of("shopper")
    page = context.new_page()
    problems = watch(page)
    page.goto(server.url + LIST)
    expect(card(page, visit_id)).to_have_attribute("data-state", "ready")

    server.kill()
    page.reload()
    expect(card(page, visit_id)).to_have_attribute("data-state", "ready")
    open_form(page, server, visit_id, "s-B")
    page.click("[data-stamp='T04']")
    page.check("#V017 [value='yes']")
    page.fill("[name='B.narrative']", "The greeting came at once.")
    page.set_input_files("#V010-file", a_photo())
    for field in ("T04", "V017", "B.narrative", "V010"):
        expect(state_of(page, field)).to_have_attribute("data-state", "device")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("#V017 [value='yes']")).to_be_checked()
    page.close()
    page = context.new_page()
    problems += watch(page)
    open_form(page, server, visit_id, "s-B")
    expect(page.locator("[name='B.narrative']")).to_have_value("The greeting came at once.")
    expect(page.locator("#V010 [data-thumbs] img")).to_have_js_property("complete", True)

    server.start()
    connected(page)
    eventually(lambda: delivered(page, visit_id))
    on_device = held(page, visit_id)
    assert [p["state"] for p in on_device["photos"]] == [1]
    expected = {"V017": {"value": "yes"}, "B.narrative": "The greeting came at once."}
    assert_delivered_once(server, visit_id, on_device, expected)
    assert problems == []


def test_ready_is_said_only_when_every_part_is_there(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    page.goto(server.url + LIST)
    expect(card(page, visit_id)).to_have_attribute("data-state", "ready")
    server.kill()
    take_away = """async (visit) => {
      const name = (await caches.keys()).find((name) => name.endsWith(visit));
      const cache = await caches.open(name);
      const file = (await cache.keys()).find(({ url }) => url.includes("/static/js/"));
      const copy = await cache.match(file);
      await cache.delete(file);
      self.putBack = () => cache.put(file, copy);
    }"""
    missing = """async (visit) => {
      const { person } = document.getElementById("courier").dataset;
      return audit.offline.missing(person, visit, null, new audit.Store(person));
    }"""

    page.evaluate(take_away, str(visit_id))
    assert page.evaluate(missing, str(visit_id)) == "pages"
    page.evaluate("self.putBack()")
    assert page.evaluate(missing, str(visit_id)) == ""
    other_form = "visit => audit.offline.missing(document.getElementById('courier').dataset.person,"
    other_form += " visit, 'f'.repeat(64), {change: async () => ({token: 'x'})})"
    assert page.evaluate(other_form, str(visit_id)) == "pages"
    no_token = other_form.replace("'f'.repeat(64)", "null").replace("token: 'x'", "token: null")
    assert page.evaluate(no_token, str(visit_id)) == "token"
    page.evaluate(take_away, str(visit_id))
    page.reload()
    expect(card(page, visit_id)).to_have_attribute("data-state", "not")


def test_an_accepted_visit_begins_on_the_device_when_there_is_no_network(server, context_of):
    visit_id = server.visit(state="accepted")
    page = context_of("shopper").new_page()
    page.goto(server.url + LIST)
    expect(card(page, visit_id)).to_have_attribute("data-state", "ready")
    page.goto(f"{server.url}/v/{visit_id}/fill")
    assert page.url.endswith(f"/v/{visit_id}/"), "with a network the brief comes first"

    server.kill()
    page.goto(f"{server.url}/v/{visit_id}/")
    page.check("[id='U01=7']")
    page.locator("#step button").click()
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("#s-before")).to_be_visible()
    page.check("[name='U01'][value='7']")
    page.goto(f"{server.url}/v/{visit_id}/fill#s-A")
    page.fill("[name='V001.number']", "3")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "device")

    server.start()
    connected(page)
    eventually(lambda: answers(server, visit_id).get("V001") == {"value": 3})
    visit = next(row for row in rows_of(server.app, server.world, Visit) if row.id == visit_id)
    assert visit.state == "in_progress"
    assert answers(server, visit_id)["U01"] == 7


def test_whatever_answers_instead_of_us_changes_nothing(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    plights = {"hang": "V001", "sign_in": "V002", "portal": "V003", "cut": "V005", "fail": "V008"}
    with bad_network(server.port) as network:
        open_form(page, network, visit_id)
        wait_until_kept(page)
        for number, (plight, code) in enumerate(plights.items()):
            stands_it(page, network, plight, code, ("teal", "navy", "olive", "tan", "gray")[number])
            assert code not in answers(server, visit_id), plight
            network.plight = ""
            connected(page)
            eventually(lambda: delivered(page, visit_id))
        wanted = {code: {"value": 3} for code in plights.values()}
        assert_delivered_once(server, visit_id, held(page, visit_id), wanted)


def stands_it(page: Page, network: BadNetwork, plight: str, code: str, colour: str) -> None:
    """An answer and a photo while that happens to every request, and a reload."""
    if plight == "hang":
        page.evaluate("audit.Outbox.timeout = 1000")  # until the page is loaded anew
    network.plight = plight
    page.fill(f"[name='{code}.number']", "3")
    page.set_input_files(f"#{code}-file", a_photo(colour))
    expect(page.locator("#net")).to_have_attribute("data-state", "waiting")
    expect(page.locator(f"#{code} [data-thumbs] img")).to_have_count(1)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator(f"[name='{code}.number']")).to_have_value("3")
    expect(state_of(page, code)).to_have_attribute("data-state", "device")


def test_a_new_worker_waits_and_both_the_open_and_the_other_visits_stay(server, context_of):
    first, second = server.visit(), server.visit()
    page = context_of("shopper").new_page()
    with bad_network(server.port) as network:
        page.goto(network.url + LIST)
        for visit_id in (first, second):
            expect(card(page, visit_id)).to_have_attribute("data-state", "ready")
        open_form(page, network, first)
        page.locator("[name='A.narrative']").press_sequentially("Being typed when")
        network.worker_ending = b"\n// a new build\n"
        page.evaluate("navigator.serviceWorker.getRegistration().then((r) => r.update())")
        waiting = "navigator.serviceWorker.getRegistration().then((r) => Boolean(r.waiting))"
        eventually(lambda: page.evaluate(waiting))
        page.locator("[name='A.narrative']").press_sequentially(" the new worker came")
        text = "Being typed when the new worker came"
        wait_until_on_disk(page, first, text)
        server.kill()

        page.reload()
        expect(page.locator("html")).to_have_attribute("data-ready", "1")  # kept as an answer
        expect(page.locator("[name='A.narrative']")).to_have_value(text)
        open_form(page, network, second)
        page.fill("[name='V001.number']", "1")
        expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
        server.start()
        page.goto(network.url + LIST)  # any page delivers both
        eventually(lambda: delivered(page, first) and delivered(page, second))
    assert answers(server, first)["A.narrative"] == text
    assert answers(server, second)["V001"] == {"value": 1}


def test_a_clock_two_days_off_orders_nothing(server, context_of):
    """The device that is two days ahead answers first; the other one's later answer counts."""
    visit_id = server.visit()
    for days, value in ((2, "4"), (-2, "6")):
        page = context_of("shopper").new_page()
        page.clock.install(time=utcnow() + dt.timedelta(days=days))
        open_form(page, server, visit_id)
        if page.locator("#take-over").is_visible():
            page.click("#take-over")
        page.fill("[name='V001.number']", value)
        page.set_input_files("#V001-file", a_photo(("teal", "navy")[days > 0]))
        page.locator("[name='V001.number']").blur()
        eventually(lambda page=page: delivered(page, visit_id))

    assert answers(server, visit_id)["V001"] == {"value": 6}
    assert len(answers(server, visit_id)["V001.photos"]) == 2
    assert len(of(server, visit_id, Evidence)) == 2


def test_a_full_device_says_that_nothing_was_saved_and_goes_on_when_there_is_room(
    server, context_of
):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    fill_up = """() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...given) {
        if (!["events", "bytes"].includes(this.name)) return put.apply(this, given);
        throw new DOMException("full", "QuotaExceededError");
      };
      self.makeRoom = () => { IDBObjectStore.prototype.put = put; };
    }"""
    page.evaluate(fill_up)
    page.fill("[name='V001.number']", "3")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "failed")
    expect(state_of(page, "V001")).to_contain_text("no space")
    page.set_input_files("#V002-file", a_photo())
    expect(state_of(page, "V002")).to_have_attribute("data-state", "failed")
    assert held(page, visit_id)["events"] == []

    page.evaluate("self.makeRoom()")
    page.fill("[name='V001.number']", "4")
    eventually(lambda: answers(server, visit_id).get("V001") == {"value": 4})


def test_a_connection_to_the_store_that_breaks_is_opened_again(server, context_of):
    """iOS closes it under memory pressure."""
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    page.evaluate(
        """() => {
          const begin = IDBDatabase.prototype.transaction;
          IDBDatabase.prototype.transaction = function () {
            IDBDatabase.prototype.transaction = begin;
            this.close();
            throw new DOMException("closed", "InvalidStateError");
          };
        }"""
    )
    page.fill("[name='V001.number']", "3")
    eventually(lambda: answers(server, visit_id).get("V001") == {"value": 3})


def test_the_same_photo_twice_is_one_photo(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    for code in ("V001", "V001", "V002"):
        page.set_input_files(f"#{code}-file", a_photo())
        page.locator(f"#{code} [data-thumbs] li").first.wait_for()
    eventually(lambda: delivered(page, visit_id) and "V002.photos" in answers(server, visit_id))

    expect(page.locator("#V001 [data-thumbs] li")).to_have_count(1)
    (photo,) = of(server, visit_id, Evidence)
    now = answers(server, visit_id)
    assert now["V001.photos"] == now["V002.photos"] == [photo.sha256]


def test_an_answer_after_the_submission_is_kept_as_late(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    server.kill()
    page.fill("[name='V001.number']", "3")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
    set_submitted(server, visit_id)
    server.start()
    connected(page)

    page.wait_for_url("**/receipt")
    eventually(lambda: {e.late for e in of(server, visit_id, AnswerEvent)} == {True})
    assert answers(server, visit_id) == {}


def set_submitted(server: Server, visit_id: object) -> None:
    with at_work(server.app, server.world.tenant()):
        values = {"state": "submitted", "submit_id": new_id(), "submitted_at": utcnow()}
        db.session.execute(sa.update(Visit).where(Visit.id == visit_id).values(**values))
