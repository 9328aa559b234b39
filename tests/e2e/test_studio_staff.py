"""Staff read by role on a phone and confirm; the manager sees who has not, and takes a set out and
in again."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.e2e.pages import follow

pytestmark = pytest.mark.e2e

SET = "standards/REF-AFTERSALES"
PHONE = {"width": 390, "height": 844}


def test_staff_on_a_phone_read_their_role_and_confirm_once(product, person):
    page = person("staff", "en")
    page.set_viewport_size(PHONE)
    page.goto(f"{product.url}/t/demo-01/{SET}/reading")
    expect(page.locator("#reading-role option").first).to_contain_text("My role")
    page.locator("#reading details summary").first.click()
    expect(page.locator("#reading .standard").first).to_be_visible()
    follow(page.locator("form[action$='/reading/confirm'] button"))
    expect(page.locator("form[action$='/reading/confirm']")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("You confirmed version")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_the_manager_sees_who_has_not_confirmed(product, person):
    page = person("manager03", "en")
    page.goto(f"{product.url}/t/demo-03/{SET}/confirmations")
    expect(page.locator("#confirmed-table")).to_contain_text("Not yet")


def test_the_manager_exports_edits_a_cell_checks_and_imports(product, person, tmp_path):
    page = person("manager03", "en")
    page.goto(f"{product.url}/t/demo-03/{SET}/exchange")
    with page.expect_download() as download:
        page.locator("a[href$='/exchange/published.xlsx']").click()
    file = tmp_path / "standards.xlsx"
    download.value.save_as(file)
    book = openpyxl.load_workbook(file)
    book["Standards"]["E3"] = "At least 97% of the due customers are reminded each month"
    book.save(file)

    page.locator("#import-file").set_input_files(file)
    follow(page.locator("form[action$='/exchange/check'] button"))
    expect(page.locator(".change")).to_have_count(1)
    expect(page.locator(".change")).to_contain_text("At least 97%")
    follow(page.locator("form[action$='/exchange/import'] button"))
    expect(page).to_have_url(re.compile(r"/draft$"))
