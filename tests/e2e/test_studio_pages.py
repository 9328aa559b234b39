"""What a manager does with coverage, quadrant and cycle, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.pages import follow, say_yes

pytestmark = pytest.mark.e2e

SET = "/t/demo-05/standards/REF-AFTERSALES"
"""Nobody else changes anything there: tests share the product, in any order."""
MANAGER = "manager05"


def test_the_coverage_is_narrowed_to_the_gaps_of_one_question(product, person):
    page = person(MANAGER, "en")
    page.goto(f"{product.url}{SET}/coverage")
    everything = page.locator("#coverage-table tbody tr")
    expect(everything).to_have_count(100)
    page.locator("#question").select_option("audited")
    expect(page.locator("#coverage-table thead th")).to_have_count(2)
    page.locator("#gaps").check()
    expect(page.locator("#coverage-table tbody tr").first.locator("td")).to_contain_text("No")
    expect(page).to_have_url(re.compile("gaps="))
    with page.expect_download() as download:
        page.locator("a[href*='coverage.xlsx']").click()
    assert re.fullmatch(r"coverage-REF-AFTERSALES-\d+\.xlsx", download.value.suggested_filename)


def test_a_key_factor_is_marked_from_the_quadrant_by_keyboard(product, person):
    page = person(MANAGER, "en")
    page.goto(f"{product.url}{SET}/quadrant")
    mark = page.locator(".quadrant-wide a[href*='/quadrant/KF0503']")
    mark.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    button = page.locator("form[action$='/quadrant/KF0503/mark'] button")
    button.focus()
    page.keyboard.press("Enter")
    say_yes(page)  # a draft begins
    expect(page.locator("main")).to_contain_text("Key in the draft")
    follow(page.locator("nav a[href$='/quadrant?axis=compliance']"))
    expect(page.locator("tr#KF0503")).to_contain_text("Key in the draft")


def test_what_was_done_is_noted_in_the_cycle_and_taken_away(product, person):
    page = person(MANAGER, "en")
    page.goto(f"{product.url}{SET}/cycle")
    page.locator("#phase").select_option("reward")
    page.locator("textarea[name=note]").fill("Bonus for the reception")
    with page.expect_navigation():
        page.locator("form[action$='/cycle/notes'] button[type=submit]").click()
    entry = page.locator("#notes li", has_text="Bonus for the reception")
    expect(entry).to_be_visible()
    entry.locator("button").click()
    say_yes(page)
    expect(page.locator("#notes")).not_to_contain_text("Bonus for the reception")
