"""The pictures of the README and of docs/: small, in English, from demo data of its own.

    python tests/e2e/doc_pictures.py docs/img

A picture of the PDF needs pdftoppm (poppler-utils); without it the old one stays.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.staging import begun
from tests.e2e.studio import Studio
from tests.support.browser import DESKTOP, PHONE, running_browser, settled, sign_in, speak
from tests.support.product import Product, running_product

SET = "/t/demo-01/standards/REF-AFTERSALES"
CHANGED = "ST040201"
LANDSCAPE = {"width": 1180, "height": 820}


def main(folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="csiapp-pictures-") as data,
        running_product(Path(data) / "data") as product,
        running_browser() as browser,
    ):
        manager = signed_in(browser, product, "manager", DESKTOP)
        edit(manager, product, folder)
        for name, path in (
            ("studio-publish", f"{SET}/draft/publish"),
            ("studio-replay", f"{SET}/replay"),
            ("studio-coverage", f"{SET}/coverage"),
            ("studio-quadrant", f"{SET}/quadrant"),
            ("studio-cycle", f"{SET}/cycle"),
        ):
            open_page(manager, product.url + path)
            keep(manager, folder / f"{name}.png")
        staff = signed_in(browser, product, "staff", PHONE)
        open_page(staff, f"{product.url}{SET}/reading")
        staff.locator("#reading details summary").first.click()
        keep(staff, folder / "studio-reading.png")

        office = signed_in(browser, product, "headoffice", DESKTOP)
        open_page(office, f"{product.url}/n/demo/overview")
        keep(office, folder / "overview.png")
        shopper = signed_in(browser, product, "shopper", LANDSCAPE)
        open_page(shopper, f"{product.url}/v/{begun(product, 12)}/fill#s-B")
        keep(shopper, folder / "tablet.png")
        fill_in(signed_in(browser, product, "shopper", PHONE), product, folder)
        report(product, folder / "report.png")


def signed_in(browser: Browser, product: Product, name: str, size: dict[str, int]) -> Page:
    context = browser.new_context(
        viewport=size, reduced_motion="reduce", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    sign_in(page, product.url, f"{name}@demo.example", product.password)
    speak(page, "en")
    return page


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)


def edit(page: Page, product: Product, folder: Path) -> None:
    """A draft with a stricter target; and a vague wording that is being typed."""
    studio = Studio(page, f"{product.url}/t/demo-01/standards")
    studio.begin()
    studio.open("S04")
    keep(page, folder / "standards.png")
    studio.change(CHANGED, target="30", tolerance="60")
    page.locator(f"#edit-{CHANGED}").click()
    form = page.locator(f"#{CHANGED} form")
    form.locator(f"[name={CHANGED}-statement_zh]").fill("有人及时迎接客户")
    form.locator(f"[name={CHANGED}-statement_en]").fill("Somebody greets the customer promptly")
    form.locator(f"[name={CHANGED}-measure_type]").select_option("yes_no")
    form.locator(".rule-bad").first.wait_for()
    settled(page)
    form.evaluate("form => scrollTo(0, scrollY + form.getBoundingClientRect().top - 120)")
    keep(page, folder / "studio-vague.png")


def fill_in(page: Page, product: Product, folder: Path) -> None:
    """A section with a time key that was tapped, the same key set by hand, and a note."""
    open_page(page, f"{product.url}/v/{begun(product, 11)}/fill#s-B")
    key = page.locator("[data-stamp='T04']")
    key.click()
    page.locator("[data-state-of='T04'][data-state='server']").wait_for(state="attached")
    page.evaluate("scrollTo(0, 0)")
    keep(page, folder / "fieldwork-form.png")
    key.click()
    page.click("[data-set]")  # the same second again: a reason is asked for first
    page.locator("#stamp [role=alert]").wait_for()
    keep(page, folder / "fieldwork-time.png")
    page.keyboard.press("Escape")
    page.click("[data-jotter]")
    page.keyboard.type("Advisor on the phone, no glance up")
    keep(page, folder / "fieldwork-jotter.png")


def report(product: Product, path: Path) -> None:
    """The first page of a report that the worker has made."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        return
    pdfs: list[Path] = []
    deadline = time.monotonic() + 120
    while not pdfs and time.monotonic() < deadline:
        time.sleep(1)
        pdfs = sorted((product.folder / "files").rglob("*.pdf"))
    words = [tool, "-png", "-r", "80", "-f", "1", "-l", "1", str(pdfs[0])]
    drawn = subprocess.run(words, check=True, capture_output=True).stdout
    write(drawn, path)


def keep(page: Page, path: Path) -> None:
    page.mouse.move(0, 0)
    write(page.screenshot(), path)


def write(png: bytes, path: Path) -> None:
    """In 128 colours: text stays sharp, and the file small."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
