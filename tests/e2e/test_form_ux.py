"""The tablet's form as people use it: notes, time keys, search, one question at a time, follow-ups,
a keyboard alone, and a screen magnified four times."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from csiapp.audits.form_content import all_questions, build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import template_content
from csiapp.audits.missing import missing_items
from csiapp.audits.models import AnswerEvent
from csiapp.audits.tablet_form import asked_sections, form_rules
from csiapp.reference import loader
from tests.e2e.conftest import watch
from tests.e2e.filling import answers, connected, eventually, of, open_form, state_of
from tests.e2e.looking import AXE, AXE_OPTIONS
from tests.unit.audits import examples

pytestmark = pytest.mark.e2e
ON_SERVER = {"name": "data-state", "value": "server"}


def jots(server: Any, visit_id: object) -> list[Any]:
    return [v for name, v in answers(server, visit_id).items() if name.startswith("jot.")]


def wait_until_whole(page: Page) -> None:
    """Until the scripts that come after the first answer are there."""
    eventually(
        lambda: page.evaluate(
            "performance.getEntriesByName(audit.fields.page.later"
            ".map(src => new URL(src, location).href).at(-1)).length"
        )
    )


def shown_step(page: Page) -> str:
    return page.evaluate("document.querySelector('[data-current]').id")


def test_a_note_is_one_tap_away_keeps_its_time_and_goes_into_a_question(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    problems = watch(page)
    open_form(page, server, visit_id, "s-B")
    page.click("[data-jotter]")
    page.keyboard.type("Nobody came out")  # the panel has the focus already
    expect(page.locator(".jot .save-state").first).to_have_attribute(**ON_SERVER)

    wait_until_whole(page)
    page.click(".jot-put summary")
    page.select_option(".jot select", "V012")
    page.click("[data-put]")

    expect(page.locator("[name='V012.comment']")).to_have_value(
        page.locator(".jot time").first.text_content()[:5] + " Nobody came out"
    )
    expect(page.locator("#V012")).to_be_in_viewport()
    expect(page.locator(".jot-used b").first).to_have_text("V012")
    eventually(lambda: [jot["used"] for jot in jots(server, visit_id)] == [["V012.comment"]])
    assert answers(server, visit_id)["V012.comment"].endswith("Nobody came out")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.click("[data-jotter]")
    expect(page.locator(".jot-used b").last).to_have_text("V012")
    assert problems == []


def test_a_note_is_dragged_into_a_question(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "V016")
    wait_until_whole(page)
    page.click("[data-jotter]")
    page.keyboard.type("He smiled")
    expect(page.locator(".jot[data-kept]")).to_have_count(1)
    at_once = "card => card.scrollIntoView({ block: 'start', behavior: 'instant' })"
    page.locator("#V016").evaluate(at_once)
    grip = page.locator(".jot-grip").first.bounding_box()
    card = page.locator("#V016").bounding_box()
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(card["x"] + 40, card["y"] + 60, steps=5)
    expect(page.locator("#V016[data-drop]")).to_have_count(1)
    page.mouse.up()

    expect(page.locator("[name='V016.comment']")).to_have_value(
        page.locator(".jot time").first.text_content()[:5] + " He smiled"
    )
    expect(page.locator("[data-drop], .jot-ghost")).to_have_count(0)


def test_a_note_without_words_keeps_the_time_and_an_unused_one_leaves_nothing(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    page.click("[data-jotter]")
    page.keyboard.press("Escape")
    expect(page.locator("[data-jotter]")).to_be_focused()
    expect(page.locator(".jot")).to_have_count(0)
    page.click("[data-jotter]")
    page.click("[data-jot-time]")
    eventually(lambda: [jot["text"] for jot in jots(server, visit_id)] == [""])


def test_a_stamped_key_is_never_stamped_over_and_a_change_needs_a_reason(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "s-B")
    key = page.locator("[data-stamp='T04']")
    key.dblclick()  # the second tap asks, and changes nothing
    expect(page.locator("#stamp")).to_be_visible()
    page.keyboard.press("Escape")
    expect(state_of(page, "T04")).to_have_attribute(**ON_SERVER)
    tapped = answers(server, visit_id)["T04"]

    key.click()
    page.fill("#stamp input", "2026-08-01T10:00:05")
    page.click("[data-set]")
    expect(page.locator("#stamp [role=alert]")).to_be_visible()
    expect(page.locator("#stamp textarea")).to_be_focused()
    page.click("[data-reason] >> nth=0")
    page.click("[data-set]")

    expect(page.locator("#stamp")).to_be_hidden()
    expect(page.locator("#T04 output")).to_have_text("10:00:05")
    expect(page.locator("#T04 small")).to_contain_text("set by hand")
    eventually(lambda: answers(server, visit_id)["T04"].startswith("2026-08-01T10:00:05"))
    assert answers(server, visit_id)["T04.reason"] == "Forgot to tap"
    events = [e for e in of(server, visit_id, AnswerEvent) if e.field.startswith("T04")]
    journal = [(e.field, e.value) for e in sorted(events, key=lambda e: e.seq)]
    assert [field for field, _value in journal] == ["T04", "T04.reason", "T04"]
    assert journal[0][1] == tapped


def test_a_stamp_is_set_by_hand_in_the_zone_in_which_it_was_tapped(server, context_of):
    visit_id = server.visit()
    there = context_of("shopper", timezone_id="Asia/Shanghai").new_page()
    open_form(there, server, visit_id, "s-B")
    there.click("[data-stamp='T04']")
    expect(state_of(there, "T04")).to_have_attribute(**ON_SERVER)
    tapped = answers(server, visit_id)["T04"]

    elsewhere = context_of("shopper", timezone_id="Europe/London").new_page()
    open_form(elsewhere, server, visit_id, "s-B")
    elsewhere.click("#take-over")
    elsewhere.click("[data-stamp='T04']")
    expect(elsewhere.locator("#stamp input")).to_have_value(tapped[:19])
    elsewhere.fill("#stamp input", f"{tapped[:10]}T10:05:00")
    elsewhere.click("[data-reason] >> nth=0")
    elsewhere.click("[data-set]")

    eventually(lambda: answers(server, visit_id)["T04"] != tapped)
    assert answers(server, visit_id)["T04"] == f"{tapped[:10]}T10:05:00+08:00"


def test_durations_follow_from_stamps(server, context_of):
    page = context_of("shopper", timezone_id="Asia/Shanghai").new_page()
    open_form(page, server, server.visit(), "s-B")
    for code, time in (("T04", "10:00:00"), ("T05", "10:01:15")):
        page.click(f"#{code} [data-edit-time]")
        page.fill("#stamp input", f"2026-08-01T{time}")
        page.fill("#stamp textarea", "Written down on paper")
        page.click("[data-set]")
    expect(page.locator("#V012 [data-computed] b")).to_have_text("75")


def test_search_finds_by_code_and_by_words_and_goes_there(server, context_of):
    page = context_of("shopper").new_page()
    open_form(page, server, server.visit())
    wait_until_whole(page)
    page.click("[popovertarget=search]")
    page.keyboard.type("valuables")
    found = page.locator("#search li")
    expect(found).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#V028")).to_be_in_viewport()
    expect(page.locator("#search")).to_be_hidden()
    page.click("[popovertarget=search]")
    page.fill("#search input", "v01")
    expect(found).to_have_count(10)


def test_one_question_at_a_time_goes_through_all_and_is_remembered(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    page.click("[popovertarget=view]")
    page.check("[data-view=one]")
    page.keyboard.press("Escape")
    expect(page.locator(".screen > :is(.question, .times):visible")).to_have_count(1)
    assert shown_step(page) == "t-A"
    page.click("#next")
    expect(page.locator("#V001")).to_be_focused()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert shown_step(page) == "V001"
    seen = ["V001"]
    while page.locator("#next").is_visible():
        before = seen[-1]
        page.click("#next")
        eventually(lambda before=before: shown_step(page) != before)
        seen.append(shown_step(page))
    assert seen[-1] == "finish-card"
    questions = [q["code"] for _s, q in all_questions(examples.form())]
    assert [code for code in seen if code.startswith("V")] == questions
    assert "t-B" in seen


def test_nothing_on_the_screen_names_the_place_until_it_is_wanted(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id)
    assert page.title() == "Notes"
    expect(page.locator("h1")).to_have_text("Notes", use_inner_text=True)
    page.click("[popovertarget=view]")
    page.check("[data-view=names]")
    assert page.title() != "Notes"
    expect(page.locator("h1 .when-named").first).to_be_visible()
    page.reload()
    expect(page.locator("h1 .when-named").first).to_be_visible()


def test_a_keyboard_alone_answers_stamps_notes_and_moves_on(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    open_form(page, server, visit_id, "s-B")

    wait_until_whole(page)

    def tab_to(selector: str) -> None:
        for _press in range(150):
            if page.evaluate("at => document.activeElement.matches(at)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is out of reach of the keyboard")

    tab_to("[data-stamp='T04']")
    page.keyboard.press("Enter")
    expect(page.locator("#T04[data-stamped]")).to_have_count(1)
    tab_to("#V010 [type=radio]")
    page.keyboard.press("Space")
    expect(page.locator("#V010 :checked")).to_have_count(1)
    tab_to("[data-jotter]")
    page.keyboard.press("Enter")
    page.keyboard.type("Typed")
    tab_to(".jot summary")
    page.keyboard.press("Enter")
    tab_to("[data-put]")
    page.keyboard.press("Enter")
    eventually(lambda: [len(jot["used"]) for jot in jots(server, visit_id)] == [1])
    page.keyboard.press("Escape")
    tab_to("#next")
    page.keyboard.press("Enter")
    expect(page.locator("#h-C")).to_be_focused()


@pytest.mark.parametrize(("theme", "width", "height"), [("light", 820, 1180), ("dark", 320, 256)])
def test_every_state_of_the_form_is_accessible(server, context_of, theme, width, height):
    visit_id = server.visit()
    size = {"width": width, "height": height}
    page = context_of("shopper", color_scheme=theme, viewport=size).new_page()
    open_form(page, server, visit_id, "s-B")
    wait_until_whole(page)
    page.evaluate(AXE)
    found: dict[str, Any] = {}

    def look(state: str, place: str = "html") -> None:
        result = page.evaluate("all => axe.run(...all)", [place, AXE_OPTIONS])
        if result["violations"]:
            found[state] = [
                (v["id"], [n["html"][:140] for n in v["nodes"][:3]]) for v in result["violations"]
            ]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found[f"{state}: too wide"] = wide

    look("section")
    page.click("[data-stamp='T04']")
    page.click("#T04 [data-edit-time]")
    page.click("[data-set]")
    look("stamp dialog", "#stamp")  # what is behind it was looked at
    page.keyboard.press("Escape")
    page.click("[data-jotter]")
    page.keyboard.type("A note")
    expect(page.locator(".jot[data-kept]")).to_have_count(1)
    page.click(".jot-put summary")
    look("notes", "#jotter")  # what lies half under it is reached by scrolling
    page.keyboard.press("Escape")
    page.click("[popovertarget=search]")
    page.keyboard.type("v01")
    look("search", "#search")
    page.keyboard.press("Escape")
    page.click("[popovertarget=view]")
    page.check("[data-view=one]")
    look("one question")
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#finish'")
    look("finish")
    assert found == {}


def test_on_a_magnified_screen_a_question_has_the_room(server, context_of):
    """1280 by 1024 at 400 %: nothing stands fast above or below the question."""
    page = context_of("shopper", viewport={"width": 320, "height": 256}).new_page()
    open_form(page, server, server.visit(), "V016")
    box = page.locator("#V016 .choice-row").first
    box.scroll_into_view_if_needed()
    assert page.evaluate(
        "[...document.querySelectorAll('.fill-head, .fill-foot')]"
        ".every(bar => getComputedStyle(bar).position === 'static')"
    )
    page.check("#V016 [value='yes']")
    expect(page.locator("#V016 :checked")).to_have_count(1)


# --- The rules of follow-ups, in both languages of the product: Python and JavaScript ----------


def conditional_form() -> FormContent:
    template = template_content(loader.form_templates(), "visit")
    remark = {"code": "U05", "when": "after_visit", "text": {"zh": "什么？", "en": "What?"}}
    remark |= {"answer_type": "text", "use": "narrative"}
    template["unscored"] = [
        *template["unscored"],
        remark | {"shown_if": {"field": "V049", "any_of": ["yes", "na"]}},
        remark | {"code": "U06", "shown_if": {"field": "U02", "at_most": 6}},
        remark | {"code": "U07", "shown_if": {"field": "U06", "any_of": ["x"]}},
    ]
    content = build_form_content(template, examples.standards(), examples.model())
    for code, shown_if in {
        "V011": {"field": "V010", "any_of": ["no"]},
        "V013": {"field": "V012", "at_least": 60, "any_of": ["never"]},
        "V016": {"field": "V013", "any_of": ["yes", "na"]},
        "V005": {"field": "V004", "at_least": "0.5", "at_most": 3},
        "V073": {"field": "U01", "at_least": 5},
    }.items():
        examples.question_of(content, code)["shown_if"] = shown_if  # type: ignore[typeddict-item]
    return content


def some_answers(content: FormContent, dice: random.Random) -> dict[str, Any]:
    """A form filled in here and there, well and badly."""
    found: dict[str, Any] = {}
    for _section, question in all_questions(content):
        how = dice.randrange(5)
        if how == 0 and question["na_allowed"]:
            found[question["code"]] = {"na": "not_occurred"}
        elif how == 1 and question["never_allowed"]:
            found[question["code"]] = {"never": True}
        elif how:
            pick = examples.best if how > 2 else examples.worst
            found[question["code"]] = {"value": str(pick(question))}
    for unscored in content["unscored"]:
        rated = unscored["answer_type"] == "rating_0_10"
        if dice.random() < 0.7:
            found[unscored["code"]] = dice.randrange(11) if rated else dice.choice(["x", "y"])
    if dice.random() < 0.5:
        found["T04"] = "2026-08-01T10:00:00+08:00"
        found["T05"] = f"2026-08-01T10:0{dice.randrange(3)}:00+08:00"
    return found


def test_which_question_was_looked_at_reaches_the_log_and_is_no_answer(server, context_of):
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    problems = watch(page)
    open_form(page, server, visit_id, "s-B")
    wait_until_whole(page)
    page.locator("#V012 input").first.focus()
    page.wait_for_timeout(1200)
    page.click("#V013", position={"x": 4, "y": 4})
    page.wait_for_timeout(300)
    page.focus("[name='B.narrative']")
    page.wait_for_timeout(300)
    assert not events_of_focus(server, visit_id)  # one event for the section, once it is left
    page.evaluate("location.hash = '#s-C'")
    page.wait_for_timeout(300)
    connected(page)
    eventually(lambda: events_of_focus(server, visit_id))
    (event,) = events_of_focus(server, visit_id)
    assert [code for code, _start, _ms in event.value] == ["V012", "V013", "B"]
    assert event.value[0][2] >= 1000
    assert "focus" not in answers(server, visit_id)
    assert problems == []


def events_of_focus(server: Any, visit_id: object) -> list[AnswerEvent]:
    return [event for event in of(server, visit_id, AnswerEvent) if event.field == "focus"]


def test_tablet_and_server_agree_on_what_is_asked_whatever_was_answered(server, context_of):
    page = context_of("shopper").new_page()
    open_form(page, server, server.visit())
    content = conditional_form()
    dice = random.Random(7)
    given = [some_answers(content, dice) for _round in range(150)]
    found = page.evaluate(
        "([form, all]) => all.map(values => audit.rules.gaps(form, values))",
        [form_rules(content, asked_sections(content, "SC1")), given],
    )
    for values, gaps in zip(given, found, strict=True):
        assert gaps == [
            {"field": g.field, "section": g.section, "reason": g.reason, "detail": list(g.detail)}
            for g in missing_items(content, "SC1", values, set())
        ], values
