"""One person's hands on the keys."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import settled
from tests.support.product import Product

CHECKS = Path(__file__).with_name("focus_checks.js").read_text("utf-8").strip()
STOP = f"node => [node === document.activeElement, ({CHECKS})()]"
"""Whether the focus is at this one, and what is wrong with its place."""
FARTHEST = 400
"""Stops of the Tab key within which everything on a page must be reached."""


class Keyboard:
    """Each stop on the way is looked at; `bad` is what was seen."""

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
        arrived = wanted.evaluate("node => node === document.activeElement")
        for _stop in range(FARTHEST):
            if arrived:
                return
            self.press(key)
            arrived, found = wanted.evaluate(STOP)
            self.bad += [text for text in found if text not in self.bad]
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
