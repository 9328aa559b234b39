"""The tree of a draft under the mouse; and two people at the same standard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.studio import Studio

pytestmark = pytest.mark.e2e

STANDARD = "ST020101"


@pytest.fixture
def studio(person, product) -> Iterator[Studio]:
    """The editor of a dealership that no other test writes to."""
    studio = Studio(person("manager02", "en"), f"{product.url}/t/demo-02/standards")
    studio.begin()
    yield studio
    studio.page.goto(f"{studio.address}/draft")
    while studio.page.locator("#undo:not([aria-disabled])").count():
        studio.undo()


def test_a_standard_is_dragged_into_another_key_factor_copied_and_retired(studio):
    studio.open("S02")
    first = studio.item(studio.codes("KF0202")[0])
    traffic = studio.drag(studio.page.locator(f"#grip-{STANDARD}"), first)
    assert STANDARD in studio.codes("KF0202")
    assert traffic.requests == 1
    assert traffic.sent < 1_000
    studio.undo()
    assert studio.codes("KF0201")[0] == STANDARD

    with studio.answer("/split"):
        studio.act(STANDARD, "split")
    studio.settled()
    copy = studio.codes("KF0201")[1]
    expect(studio.page.locator(f"#more-{STANDARD}")).to_be_focused()
    studio.act(copy, "retire")
    with studio.answer("/retire"):
        studio.page.locator("#confirm [value=yes]").click()
    studio.settled()
    expect(studio.item(copy)).to_have_count(0)
    expect(studio.page.locator("h2#S02")).to_be_focused()


def test_two_people_at_one_standard_choose_between_both_versions(studio, person):
    def editing(page: Page):
        page.goto(f"{studio.address}/draft/items/standard/{STANDARD}")
        return page.locator(f"#{STANDARD} form")

    def wording(form):
        return form.locator(f"[name={STANDARD}-statement_en]")

    first, second = editing(studio.page), editing(person("manager02", "en"))
    wording(first).fill("Answered within 3 rings, says the first")
    studio.send(first)
    wording(second).fill("Answered within 3 rings, says the second")
    second.locator(".form-end button").click()
    both = second.page.locator(".versions")
    expect(both).to_contain_text("says the first")
    expect(both).to_contain_text("says the second")
    both.get_by_text("says the first").click()
    second.locator(".form-end button").click()
    row = second.page.locator(f"#{STANDARD}.standard")
    expect(row).to_contain_text("says the first")
