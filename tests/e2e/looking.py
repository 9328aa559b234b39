"""What must hold on every page: the checks of page_checks.js at four sizes, and axe at one."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.support.browser import DESKTOP, PHONE, TABLET, settled

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
CHECKS = Path(__file__).with_name("page_checks.js").read_text("utf-8").strip()
SIZES = (DESKTOP, TABLET, PHONE)
NARROWEST = {"width": 320, "height": 700}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_OPTIONS = {"runOnly": RULES, "preload": False, "resultTypes": ["violations"]}


def dress(page: Page, language: str, number: int) -> None:
    """Light or dark: pairs of pages take turns, and the two languages of a page have both."""
    dark = (number // 2 + (language == "en")) % 2 == 1
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")


def look_at(page: Page, language: str, number: int) -> list[str]:
    """What is wrong on the open page. A page is looked at whole in one of the two languages, in
    turn: at all sizes, with axe at one of the three; in the other its words are read, and it is
    looked at where there is least room. It ends at the size at which the next one begins: a page
    is laid out anew for each change."""
    settled(page)
    found = []
    in_turn = (number + (language == "en")) % 2 == 0
    for size in (NARROWEST, *reversed(SIZES)) if in_turn else (DESKTOP, NARROWEST):
        if page.viewport_size != size:
            page.set_viewport_size(size)
        wanted = {"zh": language == "zh", "words": size is SIZES[0]}
        found += [f"{size['width']}: {text}" for text in page.evaluate(CHECKS, wanted)]
        if in_turn and size is SIZES[number % 3]:
            found += [f"{size['width']}: {text}" for text in _axe(page)]
    return list(dict.fromkeys(found))


def _axe(page: Page) -> list[str]:
    """Violations, each with the first places. A page with a bar at its foot is laid out whole,
    because axe counts what is under the bar just now as too small to be hit."""
    if page.locator(".bottom-bar").count():
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    page.evaluate(AXE)
    result = page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)
    return [
        f"axe {violation['id']}: {[node['html'][:160] for node in violation['nodes'][:3]]}"
        for violation in result["violations"]
    ]
