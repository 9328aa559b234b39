from __future__ import annotations

import dataclasses
import re

import pytest

from bench.pdf_fixture import SHOPPER, Example, example
from csiapp.reports.fonts import RendererIncomplete
from csiapp.reports.render import render_html, render_pdf, translator
from csiapp.reports.snapshot import Status

pytestmark = pytest.mark.unit

HOSTILE = '<script>alert(1)</script><img src="file:///etc/passwd">{{ 7*7 }}&amp;"\'</p></section>'


def shown(item: Example) -> set[str]:
    return {photo.sha256 for photo in item.report.photos()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_has_its_place_exactly_once(language):
    item = example(language)
    html = render_html(item.report, shown(item))
    for question in (*item.report.questions(), *item.report.impressions):
        assert html.count(f'id="q-{question.code}"') == 1


def test_links_lead_to_questions_that_are_there(zh: Example):
    html = render_html(zh.report, shown(zh))
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', html))


def test_typed_text_is_never_markup(zh: Example):
    item = example("zh", changes={"V001.comment": HOSTILE, "A.narrative": HOSTILE, "U04": HOSTILE})
    report = dataclasses.replace(item.report, dealership=HOSTILE, wave=HOSTILE, scenario=HOSTILE)
    html = render_html(report, shown(item))
    assert "<script" not in html
    assert '<img src="file' not in html
    assert "{{ 7*7 }}" in html
    assert html.count("<section") == render_html(zh.report, shown(zh)).count("<section")


class Listening:
    """Notes every label that is asked for."""

    def __init__(self) -> None:
        self.single: set[str] = set()
        self.plural: set[tuple[str, str]] = set()

    def gettext(self, message: str) -> str:
        self.single.add(message)
        return message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        self.plural.add((singular, plural))
        return plural


def test_every_label_of_the_report_has_its_chinese():
    heard, chinese = Listening(), translator("zh")
    item = example("zh", scenario="SC5", status=Status.PROVISIONAL)
    for report in (item.report, item.report.for_dealership()):
        render_html(report, set(), heard)
    assert len(heard.single) > 50
    assert [message for message in heard.single if chinese.gettext(message) == message] == []
    assert [
        plural for single, plural in heard.plural if chinese.ngettext(single, plural, 2) == plural
    ] == []


@pytest.mark.parametrize(("language", "lang"), [("zh", "zh-CN"), ("en", "en")])
def test_the_document_says_its_language(language, lang):
    item = example(language, photos=0)
    assert f'<html lang="{lang}">' in render_html(item.report, set())


def test_the_dealerships_report_names_neither_shopper_nor_device(zh: Example):
    html = render_html(zh.report.for_dealership(), shown(zh))
    for mark in (SHOPPER.name, SHOPPER.code, SHOPPER.device):
        assert mark in render_html(zh.report, shown(zh))
        assert mark not in html
    assert "神秘顾客匿名" in html


@pytest.mark.parametrize(
    ("status", "told"), [(Status.PROVISIONAL, True), (Status.PUBLISHED, False)]
)
def test_a_provisional_result_says_that_it_may_change(status, told):
    html = render_html(example("en", status=status, photos=0).report, set())
    assert ("the result may change" in html) is told


def test_a_photo_that_cannot_be_shown_leaves_a_marked_frame(en: Example):
    all_but_one = set(sorted(shown(en))[1:])
    html = render_html(en.report, all_but_one)
    assert html.count("This photo cannot be shown") == 1
    assert html.count('src="photo:') == len(all_but_one)


def test_a_perfect_visit_is_told_as_one(en: Example):
    report = dataclasses.replace(en.report, critical_failures=(), improvements=(), final_index=804)
    html = render_html(report, shown(en))
    assert "No critical item failed: the index stands as scored." in html
    assert "No points were lost." in html


def test_failed_items_that_do_not_lower_the_index_are_told_apart_from_a_cap(en: Example):
    report = dataclasses.replace(en.report, raw_index=700, final_index=700, grade="C")
    assert "the index of 700 stays below the cap" in render_html(report, shown(en))


def test_templates_hold_no_inline_style_and_no_script(en: Example):
    html = render_html(en.report, shown(en))
    assert not re.search(r"<script|<style| style=| on\w+=", html)


def test_rendering_without_fonts_is_refused_before_it_can_crash(en: Example, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    with pytest.raises(RendererIncomplete):
        render_pdf(en.report, en.read)
