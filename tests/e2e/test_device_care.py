"""What becomes of answers that a device cannot send, and of what the server has for long."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import hashlib
import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from csiapp.audits.models import Evidence, FormVersion
from csiapp.audits.queries.forms import form_of
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.moving import move_visit
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.standards.content import content_sha256
from tests.e2e.conftest import Server
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
)
from tests.e2e.test_offline import LIST, a_photo, delivered, set_submitted
from tests.factories.tablet import at_work

pytestmark = pytest.mark.e2e


def test_what_a_device_cannot_send_reaches_the_server_in_a_file_and_only_once(
    server, context_of, tmp_path
):
    visit_id = server.visit()
    context = context_of("shopper", timezone_id="Asia/Shanghai")
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
        re.compile("On the server now: [1-9] answers and 1 photos[^:]*$")
    )
    assert answers(server, visit_id)["V001"] == {"value": 3}
    (photo,) = of(server, visit_id, Evidence)
    assert photo.taken_at.endswith("+08:00"), "its own time, where it was taken"

    page = context.new_page()  # the device finds a network after all
    page.goto(server.url + LIST)
    connected(page)
    eventually(lambda: delivered(page, visit_id))
    assert_delivered_once(server, visit_id, held(page, visit_id), {"V001": {"value": 3}})


DAMAGED = {
    "no base64": {"data": "%%%"},
    "nothing": {"data": ""},
    "other bytes": {"data": base64.b64encode(b"something else").decode()},
    "a name that is no hash": {"sha256": "no hash"},
}


def test_a_damaged_photo_in_a_file_does_not_hold_up_the_others(server, context_of, tmp_path):
    visit_id = server.visit()
    image = a_photo()["buffer"]
    good = {
        "sha256": hashlib.sha256(image).hexdigest(),
        "taken": "",
        "data": base64.b64encode(image).decode(),
    }
    damaged = [{**good, "sha256": f"{n:064x}", **what} for n, what in enumerate(DAMAGED.values())]
    content = {"format": "csiapp-unsent", "version": 1, "visit": str(visit_id), "events": []}
    content |= {"saved_at": "2026-01-01T10:00:00+08:00", "photos": [*damaged, good]}
    file = tmp_path / "notes.json"
    file.write_text(json.dumps(content))
    desk = context_of("headoffice").new_page()
    desk.goto(f"{server.url}/n/near/d/near/visits/{visit_id}/import")
    desk.set_input_files("#import-file", file)
    expect(desk.locator("#import-outcome")).to_contain_text("0 answers and 1 photos of this file.")
    expect(desk.locator("#import-outcome")).to_contain_text(f"Not accepted: {len(damaged)}.")


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


def test_a_tablet_hears_that_its_visit_has_a_newer_form_and_goes_on_with_it(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    for code in ("V001", "V002"):
        page.fill(f"[name='{code}.number']", "3")
    page.locator("[name='V002.number']").blur()
    eventually(lambda: delivered(page, visit_id))

    move_to_newer_form(server, visit_id, reworded="V002")
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(page.locator("#newer-form")).to_be_visible(timeout=15_000)
    page.click("#newer-form a")
    expect(page.locator("#V002")).to_contain_text("Asked anew")
    expect(page.locator("html")).to_have_attribute("data-ready", "1")
    expect(page.locator("[name='V001.number']")).to_have_value("3")
    expect(page.locator("[name='V002.number']")).to_have_value("")
    expect(page.locator("#newer-form")).to_be_hidden()

    page.fill("[name='V002.number']", "4")
    eventually(lambda: answers(server, visit_id).get("V002") == {"value": 4})


def move_to_newer_form(server: Server, visit_id: object, reworded: str) -> None:
    """Head office publishes the form with other words for one question, and moves the visit."""
    with at_work(server.app, server.world.tenant()):
        older = form_of(get_visit(visit_id))
        content = copy.deepcopy(older.content)
        for section in content["sections"]:
            for question in section["questions"]:
                if question["code"] == reworded:
                    question["text"] = {"zh": "新问", "en": "Asked anew"}
        newer = FormVersion(
            **{name: getattr(older, name) for name in SAME},
            number=older.number + 1,
            content=content,
            sha256=content_sha256(content),
        )
        db.session.add(newer)
        db.session.flush()
        move_visit(visit_id, newer.id)


SAME = ("code", "kind", "name", "standard_version_id", "factor_model_id", "template_id")
