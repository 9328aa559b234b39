"""The open form as tests see it, what the device holds, and what has reached the server."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

from csiapp.audits.models import Answer, AnswerConflict, AnswerEvent, Evidence
from tests.e2e.conftest import Server
from tests.factories.tablet import rows_of


def open_form(page: Page, server: Any, visit_id: object, place: str = "s-A") -> None:
    """`server` is whatever has an address: the server itself, or a bad way to it."""
    page.goto(f"{server.url}/v/{visit_id}/fill#{place}")
    expect(page.locator("html")).to_have_attribute("data-ready", "1")


def wait_until_kept(page: Page) -> None:
    """Until the page says of every visit on it that it is ready for offline."""
    expect(page.locator("html")).to_have_attribute("data-kept", "1")
    for sign in page.locator("[data-keep]").all():
        expect(sign).to_have_attribute("data-state", "ready")


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def state_of(page: Page, field: str) -> Locator:
    return page.locator(f"[data-state-of='{field}']")


def connected(page: Page) -> None:
    """As when the device finds a network again: no waiting for the next try."""
    with suppress(Error):  # it may just be leaving for the receipt
        page.evaluate("dispatchEvent(new Event('online'))")


def of(server: Server, visit_id: object, model: type) -> list:
    rows = rows_of(server.app, server.world, model)
    return [row for row in rows if row.visit_id == visit_id]


def answers(server: Server, visit_id: object) -> dict[str, object]:
    return {row.field: row.value for row in of(server, visit_id, Answer)}


HELD = """async (visit) => {
  const person = document.getElementById("courier").dataset.person;
  const store = new audit.Store(person);
  const rows = (name) => store.run([name], "readonly", (tx) => tx.objectStore(name).getAll());
  const mine = async (name) => (await rows(name)).filter((row) => row.visit === visit);
  return {
    events: await mine("events"), photos: await mine("photos"),
    drafts: await mine("drafts"), unsent: await store.unsent(visit),
  };
}"""


def held(page: Page, visit_id: object) -> dict[str, Any]:
    """What the device holds of a visit: events, photos, drafts, and counts of the unsent."""
    return page.evaluate(HELD, str(visit_id))


def wait_until_on_disk(page: Page, visit_id: object, text: str) -> None:
    """Until the device holds it, as it is typed or as an answer: a store that is slow loses what
    was typed in the last moment before a page ends."""

    def there() -> bool:
        on_device = held(page, visit_id)
        return text in [row["value"] for kind in ("drafts", "events") for row in on_device[kind]]

    eventually(there)


def assert_delivered_once(
    server: Server, visit_id: object, on_device: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Everything that the device recorded is on the server, each event once, as it was."""
    devices = {event["device"] for event in on_device["events"]}
    journal = [e for e in of(server, visit_id, AnswerEvent) if e.device in devices]
    places = Counter((event.device, event.seq) for event in journal)
    assert [place for place, count in places.items() if count > 1] == [], "kept twice"
    sent = {event["id"]: (event["field"], event["seq"]) for event in on_device["events"]}
    there = {str(event.id): (event.field, event.seq) for event in journal}
    # what was looked at last is sent when there is time
    waiting = {i for i, (field, _) in sent.items() if field == "focus" and i not in there}
    assert there == {i: event for i, event in sent.items() if i not in waiting}
    assert of(server, visit_id, AnswerConflict) == []
    now = answers(server, visit_id)
    assert {field: now.get(field) for field in expected} == expected
    photos = {photo["sha"] for photo in on_device["photos"]}
    arrived = {e.sha256: e.state for e in of(server, visit_id, Evidence)}
    assert {sha for sha, state in arrived.items() if state != "receiving"} >= photos
