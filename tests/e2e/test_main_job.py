"""The main job, as four people do it: standards are published, a visit is assigned, filled in
on a tablet, scored, reported, reviewed and published."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from csiapp.demo.pictures import picture
from tests.e2e.pages import (
    COMMENT,
    Brief,
    StandardsEditor,
    TabletForm,
    VisitPage,
    VisitPlan,
    best_answer,
    follow,
    pick,
)
from tests.support.browser import TABLET
from tests.support.product import Product

pytestmark = pytest.mark.e2e

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLACE = "demo-10"
MANAGER = "manager10"
"""Nobody else changes anything there: tests share the product, in any order."""
SHOPPER = "演示神秘顾客 Demo shopper"
WORDING_ZH = "演示：统一着装、佩戴工牌、仪容整洁、主动问候四项齐备"
WORDING_EN = "Demo: uniform, name badge, neat appearance and a greeting are all present"
CHANGED_STANDARD = "ST040303"  # question V019

GIVEN = {
    "V007": "no",
    "V006": "one",
    "V013": "na",
    "V014": "never",
    "V019": 3,
    "V020": 4,
    "V023": "na",
    "V025": 6,
    "V032": 7,
    "V043": "slight",
    "V060": 3,
    "V068": 96,
}
"""Answers other than the best one; the rest of the form is answered as well as can be."""

MINUTES_AGO = {"T03": 32, "T04": 31, "T05": 30, "T06": 27, "T07": 18, "T08": 13}
"""Time keys that are set by hand; the others are tapped as the visit goes on."""


@pytest.fixture
def nothing_fails_behind_the_pages(product: Product) -> Iterator[None]:
    """What the processes write while the test runs; what they wrote before is not its doing."""
    before = {part: len(product.log(part)) for part in ("web", "worker", "relay")}
    yield
    assert product.rows("SELECT id FROM report WHERE state = 'failed'") == []
    for part, length in before.items():
        assert "Traceback" not in product.log(part)[length:]


@pytest.mark.usefixtures("nothing_fails_behind_the_pages")
def test_a_visit_on_a_tablet_becomes_a_report_that_head_office_downloads(product, person, tmp_path):
    today = dt.datetime.now(SHANGHAI).date()
    publish_new_wording(product, person)
    visit_id = assign_visit(product, person, today)
    fill_in(product, person, visit_id)

    office = person("headoffice", "en")
    seen = VisitPage(office, f"{product.url}/n/demo/d/{PLACE}/visits/{visit_id}")
    report = seen.report_when_ready(revision=0)
    provisional = seen.index()
    text = seen.download(report, tmp_path)
    assert 0 < provisional < 1000
    assert str(provisional) in text
    assert COMMENT in text
    assert WORDING_ZH in text
    assert "演示神秘顾客Demoshopper" in text

    published = review_and_publish(product, person, visit_id)
    assert published == provisional

    manager = person(MANAGER, "en")
    manager.goto(f"{product.url}/t/{PLACE}/results")
    follow(manager.locator("#results a").first)
    result = VisitPage(manager, manager.url)
    assert visit_id in manager.url
    assert result.index() == published
    copy = result.download(result.report_when_ready(revision=1), tmp_path)
    assert str(published) in copy
    assert COMMENT in copy
    assert "演示神秘顾客" not in copy
    assert "Demoshopper" not in copy
    assert "演示神秘顾客" not in manager.content()


def publish_new_wording(product: Product, person) -> None:
    editor = StandardsEditor(person(MANAGER), product.url, PLACE)
    editor.begin()
    editor.change(
        "S04", CHANGED_STANDARD, statement_zh=WORDING_ZH, statement_en=WORDING_EN, target="4"
    )
    editor.publish("演示：增加主动问候")


def assign_visit(product: Product, person, today: dt.date) -> str:
    """The first plan is called off: a shopper goes to a dealership once a quarter."""
    plan = VisitPlan(person("headoffice", "en"), product.url, PLACE)
    wrong = plan.assign(SHOPPER, today + dt.timedelta(days=1), "")
    plan.call_off(wrong, "The standards have changed")
    return plan.assign(SHOPPER, today, "请检查新的接待标准。")


def fill_in(product: Product, person, visit_id: str) -> None:
    tablet = person("shopper", viewport=TABLET, has_touch=True)
    brief = Brief(tablet, product.url, visit_id)
    expect(tablet.locator("#facts")).to_contain_text("请检查新的接待标准。")
    brief.accept()
    brief.pass_test("SC1")
    form = brief.start(expectation=8)
    questions = {question["code"]: question for question in form.questions()}
    assert len(questions) + len(form.rules["unscored"]) == 80

    left_out = ("V020", "V030", "C.narrative")
    fill_sections(form, left_out)
    assert form.missing() == ["V020", "V030", "s-C"]
    form.submit()  # says what is missing, and sends nothing
    expect(tablet.locator("#gaps a").first).to_be_focused()
    tablet.locator("#gaps a").first.click()
    form.answer(questions["V020"], GIVEN["V020"])
    form.comment("V020", COMMENT)
    form.photograph("V020", *(picture(f"main job {n}") for n in range(3)))
    form.answer(questions["V030"], best_answer(questions["V030"]))
    form.overall({"code": "C"})
    assert form.missing() == []
    expect(tablet.locator("#net")).to_have_attribute("data-state", "delivered")
    form.submit()
    tablet.wait_for_url("**/receipt")
    assert product.rows(
        "SELECT count(*) FROM evidence WHERE visit_id = ?", uuid.UUID(visit_id).hex
    ) == [(3,)]


def fill_sections(form: TabletForm, left_out: tuple[str, ...]) -> None:
    now = dt.datetime.now(SHANGHAI)
    for section in form.rules["sections"]:
        form.open(f"s-{section['code']}")
        for stamp in (c for c, s in form.rules["stamps"].items() if s == section["code"]):
            if stamp == "T19":  # the call on the day after
                form.stamp(stamp, now + dt.timedelta(days=1))
            elif stamp in MINUTES_AGO:
                form.stamp(stamp, now - dt.timedelta(minutes=MINUTES_AGO[stamp]))
            else:
                form.stamp(stamp)
        for question in section["questions"]:
            if question["code"] not in left_out:
                answer_one(form, question)
        if f"{section['code']}.narrative" not in left_out:
            form.overall(section)
    form.open("s-after")
    for code in ("U02", "U03"):
        pick(form.page, code, 8)
    form.page.locator("#U04-text").fill("最好的是环境整洁；最需要改进的是接待速度。")


def answer_one(form: TabletForm, question) -> None:
    code = question["code"]
    computed = form.page.locator(f"#{code} [data-computed]")
    if code in GIVEN or not (question["derive"] and computed.is_visible()):
        form.answer(question, GIVEN.get(code, best_answer(question)))
    hint = form.page.locator(f"#{code} [data-comment-panel] [data-hint]")
    if hint.is_visible():
        form.comment(code, COMMENT)
    needs_photo = form.page.locator(f"#{code} [data-evidence-hint]")
    if needs_photo.is_visible():
        form.photograph(code, picture(f"evidence {code}"))


def review_and_publish(product: Product, person, visit_id: str) -> int:
    """The reviewer takes, approves and publishes; the index that is shown then."""
    page = person("reviewer", "en")
    page.goto(f"{product.url}/n/demo/reviews")
    follow(page.locator(f"#reviews a[href*='{visit_id}']"))
    follow(page.locator("form[action$='/review/take'] button"))
    for box in page.locator("#checked input").all():
        box.check()
    follow(page.locator("form[action$='/review/approve'] .form-end button"))
    page.locator("form[action$='/review/publish'] button").click()
    with page.expect_navigation():
        page.locator("#confirm [value=yes]").click()
    return VisitPage(page, f"{product.url}/n/demo/d/{PLACE}/visits/{visit_id}").index()
