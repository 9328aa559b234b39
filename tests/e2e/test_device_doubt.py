"""Where a device could show or keep something else than what is true."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from csiapp.audits.models import AnswerEvent, Visit
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from tests.e2e.conftest import Server
from tests.e2e.filling import (
    answers,
    eventually,
    of,
    open_form,
    state_of,
    wait_until_kept,
)
from tests.e2e.test_offline import LIST, delivered, set_submitted
from tests.factories.tablet import at_work
from tests.factories.world import today
from tests.support.bad_network import bad_network

pytestmark = pytest.mark.e2e

FILL_UP = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name !== "events") return put.apply(this, given);
    throw new DOMException("full", "QuotaExceededError");
  };
  self.makeRoom = () => { IDBObjectStore.prototype.put = put; };
}"""


def type_number(page: Page, code: str, value: str) -> None:
    page.fill(f"[name='{code}.number']", value)
    page.locator(f"[name='{code}.number']").blur()


def test_a_change_that_was_not_kept_stays_on_the_screen_and_is_not_called_kept(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    for code in ("V001", "V002"):
        type_number(page, code, "3")
    eventually(lambda: delivered(page, visit_id))

    page.evaluate(FILL_UP)
    type_number(page, "V001", "4")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "failed")
    page.evaluate("self.makeRoom()")
    type_number(page, "V002", "5x")
    expect(state_of(page, "V002")).to_have_attribute("data-state", "invalid")
    type_number(page, "V003", "6")  # its way to the server paints the form anew
    expect(state_of(page, "V003")).to_have_attribute("data-state", "server")

    for code, text, state in (("V001", "4", "failed"), ("V002", "5x", "invalid")):
        expect(page.locator(f"[name='{code}.number']")).to_have_value(text)
        expect(state_of(page, code)).to_have_attribute("data-state", state)
    type_number(page, "V001", "4 ")  # the same again
    expect(state_of(page, "V001")).to_have_attribute("data-state", "server")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("[name='V002.number']")).to_have_value("5x")
    expect(state_of(page, "V002")).to_have_attribute("data-state", "invalid")
    type_number(page, "V002", "5")
    expect(state_of(page, "V002")).to_have_attribute("data-state", "server")
    assert answers(server, visit_id)["V001"] == {"value": 4}
    assert answers(server, visit_id)["V002"] == {"value": 5}


HANDED_IN_LONG_AGO = """async (visit) => {
  const store = new audit.Store(document.getElementById("courier").dataset.person);
  await store.change(visit, (row) => {
    Object.assign(row, { submit: audit.Store.uuid7(), closed: Date.now() - 9 * 24 * 3600_000 });
  });
}"""


def test_a_visit_that_came_back_is_not_forgotten_while_it_is_filled_in(server, context_of):
    """Handed in here; then by another device or by rule, and returned: its number is not ours."""
    visit_id = server.visit()
    context = context_of("shopper")
    page = context.new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    type_number(page, "V001", "3")
    eventually(lambda: delivered(page, visit_id))
    page.evaluate(HANDED_IN_LONG_AGO, str(visit_id))
    page.close()
    set_state(server, visit_id, "returned", submit_id=new_id())

    page = context.new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    page.wait_for_timeout(1500)  # for a courier that takes the visit away
    type_number(page, "V001", "4")
    eventually(lambda: delivered(page, visit_id))
    assert answers(server, visit_id)["V001"] == {"value": 4}
    server.kill()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-ready", "1")


def test_what_came_too_late_is_not_shown_as_the_answer_of_a_visit_that_came_back(
    server, context_of
):
    visit_id = server.visit()
    context = context_of("shopper")
    page = context.new_page()
    open_form(page, server, visit_id)
    type_number(page, "V001", "3")
    eventually(lambda: delivered(page, visit_id))
    set_submitted(server, visit_id)  # on another device
    type_number(page, "V001", "4")
    page.wait_for_url("**/receipt")
    eventually(lambda: any(event.late for event in of(server, visit_id, AnswerEvent)))
    set_state(server, visit_id, "returned")

    open_form(page, server, visit_id)
    expect(page.locator("[name='V001.number']")).to_have_value("3")
    assert answers(server, visit_id)["V001"] == {"value": 3}


def set_state(server: Server, visit_id: object, state: str, **values: object) -> None:
    with at_work(server.app, server.world.tenant()):
        changes = {"state": state, **values}
        db.session.execute(sa.update(Visit).where(Visit.id == visit_id).values(**changes))


def test_without_a_network_the_list_is_that_of_whoever_was_here_last(server, context_of):
    """The first person's session ended without signing out."""
    context = context_of("shopper")
    page = context.new_page()
    page.goto(server.url + LIST)
    wait_until_kept(page)
    first = page.evaluate("document.getElementById('courier').dataset.person")
    other = context_of("other_shopper")
    context.add_cookies(other.cookies())
    page.goto(server.url + LIST)
    wait_until_kept(page)
    second = page.evaluate("document.getElementById('courier').dataset.person")
    assert first != second

    server.kill()
    for address in (LIST, "/"):
        page.goto(server.url + address)
        assert page.evaluate("document.getElementById('courier').dataset.person") == second


def test_a_server_that_fails_does_not_take_the_kept_form_away(server, context_of):
    """Its own error page, which is marked as ours like every answer of these addresses."""
    visit_id = server.visit()
    with bad_network(server.port) as network:
        context = context_of("shopper")
        page = context.new_page()
        open_form(page, network, visit_id)
        wait_until_kept(page)
        network.plight = "fail"
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-ready", "1")


def test_the_server_s_own_no_is_told_and_the_answer_stays_on_the_device(server, context_of):
    """The form is open since before the visit's time was over."""
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    set_state(server, visit_id, "in_progress", due_on=today() - dt.timedelta(days=16))

    type_number(page, "V001", "3")
    expect(page.locator("#net")).to_contain_text("Too late to send")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
    assert not of(server, visit_id, AnswerEvent)


NEXT_BUILD = """async (visit) => {
  const { fetch } = self;
  self.fetch = async (url, ...rest) => {
    const response = await fetch(url, ...rest);
    if (!String(url).endsWith("/fill")) return response;
    const next = '<script src="/static/js/next.000000000000.js"></script></head>';
    return new Response((await response.text()).replace("</head>", next), response);
  };
  const person = document.getElementById("courier").dataset.person;
  const outcome = await audit.offline.keep(person, visit).then(() => "kept", () => "broken off");
  const page = await (await caches.match(`/v/${visit}/fill`, { ignoreVary: true })).text();
  return [outcome, page.includes("next.000000000000.js")];
}"""


def test_a_page_is_kept_only_with_the_files_that_it_names(server, context_of):
    """The network goes between a new build's page and its files: the old page stays whole."""
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)

    assert page.evaluate(NEXT_BUILD, str(visit_id)) == ["broken off", False]


SLOW_DISK = """() => {
  const record = audit.Store.prototype.record;
  const disk = new Promise((written) => { self.written = written; });
  audit.Store.prototype.record = async function (...given) {
    await disk;
    return record.apply(this, given);
  };
}"""


def test_a_slow_disk_does_not_hold_up_the_page_and_no_answer_counts_as_kept_before(
    server, context_of
):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    page.evaluate(SLOW_DISK)
    page.check("[name='V007'][value='no']")
    expect(state_of(page, "V007")).to_have_text("Saving…")
    expect(page.locator("#V007 [data-comment-panel]")).to_be_visible()
    assert not of(server, visit_id, AnswerEvent)

    page.evaluate("self.written()")
    expect(state_of(page, "V007")).to_have_attribute("data-state", "server")
    assert answers(server, visit_id)["V007"] == {"value": "no"}


def test_what_is_missing_is_told_when_the_form_was_left_before_the_server_could_say_so(
    server, context_of
):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "finish")
    wait_until_kept(page)
    server.stop()
    page.evaluate("audit.rules.gaps = () => []; audit.paint()")
    page.click("#submit")
    expect(page.locator("#submit-waits")).to_be_visible()
    page.goto("about:blank")

    server.start()
    page.goto(server.url + LIST)
    word = page.locator(f"[data-gaps='{visit_id}']")
    expect(word).to_be_visible()
    open_form(page, server, visit_id)
    expect(page.locator("#finish-card")).to_be_visible()
    expect(page.locator("#gaps li").first).to_be_visible()
    page.goto(server.url + LIST)
    expect(page.locator("html")).to_have_attribute("data-kept", "1")
    expect(word).to_be_hidden()
