"""A manager sees what a draft would have done to the last visits, before publishing it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import StandardsEditor
from tests.support.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SET = "/t/demo-07/standards/REF-AFTERSALES"
"""A dealership that no other test changes; its last visit was published within 90 days."""


def figures(page: Page) -> list[int]:
    """The index before and after."""
    numbers = page.locator(".kpi-number").all_inner_texts()
    return [int(text) for text in numbers[:2]]


def test_the_replay_of_a_draft_shows_the_index_before_and_after(product, person):
    page = person("manager07", "en")
    page.goto(f"{product.url}{SET}/replay")
    expect(page.locator("#replay")).to_be_visible()
    before, same = figures(page)
    assert before == same

    scores = "SELECT count(*), max(created_at) FROM visit_score"
    written = product.rows(scores)
    stricter(product, page)
    page.goto(f"{product.url}{SET}/replay")
    expect(page.locator(".tab-list", has_text="In force")).to_be_visible()
    official, redone = figures(page)
    assert official == before
    assert redone < official
    row = page.locator("#replay-table tbody tr").first
    expect(row).to_contain_text(str(official))
    expect(row).to_contain_text("−")
    assert product.rows(scores) == written

    page.locator(".tab-list a", has_text="In force").click()
    expect(page.locator(".kpi", has_text="Under version 1")).to_be_visible()
    assert figures(page) == [before, before]


def stricter(product: Product, page: Page) -> None:
    """A draft in which somebody has to greet the customer within five seconds."""
    editor = StandardsEditor(page, product.url)
    editor.address = f"{product.url}{SET}"
    editor.begin()
    editor.change("S04", "ST040201", target="5", tolerance="5")
