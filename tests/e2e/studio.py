"""The editor of a draft as a manager uses it, with the mouse or with the keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect


class Traffic(NamedTuple):
    """What one change of the draft cost: how many requests, and the bytes of the last one."""

    requests: int
    sent: int
    answered: int


def drag(page: Page, handle: Locator, onto: Locator) -> None:
    """By the mouse, into the upper half of another item of a list."""
    handle.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 300)")
    start, end = handle.bounding_box(), onto.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    for part in (0.3, 0.7, 1):
        height = start["y"] + (end["y"] + 6 - start["y"]) * part
        page.mouse.move(end["x"] + 30, height, steps=4)
        page.wait_for_timeout(60)  # the list moves its items out of the way
    page.mouse.up()


class Studio:
    """The editor of the dealership's main set. A step is chosen by its code."""

    def __init__(self, page: Page, standards: str) -> None:
        self.page, self.address = page, f"{standards}/REF-AFTERSALES"

    def begin(self) -> None:
        """Start a draft, or go on with the one that there is."""
        self.page.goto(self.address)
        start = self.page.locator("form[action$='/draft/start'] button")
        if start.count():
            with self.page.expect_navigation():
                start.click()

    def open(self, step: str) -> None:
        self.page.goto(f"{self.address}/draft/steps/{step}")
        expect(self.page.locator("tree-list").first).to_be_visible()

    # ----------------------------------------------------------------------------- what is seen

    def steps(self) -> list[str]:
        return self.page.locator("#steps [data-sort-id]").evaluate_all(
            "items => items.map(item => item.dataset.sortId)"
        )

    def codes(self, parent: str) -> list[str]:
        """What stands right below an item, in order."""
        lists = self.page.locator(f"tree-list[data-parent='{parent}']")
        return lists.evaluate(
            "list => [...(list.querySelector(':scope > .tree-items') ?? list).children]"
            ".map(item => item.dataset.code).filter(Boolean)"
        )

    def item(self, code: str) -> Locator:
        return self.page.locator(f"[data-code='{code}']")

    def answer(self, path: str = "/draft/"):
        """`with studio.answer():` until the answer of one unsafe request was swapped in."""
        return self.page.expect_response(
            lambda response: path in response.url and response.request.method == "POST"
        )

    def settled(self) -> None:
        expect(self.page.locator(".htmx-request, .htmx-settling")).to_have_count(0)

    # ------------------------------------------------------------------------------ what is done

    def drag(self, handle: Locator, onto: Locator) -> Traffic:
        """Drop it in the upper half of another item."""
        asked: list[str] = []
        self.page.on("request", lambda request: asked.append(request.url))
        with self.answer() as answered:
            drag(self.page, handle, onto)
        self.settled()
        answer = answered.value
        return Traffic(len(asked), len(answer.request.post_data or ""), len(answer.body()))

    def press_add(self, level: str, parent: str) -> Locator:
        """Open the empty form below an item."""
        self.page.locator(f"#new-{level}-{parent}").click()
        return self.form(f"new-{level}-{parent}")

    def form(self, code: str) -> Locator:
        form = self.page.locator(f"#form-{code} form")
        expect(form).to_be_visible()
        return form

    def add(self, level: str, parent: str, values: Mapping[str, str]) -> str:
        """Decompose an item: the code of the new one below it."""
        form = self.press_add(level, parent)
        for name, value in values.items():
            form.locator(f"[name=new-{name}]").fill(value)
        for name in ("executed_by", "management_tools"):
            if (boxes := form.locator(f"[name=new-{name}]")).count():
                boxes.first.check()
        self.send(form)
        return self.codes(parent)[-1]

    def change(self, standard: str, **values: str) -> None:
        """Edit a standard of the open step in its place."""
        self.page.locator(f"#edit-{standard}").click()
        form = self.page.locator(f"#{standard} form")
        for name, value in values.items():
            form.locator(f"[name={standard}-{name}]").fill(value)
        self.send(form)

    def send(self, form: Locator) -> None:
        with self.answer():
            form.locator(".form-end button").click()
        self.settled()

    def act(self, code: str, action: str) -> None:
        """An action of the sheet beside the editor: move, place, split or retire."""
        self.page.locator(f"#more-{code}").click()
        button = self.page.locator(f"#item-sheet form[action$='/{action}'] button").first
        button.click()

    def undo(self) -> None:
        with self.answer("/draft/undo"):
            self.page.locator("#undo").click()
        self.settled()
