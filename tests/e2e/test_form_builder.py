"""A manager builds a short form in a browser; head office tries it out; nothing counts it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.studio import drag

pytestmark = pytest.mark.e2e

PLACE = "demo-07"


def follow(page: Page, name: str) -> None:
    """Click, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).first.click()


def questions(page: Page, section: str) -> list[str]:
    """The codes of a section of the form that is built, in order."""
    items = page.locator(f"#{section} .sort-item")
    return items.evaluate_all("items => items.map(item => item.dataset.sortId)")


def test_a_short_form_is_built_published_and_tried_out_without_being_counted(person, product):
    manager = person("manager07", "en")
    manager.goto(f"{product.url}/t/{PLACE}/forms")
    with manager.expect_navigation():
        manager.get_by_role("button", name="Short form: critical items only").click()
    code = manager.url.rsplit("/", 1)[-1]

    # a question is dragged up, one moved down by its arrow, one taken out: each is undone
    first = manager.locator(".sort-item a[href*='/questions/']").first.inner_text()
    upper, lower = questions(manager, "C")
    drag(manager, manager.locator(f"#item-{lower} .sort-handle"), manager.locator(f"#item-{upper}"))
    expect(manager.locator("#draft-bar")).to_contain_text("questions ordered")
    assert questions(manager, "C") == [lower, upper]
    manager.locator("#undo").click()
    expect(manager.locator("#draft-bar")).to_contain_text("Nothing to undo yet")
    moved = manager.locator("[id^='down-V']:not([aria-disabled])").first
    moved.click()
    expect(manager.locator("#draft-bar")).to_contain_text("questions ordered")
    manager.locator("[id^='remove-V']").first.click()
    expect(manager.locator("#draft-bar")).to_contain_text("removed")
    for left in ("questions ordered", "Nothing to undo yet"):
        manager.locator("#undo").click()
        expect(manager.locator("#draft-bar")).to_contain_text(left)
    assert manager.locator(".sort-item a[href*='/questions/']").first.inner_text() == first

    follow(manager, "Check and publish")
    manager.get_by_role("button", name="Publish", exact=True).click()
    with manager.expect_navigation():
        manager.locator("#confirm button[value=yes]").click()
    expect(manager.locator("main")).to_contain_text("Version 1")

    office = person("headoffice", "en")
    count = product.rows("SELECT count(*) FROM visit WHERE NOT pilot")[0][0]
    office.goto(f"{product.url}/n/demo/d/{PLACE}/forms/{code}/pilots")
    follow(office, "Assign a pilot visit")
    assert office.get_by_label("Pilot visit: tries the form out").is_checked()
    office.locator("#shopper_id").select_option(index=1)
    with office.expect_navigation():
        office.get_by_role("button", name="Assign the visit").click()
    expect(office.locator(".lead")).to_contain_text("Pilot")
    office.goto(f"{product.url}/n/demo/visits?pilots=1")
    expect(office.locator("#visit-rows tbody tr")).to_have_count(1)
    office.goto(f"{product.url}/n/demo/visits?dealership=7")
    expect(office.locator("#visit-rows")).not_to_contain_text("Short form")

    manager.goto(f"{product.url}/t/{PLACE}/forms/{code}/pilots")
    expect(manager.locator("main")).to_contain_text("Assigned")
    assert product.rows("SELECT count(*) FROM visit WHERE NOT pilot")[0][0] == count
