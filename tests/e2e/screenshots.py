"""Pictures of every page, in three sizes and two languages, to be looked at by people.

    python tests/e2e/screenshots.py OUTDIR

It starts the product with demo data of its own. A few pages are also taken in dark.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.staging import Address, all_addresses
from tests.support.browser import DESKTOP, PHONE, TABLET, running_browser, settled, sign_in, speak
from tests.support.product import Product, running_product

SIZES = {"desktop": DESKTOP, "tablet": TABLET, "phone": PHONE}
DARK = {
    "accounts.sign_in",
    "fill.form",
    "headoffice.overview",
    "results.show",
    "standards_draft.editor",
    "training.matrix",
    "visits.show",
}


def main(folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="csiapp-pictures-") as data,
        running_product(Path(data) / "data") as product,
        running_browser() as browser,
    ):
        addresses = all_addresses(product)
        for person in dict.fromkeys(address.person for address in addresses):
            own = [address for address in addresses if address.person == person]
            for language in ("zh", "en"):
                take(browser, product, own, language, folder)


def take(
    browser: Browser, product: Product, addresses: list[Address], language: str, folder: Path
) -> None:
    """All pages of one person in one language."""
    context = browser.new_context(reduced_motion="reduce", timezone_id="Asia/Shanghai")
    page = context.new_page()
    person = addresses[0].person
    if person == "-":
        page.goto(f"{product.url}/sign-in")
    else:
        sign_in(page, product.url, f"{person}@demo.example", product.password)
    speak(page, language)
    for number, address in enumerate(addresses):
        page.goto("about:blank")
        page.goto(product.url + address.path)
        settled(page)
        who = person.strip("-") or "nobody"
        name = f"{who}-{number:02}-{address.endpoint.replace('.', '-')}"
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            shoot(page, folder / f"{name}-{size}-{language}.png")
        if address.endpoint in DARK and language == "zh":
            page.emulate_media(color_scheme="dark")
            shoot(page, folder / f"{name}-dark-{language}.png")
            page.emulate_media(color_scheme="light")
    context.close()


def shoot(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
