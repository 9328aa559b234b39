"""What becomes of answers that a device cannot send, and of what the server has for long."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from csiapp.core.db import utcnow
from tests.e2e.conftest import Server
from tests.e2e.filling import (
    answers,
    assert_delivered_once,
    connected,
    eventually,
    held,
    open_form,
    state_of,
    wait_until_kept,
)
from tests.e2e.test_offline import LIST, a_photo, delivered, set_submitted

pytestmark = pytest.mark.e2e


def test_what_a_device_cannot_send_reaches_the_server_in_a_file_and_only_once(
    server, context_of, tmp_path
):
    visit_id = server.visit()
    context = context_of("shopper")
    page = context.new_page()
    page.goto(server.url + LIST)
    wait_until_kept(page)
    server.kill()
    open_form(page, server, visit_id)
    page.fill("[name='V001.number']", "3")
    page.set_input_files("#V001-file", a_photo())
    expect(state_of(page, "V001")).to_have_attribute("data-state", "device")
    page.goto(server.url + LIST)
    with page.expect_download() as download:
        page.click(f"[data-save-file='{visit_id}']")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    page.close()

    server.start()
    desk = context_of("headoffice").new_page()
    desk.goto(f"{server.url}/n/near/d/near/visits/{visit_id}/import")
    desk.set_input_files("#import-file", file)
    expect(desk.locator("#import-outcome")).to_contain_text(
        re.compile("On the server now: [1-9] answers and 1 photos"), timeout=15_000
    )
    assert answers(server, visit_id)["V001"] == {"value": 3}

    page = context.new_page()  # the device finds a network after all
    page.goto(server.url + LIST)
    connected(page)
    eventually(lambda: delivered(page, visit_id))
    assert_delivered_once(server, visit_id, held(page, visit_id), {"V001": {"value": 3}})


def test_a_device_forgets_a_visit_a_week_after_the_server_has_it_all_and_not_before(
    server, context_of
):
    visit_id = server.visit()
    context = context_of("shopper")
    page = context.new_page()
    open_form(page, server, visit_id)
    wait_until_kept(page)
    page.fill("[name='V001.number']", "3")
    page.set_input_files("#V001-file", a_photo())
    eventually(lambda: delivered(page, visit_id))
    page.close()
    set_submitted(server, visit_id)  # on another device: this one hears of it from the list
    for days in (0, 6):
        look_at_list(context, server, visit_id, days, {"visit": True, "photos": 1, "pages": 1})
    look_at_list(context, server, visit_id, 8, {"visit": False, "photos": 0, "pages": 0})
    assert answers(server, visit_id)["V001"] == {"value": 3}


HELD_BACK = """async (visit) => {
  const store = new audit.Store(document.getElementById("courier").dataset.person);
  const all = (tx) => tx.objectStore("bytes").getAllKeys();
  const photos = await store.run(["bytes"], "readonly", all);
  const pages = (await caches.keys()).filter((name) => name.endsWith(visit));
  const visits = await store.visits();
  return {
    visit: visits.some((row) => row.visit === visit), photos: photos.length, pages: pages.length,
  };
}"""


def look_at_list(
    context: BrowserContext, server: Server, visit_id: object, days: int, wanted: object
) -> None:
    """The shopper opens the list so many days later: this is what the device holds then."""
    page: Page = context.new_page()
    page.clock.install(time=utcnow() + dt.timedelta(days=days))
    page.goto(server.url + LIST)
    page.locator("html[data-kept]").wait_for()
    page.wait_for_timeout(500)  # for a device that would throw it away too early
    eventually(lambda: page.evaluate(HELD_BACK, str(visit_id)) == wanted)
    page.close()
