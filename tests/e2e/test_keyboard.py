"""The main way without a mouse: nothing needs a click, and every stop of the Tab key shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.keyboard import Keyboard
from tests.e2e.pages import COMMENT, KEPT, TabletForm
from tests.e2e.staging import begun
from tests.support.browser import TABLET

pytestmark = pytest.mark.e2e


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


def test_a_step_is_moved_with_its_button_and_a_dialog_gives_the_focus_back(hands):
    keyboard = hands("manager04")
    page = keyboard.page
    keyboard.follow(page.locator("#nav a[href$='/standards']"))
    keyboard.follow(page.locator("main form[action$='/draft/start'] button"))

    steps = page.locator("#steps [data-sort-id]")
    first = steps.first.get_attribute("data-sort-id")
    keyboard.to(page.locator(f"#down-{first}"))
    for place in (1, 2):
        keyboard.press("Enter")
        expect(steps.nth(place)).to_have_attribute("data-sort-id", first)
        keyboard.at(page.locator(f"#down-{first}"))
    keyboard.press("Shift+Tab")
    keyboard.press("Space")
    expect(steps.nth(1)).to_have_attribute("data-sort-id", first)
    keyboard.at(page.locator(f"#up-{first}"))

    discard, dialog = (
        page.locator("form[action$='/draft/discard'] button"),
        page.locator("#confirm"),
    )
    keyboard.to(discard, "Shift+Tab")
    keyboard.press("Enter")
    expect(dialog).to_be_visible()
    keyboard.at(dialog.locator(":focus"))
    keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    keyboard.at(discard)
    keyboard.press("Enter")
    keyboard.to(dialog.locator("[value=yes]"))
    with page.expect_navigation():
        keyboard.press("Enter")
    assert "/draft" not in page.url


def test_a_side_sheet_takes_the_focus_and_gives_it_back(hands):
    keyboard = hands("manager")
    page = keyboard.page
    keyboard.follow(page.locator("#nav a[href$='/training']"))
    cell, sheet = page.locator("#matrix a[data-sheet]").nth(3), page.locator("dialog.sheet-side")
    keyboard.to(cell)
    keyboard.press("Enter")
    expect(sheet).to_be_visible()
    keyboard.at(sheet.locator("h2:focus"))
    keyboard.press("Tab")
    keyboard.at(sheet.locator(":focus"))
    keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    keyboard.at(cell)


def test_the_cells_at_the_edge_of_the_matrix_are_seen_whole(hands):
    keyboard = hands("manager", viewport=TABLET)
    page = keyboard.page
    keyboard.follow(page.locator("a[href$='/training']:visible"))
    cells = page.locator("#matrix-table tbody tr").first.locator("a[data-sheet]")
    keyboard.to(cells.last)
    keyboard.to(cells.first, "Shift+Tab")


def test_a_visit_is_found_in_the_list_and_opened(hands):
    keyboard = hands("headoffice")
    page = keyboard.page
    keyboard.follow(page.locator("#nav a[href$='/visits']"))
    keyboard.follow(page.locator("#visit-rows tbody th a").nth(4))
    assert "/visits/" in page.url
    keyboard.to(page.locator("main :is(a, button):visible").last)


def test_a_visit_is_filled_in(hands, product):
    visit_id = begun(product, 4)
    keyboard = hands("shopper", viewport=TABLET)
    page = keyboard.page
    keyboard.follow(page.locator(f"main a[href^='/v/{visit_id}/']"))
    form = TabletForm(page)

    keyboard.to(page.locator("[data-chip=s-B]"))
    keyboard.press("Enter")
    keyboard.at(page.locator("#h-B"))
    keyboard.to(page.locator("button[data-stamp=T04]"))
    keyboard.press("Enter")
    expect(page.locator("#T04")).to_have_attribute("data-stamped", "")
    keyboard.at(page.locator("button[data-stamp=T04]"))

    answer_no_with_a_comment(keyboard, "V011")
    rate(keyboard, "B.impression", 8)
    for field in ("V011", "B.impression", "T04"):
        state = page.locator(f"[data-state-of='{field}']")
        expect(state).to_have_attribute("data-state", "server")

    keyboard.to(page.locator("#next"))
    keyboard.press("Enter")
    keyboard.at(page.locator("#h-C"))
    go_from_a_gap_to_its_place(keyboard, form)


def answer_no_with_a_comment(keyboard: Keyboard, code: str) -> None:
    """First yes; then the arrow to the next answer."""
    page = keyboard.page
    yes, no = page.locator(f"[id='{code}=yes']"), page.locator(f"[id='{code}=no']")
    keyboard.to(yes)
    keyboard.press("Space")
    expect(yes).to_be_checked()
    keyboard.press("ArrowRight")
    expect(no).to_be_checked()
    keyboard.at(no)
    state = page.locator(f"[data-state-of='{code}']")
    expect(state).to_have_attribute("data-state", KEPT)  # what it calls for is there then

    panel = page.locator(f"#{code} [data-comment-panel]")
    if panel.is_hidden():
        keyboard.to(page.locator(f"button[data-comment={code}]"))
        keyboard.press("Enter")
        keyboard.at(panel.locator("textarea"))
    else:
        keyboard.to(panel.locator("textarea"))
    keyboard.type(COMMENT)
    expect(panel.locator("textarea")).to_have_value(COMMENT)


def rate(keyboard: Keyboard, name: str, value: int) -> None:
    keyboard.to(keyboard.page.locator(f"[id='{name}=0']"))
    keyboard.press("Space", *["ArrowRight"] * value)
    chosen = keyboard.page.locator(f"[id='{name}={value}']")
    expect(chosen).to_be_checked()
    keyboard.at(chosen)


def go_from_a_gap_to_its_place(keyboard: Keyboard, form: TabletForm) -> None:
    page = keyboard.page
    keyboard.to(page.locator("[data-chip=finish]"), "Shift+Tab")
    keyboard.press("Enter")
    keyboard.at(page.locator("#h-finish"))
    for key in ("Enter", "Space"):  # what is missing is told, and nothing is sent
        keyboard.to(page.locator("#submit"))
        keyboard.press(key)
        keyboard.at(page.locator("#gaps a").first)
    code = next(question["code"] for question in form.questions())
    keyboard.to(page.locator(f"#gaps a[href='#{code}']"))
    keyboard.press("Enter")
    expect(page.locator(f"#{code}")).to_be_visible()
    keyboard.at(page.locator(f"#{code} :focus"))


def test_nothing_hides_under_the_heads_of_the_table_of_dealerships(hands):
    keyboard = hands("headoffice")
    page = keyboard.page
    keyboard.follow(page.locator("#nav a[href$='/overview']"))
    names = page.locator("#network-table tbody th a")
    keyboard.to(names.last)
    keyboard.to(names, "Shift+Tab")
