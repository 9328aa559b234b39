"""Without a mouse: signing in, the bar and its menu; every stop of the Tab key shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import DESKTOP, complaints, settled
from tests.support.product import Product

pytestmark = pytest.mark.e2e

CHECKS = Path(__file__).with_name("focus_checks.js").read_text("utf-8").strip()
FOCUSED = "node => node === document.activeElement"
FARTHEST = 400
"""Stops of the Tab key within which everything on a page must be reached."""


class Keyboard:
    """One person's hands on the keys. Each stop on the way is looked at; `bad` is what was seen."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page, self.address, self.password = page, product.url, product.password
        self.bad: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def look(self) -> None:
        self.bad += [text for text in self.page.evaluate(CHECKS) if text not in self.bad]

    def to(self, target: Locator, key: str = "Tab") -> None:
        """Press the key until the focus is at the first of these."""
        wanted = target.first
        expect(wanted).to_be_attached()
        for _stop in range(FARTHEST):
            if wanted.evaluate(FOCUSED):
                return
            self.press(key)
            self.look()
        raise AssertionError(f"{key} never reaches {wanted}")

    def at(self, target: Locator) -> None:
        """The focus has come here by itself, and shows."""
        expect(target).to_be_focused()
        self.look()

    def follow(self, link: Locator, key: str = "Tab") -> None:
        """Go to a link or a button, press it, and wait for its page."""
        self.to(link, key)
        with self.page.expect_navigation():
            self.press("Enter")
        settled(self.page)

    def sign_in(self, name: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self.to(self.page.locator("#email"))
        self.type(f"{name}@demo.example")
        self.press("Tab")
        self.type(self.password)
        with self.page.expect_navigation():
            self.press("Enter")
        settled(self.page)


@pytest.fixture
def hands(browser: Browser, product: Product):
    """`hands("manager")`: the keyboard of this person, who has signed in with it. A stop that
    could not be seen, or a complaint of the browser, fails the test."""
    made: list[tuple[Keyboard, list[str]]] = []

    def make(name: str, **options: object) -> Keyboard:
        settings = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-US"}
        context = browser.new_context(**{**settings, **options})
        context.set_default_timeout(20_000)
        heard = complaints(context)
        keyboard = Keyboard(context.new_page(), product)
        made.append((keyboard, heard))
        keyboard.sign_in(name)
        return keyboard

    yield make
    for keyboard, _heard in made:
        keyboard.page.context.close()
    assert [(keyboard.bad, heard) for keyboard, heard in made if keyboard.bad or heard] == []


def test_the_bar_is_skipped_and_its_menu_opens_and_closes(hands):
    keyboard = hands("manager")
    page = keyboard.page
    keyboard.to(page.locator(".skip-link"))
    keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    keyboard.press("Tab")
    keyboard.at(page.locator("main :focus"))

    account, menu = page.locator(".user-button"), page.locator("#user-menu")
    keyboard.to(account, "Shift+Tab")
    keyboard.press("Enter")
    expect(menu).to_be_visible()
    keyboard.press("Tab")
    keyboard.at(menu.locator(":focus"))
    keyboard.press("Escape")
    expect(menu).to_be_hidden()
    keyboard.at(account)

    before = page.locator("html").get_attribute("lang")
    keyboard.press("Space")
    keyboard.follow(menu.locator("button[name=language][aria-pressed=false]"))
    assert {before, page.locator("html").get_attribute("lang")} == {"zh-CN", "en"}
