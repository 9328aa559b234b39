"""The pages of the main job as a person uses them. Found by form and id, in any language."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pypdf
from playwright.sync_api import Locator, Page, expect

from csiapp.reference import loader

NARRATIVE = (
    "我按约定时间到店，先后见到引导员和服务顾问，对方先问了来意，再一起看了车。"
    "等候期间我记下了各个时刻，离店前也核对了单据。"
    "以下按时间顺序只写我看到和听到的事实，不作猜测，也不评价任何人。"
)
COMMENT = (
    "我开口询问以后对方才说明，之前大约等了几分钟，没有人主动过来解释原因，也没有告诉我还需要多久。"
)


def follow(link: Locator) -> None:
    """Click on a link and wait for its page."""
    with link.page.expect_navigation():
        link.click()


def say_yes(page: Page) -> None:
    """Confirm in our own dialog, and wait for the page that follows."""
    with page.expect_navigation():
        page.locator("#confirm [value=yes]").click()


def pick(page: Page, name: str, value: object) -> None:
    """Choose one of the radio buttons that stand for the answers."""
    page.locator(f"[id='{name}={value}']").check()


class StandardsEditor:
    """A manager changes one standard and publishes."""

    def __init__(self, page: Page, address: str, dealership: str) -> None:
        self.page, self.address = page, f"{address}/t/{dealership}/standards/REF-AFTERSALES"

    def begin(self) -> None:
        self.page.goto(self.address)
        follow(self.page.locator("form[action$='/draft/start'] button"))

    def change(self, step: str, standard: str, **values: str) -> None:
        self.page.goto(f"{self.address}/draft/steps/{step}")
        self.page.locator(f"#edit-{standard}").click()
        form = self.page.locator(f"#{standard} form")
        for name, value in values.items():
            form.locator(f"[name='{standard}-{name}']").fill(value)
        form.locator(".form-end button").click()
        expect(self.page.locator(f"#edit-{standard}")).to_be_focused()

    def publish(self, reason: str) -> None:
        self.page.goto(f"{self.address}/draft/publish")
        self.page.locator("#reason").fill(reason)
        self.page.locator("#publish button").click()
        say_yes(self.page)
        expect(self.page.locator(".toast-success")).to_be_visible()


class VisitPlan:
    """Head office plans visits of a dealership."""

    def __init__(self, page: Page, address: str, dealership: str) -> None:
        self.page, self.dealership = page, dealership
        self.address = f"{address}/n/demo"

    def call_off(self, visit_id: str, reason: str) -> None:
        self.page.goto(f"{self.address}/d/{self.dealership}/visits/{visit_id}/change")
        form = self.page.locator("form[action$='/cancel']")
        form.locator("#reason").fill(reason)
        form.locator("button").click()
        say_yes(self.page)

    def assign(self, shopper: str, first_day: dt.date, note: str) -> str:
        """A visit in the first scenario from this day on, for two weeks; its id."""
        self.page.goto(f"{self.address}/visits/new")
        follow(self.page.locator(f"#destinations a[href*='/{self.dealership}/']"))
        self.page.locator("#scenario").select_option("SC1")
        option = self.page.locator("#shopper_id option", has_text=shopper)
        self.page.locator("#shopper_id").select_option(option.get_attribute("value"))
        self.page.locator("#opens_on").fill(first_day.isoformat())
        self.page.locator("#due_on").fill((first_day + dt.timedelta(days=14)).isoformat())
        self.page.locator("#note").fill(note)
        follow(self.page.locator("main form.card .form-end button"))
        expect(self.page.locator(".toast-success")).to_be_visible()
        return re.search(r"/visits/([0-9a-f-]{36})", self.page.url)[1]


class Brief:
    """What a shopper reads before the visit, and the way into the form."""

    def __init__(self, page: Page, address: str, visit_id: str) -> None:
        self.page = page
        page.goto(f"{address}/v/{visit_id}/")

    def accept(self) -> None:
        follow(self.page.locator("form[action$='/accept'] button"))

    def pass_test(self, scenario: str) -> None:
        questions = loader.form_templates()["brief_test"]["questions"]
        right = {"SCENARIO": scenario} | {q["code"]: q["right"] for q in questions}
        for code, option in right.items():
            self.page.locator(f"input[name='{code}'][value='{option}']").check()
        follow(self.page.locator("form[action$='/test'] button"))

    def start(self, expectation: int) -> TabletForm:
        pick(self.page, "U01", expectation)
        follow(self.page.locator("form[action$='/start'] button"))
        return TabletForm(self.page)


KEPT = re.compile("device|server")


class TabletForm:
    """The form on the tablet: one section on the screen at a time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator("html")).to_have_attribute("data-ready", "1")
        self.rules: dict[str, Any] = page.evaluate(
            "JSON.parse(document.getElementById('audit-data').textContent).form"
        )

    def questions(self) -> Iterator[dict[str, Any]]:
        for section in self.rules["sections"]:
            yield from section["questions"]

    def open(self, screen: str) -> None:
        self.page.locator(f"[data-chip='{screen}']").click()
        expect(self.page.locator(f"#{screen}")).to_be_visible()

    def answer(self, question: Mapping[str, Any], given: Any) -> None:
        """A value, "na" (with the first reason) or "never", with the controls of the page, until
        it is kept: what it calls for is on the page then."""
        code = question["code"]
        if given in ("na", "never"):
            pick(self.page, code, given)
            if given == "na":
                self.page.locator(f"#{code} [data-reasons] input").first.check()
        elif question["numeric"]:
            if self.page.locator(f"[id='{code}=number']").count():
                pick(self.page, code, "number")
            self.page.locator(f"#{code}-number").fill(str(given))
            self.page.locator(f"#{code}-number").blur()
        else:
            pick(self.page, code, given)
        state = self.page.locator(f"[data-state-of='{code}']")
        expect(state).to_have_attribute("data-state", KEPT)

    def comment(self, code: str, text: str) -> None:
        panel = self.page.locator(f"#{code} [data-comment-panel]")
        if panel.is_hidden():
            self.page.locator(f"button[data-comment='{code}']").click()
        panel.locator("textarea").fill(text)

    def photograph(self, code: str, *pictures: bytes) -> None:
        files = [
            {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture}
            for n, picture in enumerate(pictures)
        ]
        thumbs = self.page.locator(f"#{code} [data-thumbs] li")
        before = thumbs.count()
        self.page.locator(f"#{code}-file").set_input_files(files)
        expect(thumbs).to_have_count(before + len(files))

    def stamp(self, code: str, at: dt.datetime | None = None) -> None:
        """Tap the time key, or set the time by hand."""
        if at is None:
            self.page.locator(f"button[data-stamp='{code}']").click()
        else:
            self.page.locator(f"#{code} button[data-edit-time]").click()
            self.page.locator("#stamp input").fill(at.strftime("%Y-%m-%dT%H:%M:%S"))
            self.page.locator("#stamp textarea").fill("Written down on paper")
            self.page.locator("#stamp [data-set]").click()
        expect(self.page.locator(f"#{code}")).to_have_attribute("data-stamped", "")

    def overall(self, section: Mapping[str, Any], impression: int = 8) -> None:
        """The impression of a section, and its description."""
        code = section["code"]
        pick(self.page, f"{code}.impression", impression)
        self.page.locator(f"#{code}-narrative").fill(NARRATIVE)

    def missing(self) -> list[str]:
        """What the finish page says is missing, by the place that it links to."""
        self.open("finish")
        self.page.evaluate("audit.paint()")  # it is painted with the next frame else
        links = self.page.locator("#gaps a").all()
        return [link.get_attribute("href").removeprefix("#") for link in links]

    def submit(self) -> None:
        self.open("finish")
        self.page.locator("#submit").click()


def best_answer(question: Mapping[str, Any]) -> Any:
    """An answer that earns the question's full points."""
    rule = question["scoring"]
    if rule["method"] == "boolean":
        return rule["good_answer"]
    if rule["method"] == "rating":
        return rule["scale_max"]
    if rule["method"] == "choice":
        return next(code for code, score in question["options"].items() if float(score) == 1)
    return rule["full_at"]


class VisitPage:
    """One visit as head office sees it, or its result at the dealership."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)

    def index(self) -> int:
        return int(self.page.locator("#index svg text").first.text_content())

    def report_when_ready(self, revision: int) -> Locator:
        """The entry of this revision's report, once the page shows by itself that it is ready."""
        job = self.page.locator("#reports li", has_text=f"R{revision} ").locator(".job")
        expect(job.locator("a[href$='.pdf']")).to_be_visible(timeout=120_000)
        return job

    def download(self, job: Locator, folder: Path) -> str:
        """The text of the PDF that the button downloads."""
        with self.page.expect_download() as download:
            job.locator("a[href$='.pdf']").click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return text_of(path.read_bytes())


def text_of(pdf: bytes) -> str:
    """All text of a PDF, without the line breaks that depend on the layout."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
