"""A real browser: how it is started, who signs in, and what it must not have complained about."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        raise LookupError("Chromium is not installed: scripts/setup.sh test")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


LEFT_BEHIND = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says of a request that was still on its way when somebody left the page."""


def complaints(context: BrowserContext) -> list[str]:
    """Everything the browser complains about on any page of the context, as it comes: errors
    of scripts, refusals of the content security policy, files that are not there.

    That a page itself answers 4xx is also an error on the console; it is left out, because a
    test that asks for such a page looks at the status.
    """
    found: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
        page.on("console", lambda message: hear(page, message))

    def hear(page: Page, message) -> None:
        if message.text.startswith(LEFT_BEHIND):
            return
        about_page = message.location.get("url", "").partition("#")[0] == page.url.partition("#")[0]
        if message.type == "error" and not (about_page and "status of 4" in message.text):
            found.append(f"{page.url}: {message.text}")

    context.on("page", watch)
    return found


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Through the sign-in page, as a person does."""
    page.goto(f"{address}/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def speak(page: Page, language: str) -> None:
    """Read the product in this language from here on: with the button of the top bar."""
    if page.locator("html").get_attribute("lang")[:2] != language:
        button = page.locator(f".topbar button[name=language][value={language}]")
        button.first.evaluate("button => button.click()")  # on a phone it is in the menu
        page.locator(f"html[lang^={language}]").wait_for(state="attached")


SETTLED = """() => document.readyState === "complete"
  && !document.querySelector("[hx-trigger=load], .htmx-request, .htmx-settling")
  && (!document.getElementById("visit-form") || document.documentElement.dataset.ready)"""


def settled(page: Page, seconds: float = 20) -> None:
    """Wait until the parts that a page loads by itself have come.

    Not with wait_for_function: that needs eval in the page, which our policy refuses.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(SETTLED):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{page.url} is still loading")
        time.sleep(0.05)
