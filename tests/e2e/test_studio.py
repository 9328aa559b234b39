"""What a manager does with a draft: order, decompose, mark, take back; with keys alone, too; and
what happens when two of them work at the same standard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.studio import Studio

pytestmark = [pytest.mark.e2e, pytest.mark.long]

STANDARDS = "/t/demo-02/standards"
STANDARD = "ST020101"


@pytest.fixture
def studio(person, product) -> Iterator[Studio]:
    """The editor of a dealership that no other test writes to."""
    studio = Studio(person("manager02", "en"), f"{product.url}{STANDARDS}")
    studio.begin()
    yield studio
    studio.page.goto(f"{studio.address}/draft")
    while studio.page.locator("#undo:not([aria-disabled])").count():
        studio.undo()


def test_steps_are_ordered_by_dragging_with_one_small_request(studio):
    studio.open("S01")
    before = studio.steps()
    grip = studio.page.locator(f"#item-{before[2]} .sort-handle")
    sent = studio.drag(grip, studio.page.locator(f"#item-{before[1]}"))
    assert studio.steps()[:3] == [before[0], before[2], before[1]]
    assert sent < 1_000


def test_a_standard_is_dragged_into_another_key_factor(studio):
    studio.open("S02")
    first = studio.item(studio.codes("KF0202")[0])
    studio.drag(studio.page.locator(f"#grip-{STANDARD}"), first)
    assert STANDARD in studio.codes("KF0202")
    studio.undo()
    assert studio.codes("KF0201")[0] == STANDARD


def test_a_step_is_decomposed_down_to_a_standard_and_taken_back(studio):
    studio.open("S02")
    form = studio.press_add("sub_step", "S02")
    form.locator("[name=new-name_zh]").fill("演示：代步车")
    form.locator("[name=new-name_en]").fill("Demo: courtesy car")
    form.locator("[name=new-operation_steps_zh]").fill("询问\n登记")
    form.locator("[name=new-operation_steps_en]").fill("Ask\nNote down")
    form.locator("[name=new-executed_by]").first.check()
    form.locator("[name=new-management_tools]").first.check()
    studio.send(form)
    sub_step = studio.codes("S02")[-1]

    form = studio.press_add("key_factor", sub_step)
    form.locator("[name=new-name_zh]").fill("演示：有车可用")
    form.locator("[name=new-name_en]").fill("Demo: a car is there")
    form.locator("[name=new-customer_demand_zh]").fill("我不想走路")
    form.locator("[name=new-customer_demand_en]").fill("I do not want to walk")
    studio.send(form)
    (factor,) = studio.codes(sub_step)
    with studio.answer():
        studio.page.locator(f"#star-{factor}").click()
    expect(studio.page.locator(f"#star-{factor}")).to_have_attribute("aria-pressed", "true")

    form = studio.press_add("standard", factor)
    form.locator("[name=new-statement_zh]").fill("代步车在10分钟内备好")
    form.locator("[name=new-statement_en]").fill("The courtesy car is ready within 10 minutes")
    form.locator("[name=new-measure_type]").select_option("duration")
    form.locator("[name=new-target]").fill("10")
    form.locator("[name=new-tolerance]").fill("5")
    studio.send(form)
    (standard,) = studio.codes(factor)
    expect(studio.item(standard)).to_contain_text("at most 10 minutes")
    expect(studio.item(standard)).to_contain_text("Own")

    for _change in range(4):
        studio.undo()
    assert sub_step not in studio.codes("S02")


def test_a_standard_is_copied_and_retired_from_the_sheet_beside_it(studio):
    studio.open("S02")
    with studio.answer("/split"):
        studio.act(STANDARD, "split")
    studio.settled()
    copy = studio.codes("KF0201")[1]
    expect(studio.page.locator(f"#more-{STANDARD}")).to_be_focused()
    studio.act(copy, "retire")
    with studio.answer("/retire"):
        studio.page.locator("#confirm [value=yes]").click()
    studio.settled()
    expect(studio.item(copy)).to_have_count(0)
    expect(studio.page.locator("h2#S02")).to_be_focused()


def test_the_whole_way_is_there_for_the_keyboard(studio):
    """Order, move, decompose and undo without a pointer; focus stays where the work is."""
    page = studio.page
    studio.open("S02")
    before = studio.codes("KF0201")
    page.locator(f"#grip-{before[0]}").focus()
    with studio.answer("/move"):
        page.keyboard.press("ArrowDown")
    studio.settled()
    assert studio.codes("KF0201")[:2] == [before[1], before[0]]
    expect(page.locator(f"#grip-{before[0]}")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("is now in place 2")

    page.locator("#new-standard-KF0201").focus()
    page.keyboard.press("Enter")
    form = studio.form("new-standard-KF0201")
    expect(form.locator("[name=new-statement_zh]")).to_be_focused()
    page.keyboard.type("电话接通后30秒内转接")
    page.keyboard.press("Tab")
    page.keyboard.type("The call is passed on within 30 seconds")
    form.locator(".form-end button").focus()
    with studio.answer("/new"):
        page.keyboard.press("Enter")
    studio.settled()
    added = studio.codes("KF0201")[-1]
    expect(page.locator(f"#edit-{added}")).to_be_focused()

    page.locator("#undo").focus()
    for _change in range(2):
        with studio.answer("/undo"):
            page.keyboard.press("Enter")
        studio.settled()
        expect(page.locator("#undo")).to_be_focused()
    assert studio.codes("KF0201") == before


def test_two_people_at_one_standard_choose_between_both_versions(studio, person):
    def editing(page: Page):
        page.goto(f"{studio.address}/draft/items/standard/{STANDARD}")
        return page.locator(f"#{STANDARD} form")

    def wording(form):
        return form.locator(f"[name={STANDARD}-statement_en]")

    first, second = editing(studio.page), editing(person("manager02", "en"))
    wording(first).fill("Answered within 3 rings, says the first")
    studio.send(first)
    wording(second).fill("Answered within 3 rings, says the second")
    second.locator(".form-end button").click()
    both = second.page.locator(".versions")
    expect(both).to_contain_text("says the first")
    expect(both).to_contain_text("says the second")
    both.get_by_text("says the first").click()
    second.locator(".form-end button").click()
    row = second.page.locator(f"#{STANDARD}.standard")
    expect(row).to_contain_text(re.compile("says the first"))
