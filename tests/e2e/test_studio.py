"""What a manager does with the standards from the first drag to the replaced version: with the
mouse, and once more with nothing but keys."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.keyboard import Keyboard
from tests.e2e.pages import follow, say_yes
from tests.e2e.studio import Studio

pytestmark = pytest.mark.e2e

STEP = "S04"
SUB_STEP = {
    "name_zh": "演示：代步车",
    "name_en": "Demo: courtesy car",
    "operation_steps_zh": "询问\n登记",
    "operation_steps_en": "Ask\nNote down",
}
KEY_FACTOR = {
    "name_zh": "演示：有车可用",
    "name_en": "Demo: a car is there",
    "customer_demand_zh": "我不想走路",
    "customer_demand_en": "I do not want to walk",
}
VAGUE = {"statement_zh": "热情提供代步车", "statement_en": "A courtesy car is offered promptly"}
MEASURED = {
    "statement_zh": "客户签字后10分钟内备好代步车",
    "statement_en": "The courtesy car is ready within 10 minutes of signing",
}
REWORDED = "ST040102"
STRICTER = "ST040201"
"""Somebody greets within 60 seconds. Within 5, the visits of the demo score less."""


def figures(page: Page) -> list[int]:
    """The index before and after, as the page of the replay shows them."""
    return [int(text) for text in page.locator(".kpi-number").all_inner_texts()[:2]]


def test_a_manager_orders_decomposes_is_refused_mends_replays_publishes_and_compares(
    product, person
):
    studio = Studio(person("manager07", "en"), f"{product.url}/t/demo-07/standards")
    page = studio.page
    page.goto(f"{studio.address}/replay")
    before, same = figures(page)
    assert before == same
    studio.begin()
    studio.open(STEP)
    order_by_dragging(studio)

    sub_step = studio.add("sub_step", STEP, SUB_STEP)
    factor = studio.add("key_factor", sub_step, KEY_FACTOR)
    star = page.locator(f"#star-{factor}")
    with studio.answer():
        star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    standard = studio.add("standard", factor, VAGUE)
    expect(studio.item(standard)).to_contain_text("Own")
    studio.change(STRICTER, target="5", tolerance="5")
    studio.change(REWORDED, statement_en="A customer parking space is free on every arrival")

    refused_and_mended(studio, standard)
    replayed(studio, product, before)
    published(studio, standard)

    page.goto(f"{studio.address}/history")
    newest = page.locator("main .item-list li").first
    newest.locator("summary").click()
    expect(newest.locator("li", has_text=REWORDED)).to_contain_text("measure")
    follow(newest.locator("a[href*='/compare']"))
    expect(page.locator("#comparison")).to_contain_text("Comparability 98%")
    expect(page.locator("#comparison")).to_contain_text(MEASURED["statement_en"])
    page.locator("#compare-left").select_option("2")
    expect(page.locator("#comparison-title")).to_contain_text("Version 2")


def order_by_dragging(studio: Studio) -> None:
    """One small request: not the page, not the standards of the steps."""
    before = studio.steps()
    grip = studio.page.locator(f"#item-{before[2]} .sort-handle")
    traffic = studio.drag(grip, studio.page.locator(f"#item-{before[1]}"))
    assert studio.steps()[:3] == [before[0], before[2], before[1]]
    assert traffic.requests == 1
    assert traffic.sent < 1_000
    assert traffic.answered < 2_000 * len(before)


def refused_and_mended(studio: Studio, standard: str) -> None:
    """The page of publishing names the standard, and leads to it; while one types, the rules say
    whether they hold."""
    page = studio.page
    page.goto(f"{studio.address}/draft/publish")
    expect(page.locator("#reason")).to_have_count(0)
    follow(page.locator(f".item-list a[href*='{standard}']").first)
    form = page.locator(f"#{standard} form")
    flagged = form.locator(".rule-bad")
    expect(flagged).to_contain_text("“promptly” has no measure")
    expect(flagged).to_contain_text("“热情” has no measure")
    for name, value in MEASURED.items():
        form.locator(f"[name={standard}-{name}]").fill(value)
    expect(form.locator(".rule-bad")).to_have_count(0)
    form.locator(".form-end button").click()
    expect(page.locator(f"#edit-{standard}")).to_be_visible()


def replayed(studio: Studio, product, before: int) -> None:
    """The last visits under the draft; nothing is written, and what is in force stays as it was."""
    page = studio.page
    scores = "SELECT count(*), max(created_at) FROM visit_score"
    written = product.rows(scores)
    page.goto(f"{studio.address}/replay")
    official, redone = figures(page)
    assert official == before
    assert redone < official
    row = page.locator("#replay-table tbody tr").first
    expect(row).to_contain_text(str(official))
    expect(row).to_contain_text("−")
    page.locator(".tab-list a", has_text="In force").click()
    expect(page.locator(".kpi", has_text="Under version 1")).to_be_visible()
    assert figures(page) == [before, before]
    assert product.rows(scores) == written


def published(studio: Studio, standard: str) -> None:
    """With the class of each change, its training and three days; days that contradict each other
    are refused. What a new wording means, the publisher alone can say."""
    page = studio.page
    page.goto(f"{studio.address}/draft/publish")
    expect(page.locator(f"#class-{REWORDED}")).to_have_value("wording")
    page.locator(f"#class-{REWORDED}").select_option("measure")
    page.locator(f"#training-{standard}").select_option("brief")
    page.locator(f"#training-{STRICTER}").select_option("retrain")
    first = dt.date.fromisoformat(page.locator("#publish_on").input_value())
    page.locator("#train_by").fill((first + dt.timedelta(days=14)).isoformat())
    page.locator("#enforce_from").fill((first + dt.timedelta(days=7)).isoformat())
    page.locator("#reason").fill("Demo: customers are greeted sooner")
    page.locator("#publish button").click()
    say_yes(page)
    expect(page.locator("#enforce_from-error")).to_contain_text("need not be learned yet")
    page.locator("#enforce_from").fill((first + dt.timedelta(days=21)).isoformat())
    page.locator("#publish button").click()
    say_yes(page)
    expect(page.locator(".toast-success")).to_be_visible()


def test_the_same_way_with_keys_alone(hands):
    """Each place is reached by Tab or by where the focus comes to rest, and shows."""
    keyboard = hands("manager08")
    page = keyboard.page
    keyboard.follow(page.locator("#nav a[href$='/standards']"))
    keyboard.follow(page.locator("main form[action$='/draft/start'] button"))
    studio = Studio(page, page.url.partition("/REF-")[0])
    order_with_keys(keyboard, studio)

    sub_step = add(keyboard, studio, "sub_step", STEP, SUB_STEP)
    factor = add(keyboard, studio, "key_factor", sub_step, KEY_FACTOR)
    star = page.locator(f"#star-{factor}")
    keyboard.to(star, "Shift+Tab")
    with studio.answer():
        keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    keyboard.at(star)
    standard = add(keyboard, studio, "standard", factor, VAGUE)

    keyboard.follow(page.locator("main a[href$='/draft/publish']"), "Shift+Tab")
    keyboard.follow(page.locator(f".item-list a[href*='{standard}']"))
    form = page.locator(f"#{standard} form")
    write(keyboard, studio, form, standard, MEASURED)
    keyboard.at(page.locator(f"#edit-{standard}"))
    page.go_back()  # Alt and the left arrow, to the page that refused
    keyboard.follow(page.locator(".tab-list a[href$='/replay']"))
    expect(page.locator("#replay-table")).to_be_visible()

    keyboard.follow(page.locator(".tab-list a[href$='/draft']"), "Shift+Tab")
    keyboard.follow(page.locator("main a[href$='/draft/publish']"))
    publish_with_keys(keyboard)
    keyboard.follow(page.locator(".tab-list a[href$='/history']"))
    keyboard.follow(page.locator("main .item-list li").first.locator("a[href*='/compare']"))
    expect(page.locator("#comparison")).to_contain_text(MEASURED["statement_en"])


def order_with_keys(keyboard: Keyboard, studio: Studio) -> None:
    """A step by its button, and back again by undo; a standard by the arrows on its grip."""
    page, steps = keyboard.page, studio.steps()
    keyboard.to(page.locator(f"#down-{steps[0]}"))
    with studio.answer():
        keyboard.press("Enter")
    studio.settled()
    assert studio.steps()[1] == steps[0]
    keyboard.at(page.locator(f"#down-{steps[0]}"))
    keyboard.to(page.locator("#undo"), "Shift+Tab")
    with studio.answer("/undo"):
        keyboard.press("Enter")
    studio.settled()
    keyboard.at(page.locator("#undo"))
    assert studio.steps() == steps

    keyboard.to(page.locator(f"#open-{STEP}"))
    keyboard.press("Enter")
    expect(page.locator(f"#{STEP}")).to_be_visible()
    studio.settled()
    before = studio.codes("KF0401")
    keyboard.to(page.locator(f"#grip-{before[0]}"))
    with studio.answer("/move"):
        keyboard.press("ArrowDown")
    studio.settled()
    assert studio.codes("KF0401")[:2] == [before[1], before[0]]
    keyboard.at(page.locator(f"#grip-{before[0]}"))
    expect(page.locator("#live")).to_contain_text("is now in place 2")


def add(keyboard: Keyboard, studio: Studio, level: str, parent: str, values: dict[str, str]) -> str:
    """A new item below another; the work goes on at it."""
    keyboard.to(keyboard.page.locator(f"#new-{level}-{parent}"))
    keyboard.press("Enter")
    form = studio.form(f"new-{level}-{parent}")
    keyboard.at(form.locator(":focus"))
    write(keyboard, studio, form, "new", values)
    code = studio.codes(parent)[-1]
    keyboard.at(keyboard.page.locator(f"#edit-{code}"))
    return code


def write(keyboard: Keyboard, studio: Studio, form, prefix: str, values: dict[str, str]) -> None:
    """Fill in the form from its first field on, and send it."""
    for name, value in values.items():
        keyboard.to(form.locator(f"[name={prefix}-{name}]"))
        keyboard.press("Control+a")
        keyboard.type(value)
    for name in ("executed_by", "management_tools"):
        if (box := form.locator(f"[name={prefix}-{name}]")).count():
            keyboard.to(box)
            keyboard.press("Space")
    keyboard.to(form.locator(".form-end button"))
    with studio.answer():
        keyboard.press("Enter")
    studio.settled()


def publish_with_keys(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.to(page.locator("#reason"))
    keyboard.type("Demo: a courtesy car")
    for name, days in (("train_by", 14), ("enforce_from", 21)):
        day = dt.date.fromisoformat(page.locator("#publish_on").input_value())
        keyboard.to(page.locator(f"#{name}"))
        page.keyboard.type((day + dt.timedelta(days=days)).strftime("%m%d%Y"))
        assert page.locator(f"#{name}").input_value() == str(day + dt.timedelta(days=days))
    keyboard.to(page.locator("#publish button"))
    keyboard.press("Enter")
    keyboard.to(page.locator("#confirm [value=yes]"))
    with page.expect_navigation():
        keyboard.press("Enter")
    expect(page.locator(".toast-success")).to_be_visible()
