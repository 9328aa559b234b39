"""Tabs, devices, people, and a browser that is killed: the same visit in several places."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, BrowserType, Error, Page, expect

from csiapp.accounts.models import UserSession
from csiapp.audits.models import AnswerEvent
from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.extensions import db
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
from tests.support.browser import CHROMIUM, CHROMIUM_FLAGS, TABLET

pytestmark = pytest.mark.e2e

LIST = "/s/near/visits"
ASKED = re.compile("Not sent yet: 2 answers, 0 photos")
"""The answer, and that this device holds the visit now."""


def type_number(page: Page, code: str, value: str) -> None:
    page.fill(f"[name='{code}.number']", value)
    page.locator(f"[name='{code}.number']").blur()


def unsent_answers(page: Page, visit_id: object) -> int:
    return held(page, visit_id)["unsent"]["answers"]


# --------------------------------------------------------------------- tabs and devices


def test_two_tabs_of_one_device_count_on_together_and_show_each_other(server, context_of):
    visit_id = server.visit()
    context = context_of("shopper")
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        open_form(page, server, visit_id)
    wait_until_kept(first)
    for gone in (False, True):
        if gone:
            server.kill()
        for number, page in enumerate((first, second, first, second), 1):
            type_number(page, f"V00{number if number < 4 else 5}", str(number + 10 * gone))
        type_number(first, "V008", "1")
        expect(second.locator("[name='V008.number']")).to_have_value("1")
        type_number(second, "V008", "2" if gone else "3")
        expect(first.locator("[name='V008.number']")).to_have_value("2" if gone else "3")
    server.start()
    for page in (first, second):
        connected(page)
    eventually(lambda: unsent_answers(first, visit_id) == 0)

    expected = {f"V00{n}": {"value": v} for n, v in ((1, 11), (2, 12), (3, 13), (5, 14), (8, 2))}
    assert_delivered_once(server, visit_id, held(first, visit_id), expected)


def test_a_second_device_shows_the_answers_and_takes_over_only_when_asked(server, context_of):
    visit_id = server.visit()
    first, second = (context_of("shopper").new_page() for _device in range(2))
    open_form(first, server, visit_id)
    type_number(first, "V001", "3")
    type_number(first, "V002", "5")
    eventually(lambda: unsent_answers(first, visit_id) == 0)

    open_form(second, server, visit_id)
    expect(second.locator("[name='V001.number']")).to_have_value("3")
    expect(second.locator("#elsewhere")).to_be_visible()
    assert second.evaluate("document.getElementById('visit-form').inert") is True
    second.click("#take-over")
    expect(second.locator("#elsewhere")).to_be_hidden()
    type_number(second, "V001", "4")
    eventually(lambda: answers(server, visit_id)["V001"] == {"value": 4})

    first.evaluate("dispatchEvent(new Event('pageshow'))")  # looked at again
    expect(first.locator("#elsewhere")).to_be_visible()
    expect(first.locator("[name='V001.number']")).to_have_value("4")
    first.click("#take-over")
    type_number(first, "V003", "6")
    eventually(lambda: answers(server, visit_id).get("V003") == {"value": 6})
    expect(second.locator("#elsewhere")).to_be_hidden()
    second.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(second.locator("#elsewhere")).to_be_visible()


def test_answers_given_apart_without_a_network_are_joined_question_by_question(server, context_of):
    """Both devices answer offline; only the question that both answered has a loser, and the
    journal keeps it."""
    visit_id = server.visit()
    first, second = (context_of("shopper").new_page() for _device in range(2))
    for page in (first, second):
        open_form(page, server, visit_id)
        wait_until_kept(page)
    server.kill()
    type_number(first, "V001", "1")
    type_number(first, "V002", "2")
    type_number(first, "V003", "3")
    type_number(second, "V005", "5")
    for page, code in ((first, "V003"), (second, "V005")):
        expect(state_of(page, code)).to_have_attribute("data-state", "device")
    server.start()
    for page in (first, second):
        connected(page)
        eventually(lambda page=page: unsent_answers(page, visit_id) == 0)

    now = answers(server, visit_id)
    wanted = {"V001": 1, "V002": 2, "V003": 3, "V005": 5}
    assert {f: now[f] for f in wanted} == {f: {"value": v} for f, v in wanted.items()}
    devices = {event.device for event in of(server, visit_id, AnswerEvent)}
    assert len(devices) == 2


# ------------------------------------------------------------------ the browser is killed


@contextmanager
def a_browser(kind: BrowserType, profile: Path, cookies: list) -> Iterator[BrowserContext]:
    context = kind.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=CHROMIUM_FLAGS, viewport=TABLET
    )
    context.add_cookies(cookies)
    yield context
    with suppress(Error):  # it may be dead already
        context.close()


def kill_browser(profile: Path) -> None:
    """kill -9 for every process of this profile, as when the battery ends."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(profile).encode() in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
    (profile / "SingletonLock").unlink(missing_ok=True)


def test_what_was_typed_is_there_after_the_browser_was_killed(
    server, browser, context_of, tmp_path
):
    visit_id = server.visit()
    cookies = context_of("shopper").cookies()
    profile = tmp_path / "profile"
    text, last = "The advisor walked around the car with me", " and"

    with a_browser(browser.browser_type, profile, cookies) as context:
        page = context.new_page()
        open_form(page, server, visit_id)
        wait_until_kept(page)
        server.kill()
        type_number(page, "V001", "3")
        expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
        narrative = page.locator("[name='A.narrative']")
        narrative.press_sequentially(text)
        wait_until_on_disk(page, visit_id, text)
        narrative.press_sequentially(last)
        kill_browser(profile)

    with a_browser(browser.browser_type, profile, cookies) as context:
        page = context.new_page()
        open_form(page, server, visit_id)
        expect(page.locator("[name='V001.number']")).to_have_value("3")
        kept = page.locator("[name='A.narrative']").input_value()
        assert kept.startswith(text), "at most what was typed in the last moment is lost"
        assert (text + last).startswith(kept)
        server.start()
        connected(page)
        eventually(lambda: unsent_answers(page, visit_id) == 0)
        expected = {"V001": {"value": 3}, "A.narrative": kept}
        assert_delivered_once(server, visit_id, held(page, visit_id), expected)


TYPE = """(texts) => {
  self.setTimeout = () => 0; // nothing more happens: typed, and not left
  for (const [name, text] of Object.entries(texts)) {
    const control = audit.fields.one(name);
    control.value = text;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
FULL = """() => {
  self.put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
NOTE = "jot.019a0000000070008000000000000001"
TYPED = {"V001.number": "７", "V002.number": "12x", "A.narrative": "He came", NOTE: "Loud"}


def saved(page: Page, visit_id: object, file: Path) -> dict[str, Any]:
    """What the button writes into a file."""
    with page.expect_download() as download:
        page.click(f"[data-save-file='{visit_id}']")
    download.value.save_as(file)
    return json.loads(file.read_text())


def test_what_was_typed_before_the_browser_was_killed_is_in_the_file(
    server, browser, context_of, tmp_path
):
    visit_id = server.visit()
    cookies = context_of("shopper").cookies()
    profile, file = tmp_path / "profile", tmp_path / "file.json"
    with a_browser(browser.browser_type, profile, cookies) as context:
        page = context.new_page()
        page.goto(server.url + LIST)
        wait_until_kept(page)
        open_form(page, server, visit_id)
        server.kill()
        page.evaluate(TYPE, TYPED)
        eventually(lambda: len(held(page, visit_id)["drafts"]) == len(TYPED))
        kill_browser(profile)

    with a_browser(browser.browser_type, profile, cookies) as context:
        page = context.new_page()
        page.goto(server.url + LIST)
        page.evaluate(FULL)
        typed = {draft["name"]: draft["value"] for draft in saved(page, visit_id, file)["drafts"]}
        assert typed == TYPED, "as it was typed, when there is no space for answers"
        page.evaluate("() => { IDBObjectStore.prototype.put = self.put; }")
        left = saved(page, visit_id, file)["drafts"]
        assert left == [{"name": "V002.number", "value": "12x"}]
        server.start()
        desk = context_of("headoffice").new_page()
        desk.goto(f"{server.url}/n/near/d/near/visits/{visit_id}/import")
        desk.set_input_files("#import-file", file)
        outcome = "3 answers and 0 photos of this file. Not accepted: 1."
        expect(desk.locator("#import-outcome")).to_contain_text(outcome)
        now = answers(server, visit_id)
        note = now.pop(NOTE)
        assert now == {"V001": {"value": 7}, "A.narrative": "He came"}
        assert (note["text"], note["used"]) == ("Loud", [])
        assert note["at"].startswith("2025-")

        connected(page)  # the device finds a network after all
        eventually(lambda: unsent_answers(page, visit_id) == 1)
        assert_delivered_once(server, visit_id, held(page, visit_id), now)
        open_form(page, server, visit_id)
        expect(page.locator("[name='V002.number']")).to_have_value("12x")


DRAFT = """([visit, name, text]) => {
  const { person, form_sha256 } = audit.fields.page;
  return new audit.Store(person).draft(visit, name, text, form_sha256);
}"""


def test_a_number_typed_in_the_last_moment_replaces_not_applicable(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "V015")
    page.check("[id='V015=na']")
    page.check("[id='V015.na=not_occurred']")
    eventually(lambda: answers(server, visit_id).get("V015") == {"na": "not_occurred"})
    page.evaluate(DRAFT, [str(visit_id), "V015.number", "7"])  # and then the browser died

    page.reload()

    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("[id='V015=number']")).to_be_checked()
    expect(page.locator("[name='V015.number']")).to_have_value("7")
    eventually(lambda: answers(server, visit_id)["V015"] == {"value": 7}, seconds=10)


# -------------------------------------------------------------------------- people


def test_signing_out_with_answers_left_asks_keeps_them_and_they_arrive(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    page.route("**/api/**", lambda route: route.abort())  # the rest of the product is reached
    type_number(page, "V001", "3")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
    page.goto(server.url + LIST)
    expect(page.locator("form[data-sign-out]")).to_have_attribute("data-confirm", ASKED)

    page.click("[popovertarget='user-menu']")
    page.click("form[data-sign-out] button")
    expect(page.locator("#confirm")).to_be_visible()
    page.click("#confirm [value='no']")
    assert page.url.endswith(LIST)
    page.click("[popovertarget='user-menu']")
    page.click("form[data-sign-out] button")
    page.click("#confirm [value='yes']")
    page.wait_for_url("**/sign-in*")
    page.unroute("**/api/**")
    page.reload()  # nobody is signed in, and it is delivered all the same

    eventually(lambda: answers(server, visit_id).get("V001") == {"value": 3})


def test_signing_out_with_nothing_left_leaves_no_page_and_no_key(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    page.goto(server.url + LIST)
    wait_until_kept(page)
    assert page.evaluate("caches.keys().then((k) => k.length)") >= 3
    page.click("[popovertarget='user-menu']")
    page.click("form[data-sign-out] button")
    page.wait_for_url("**/sign-in*")

    eventually(lambda: page.evaluate("caches.keys()") == ["shell"])
    token = """async (visit) => {
      const [found] = (await indexedDB.databases()).filter((d) => d.name.startsWith("visits-"));
      return (await new audit.Store(found.name.slice(7)).visit(visit)).token;
    }"""
    assert page.evaluate(token, str(visit_id)) is None


def test_the_store_of_one_person_is_not_shown_to_another(server, context_of):
    visit_id = server.visit()
    other_visit = server.visit(shopper_id=server.world.people["other_shopper"])
    context = context_of("shopper")
    page = context.new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    page.route("**/api/**", lambda route: route.abort())
    type_number(page, "V001", "3")
    expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
    context.add_cookies([c for c in context_of("other_shopper").cookies() if c["name"] == "s"])
    page.goto(f"{server.url}/v/{other_visit}/fill")
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("[name='V001.number']")).to_have_value("")
    answer = page.goto(f"{server.url}/v/{visit_id}/fill")
    assert answer is not None
    assert answer.status == 404
    assert answers(server, visit_id) == {}
    page.unroute("**/api/**")
    page.reload()  # the other's page delivers it by its token
    eventually(lambda: answers(server, visit_id).get("V001") == {"value": 3})


def test_when_the_session_is_over_the_kept_form_still_delivers_by_its_token(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    with server.app.app_context():
        allowed = writing.set(True)
        db.session.execute(sa.update(UserSession).values(revoked_at=utcnow()))
        db.session.commit()
        db.session.close()
        writing.reset(allowed)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    type_number(page, "V001", "3")

    eventually(lambda: answers(server, visit_id).get("V001") == {"value": 3})
