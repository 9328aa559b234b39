"""What a reader finds in the finished PDF."""

from __future__ import annotations

import dataclasses
import functools
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from bench.pdf_fixture import SHOPPER, WORDS, Example, example
from csiapp.reports import fonts
from csiapp.reports.render import render_pdf

pytestmark = pytest.mark.pdf

ROOT = Path(__file__).resolve().parents[3]
FONTS = ROOT / "build" / "fonts"
LONG = {"V003": "龘", "V004": "W", "V005": "word "}
STRANGE = {
    "V001": '<img src="file:///etc/passwd"><script>x</script> \x00\x1b\ud800 \u202eabc 喆堃玥'
    + "W" * 400,
    "V002": "\u202e" * 50,
    "V006": "服务好👍🏽，一家人👨\u200d👩\u200d👧很满意 السعر 𠮷野家",
    **{question: (sign * 4000)[:4000] for question, sign in LONG.items()},
}
COMMENT = "接车时前台无人，喆堃玥三位同事都在车间；约四分钟后才有人迎接。"


@dataclasses.dataclass(frozen=True)
class Document:
    body: bytes

    @functools.cached_property
    def reader(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.body))

    @functools.cached_property
    def pages(self) -> list[str]:
        return [page.extract_text() for page in self.reader.pages]

    @functools.cached_property
    def text(self) -> str:
        """Without white space: a line may break anywhere in Chinese."""
        return re.sub(r"\s+", "", "".join(self.pages))


def render(item: Example, report=None) -> Document:
    return Document(render_pdf(report or item.report, item.read))


def first_section(item: Example) -> Example:
    """The example without what a test of one comment need not lay out."""
    report = item.report
    return Example(
        dataclasses.replace(report, sections=report.sections[:1], steps=report.steps[:3]),
        item.photos,
    )


@pytest.fixture(scope="module")
def commented() -> Example:
    return example("zh", changes={"V001.comment": COMMENT})


@pytest.fixture(scope="module")
def chinese(engine, commented) -> Document:
    return render(commented)


@pytest.fixture(scope="module")
def strange(engine) -> Document:
    """One section whose comments are all hard to print, each in its own way."""
    changes = {f"{question}.comment": text for question, text in STRANGE.items()}
    return render(first_section(example("zh", changes=changes)))


@pytest.fixture(scope="module")
def english(engine, en) -> Document:
    return render(en)


def test_score_grade_labels_and_a_typed_comment_can_be_found_in_chinese(chinese, commented):
    report = commented.report
    cover = re.sub(r"\s+", "", chinese.pages[0])
    for wanted in (str(report.final_index), report.grade, "服务指数", "等级", report.dealership):
        assert wanted in cover
    for wanted in (COMMENT, "优先改进", "逐题结果", "算式凭证", report.receipt.sha256):
        assert wanted in chinese.text


def test_score_grade_and_labels_can_be_found_in_english(english, en):
    cover = english.pages[0]
    for wanted in (str(en.report.final_index), "Grade", "Service index", en.report.dealership):
        assert wanted in cover
    for wanted in ("Whattoimprovefirst", "Everyquestion", "Partlymet", "Scorereceipt"):
        assert wanted in english.text
    assert "达标" not in english.text


@pytest.mark.parametrize("language", ["chinese", "english"])
def test_every_question_is_asked_once(request, commented, language):
    text = request.getfixturevalue(language).text
    text = text[text.index({"chinese": "逐题结果", "english": "Everyquestion"}[language]) :]
    report = commented.report
    for question in (*report.questions(), *report.impressions):
        assert text.count(question.code) == 1, question.code


def test_every_page_says_its_number_and_how_many_there_are(chinese, english):
    pages = chinese.pages
    for number, page in enumerate(pages, 1):
        assert f"第{number}页，共{len(pages)}页" in re.sub(r"\s+", "", page)
    for number, page in enumerate(english.pages, 1):
        assert f"Page {number} of {len(english.pages)}" in page


def test_every_page_after_the_cover_names_dealership_visit_revision_and_fingerprint(english, en):
    for page in english.pages[1:]:
        assert en.report.dealership in page
        assert "18 November 2026" in page
        assert "R0" in page
        assert en.report.sha256()[:12] in page


def test_two_real_weights_of_our_font_are_embedded_and_no_other(chinese):
    embedded = {}
    for page in chinese.reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            embedded[str(font.get_object()["/BaseFont"])[8:]] = "/FontFile2" in descriptor
    assert embedded == {"Noto-Sans-SC": True, "Noto-Sans-SC-Bold": True}


def test_the_document_describes_itself(chinese, commented):
    reader = chinese.reader
    assert reader.metadata.author == WORDS["network"]["zh"]
    assert WORDS["dealership"]["zh"] in reader.metadata.title
    assert reader.metadata.creation_date == commented.report.created_at
    assert reader.metadata.modification_date == commented.report.created_at
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "zh-CN"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data()


def test_the_outline_leads_to_chapters_sections_and_questions(english):
    def titles(items) -> list[str]:
        return [
            title
            for item in items
            for title in (titles(item) if isinstance(item, list) else [item.title])
        ]

    found = titles(english.reader.outline)
    assert "What to improve first" in found
    assert "A · Appointment" in found
    assert "How many rings before the call was answered?" in found


def test_all_photos_are_in_it_once_and_as_they_were_stored(english, en):
    assert english.body.count(b"/DCTDecode") == len(en.photos)
    for body in en.photos.values():
        assert body[-2000:] in english.body


def test_the_same_bytes_come_from_the_same_and_from_another_process_and_time_zone(
    engine, en, tmp_path
):
    once = render(first_section(en)).body
    assert render(first_section(en)).body == once
    out = tmp_path / "again.pdf"
    program = (
        "import sys; from pathlib import Path; from csiapp.reports import fonts;"
        "fonts.prepare(Path('build/fonts'), Path(sys.argv[2]));"
        "from bench.pdf_fixture import example;"
        "from tests.unit.reports.test_pdf import first_section, render;"
        "Path(sys.argv[1]).write_bytes(render(first_section(example('en'))).body)"
    )
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(
        [sys.executable, "-c", program, str(out), str(tmp_path)],
        check=True,
        cwd=ROOT,
        env=clean | {"TZ": "Pacific/Apia", "PYTHONHASHSEED": "7", "LANG": "C"},
    )
    assert out.read_bytes() == once


def test_the_dealerships_pdf_does_not_hold_the_shopper(engine, commented, chinese):
    document = render(commented, commented.report.for_dealership())
    for mark in (SHOPPER.name, SHOPPER.code, SHOPPER.device):
        assert re.sub(r"\s", "", mark) in chinese.text
        assert re.sub(r"\s", "", mark) not in document.text
    plain = document.body + b"".join(
        page.get_contents().get_data() for page in document.reader.pages
    )
    for mark in (SHOPPER.name, SHOPPER.code, SHOPPER.device):
        for encoding in ("utf-8", "utf-16-be"):
            assert mark.encode(encoding) not in plain
            assert mark.encode(encoding).hex().encode() not in plain.lower()


def test_hostile_and_unusual_text_is_printed_as_text(strange):
    assert '<imgsrc="file:///etc/passwd"><script>x</script>abc喆堃玥' + "W" * 40 in strange.text
    assert "root:" not in strange.text


def test_signs_that_the_font_lacks_become_one_box_and_spoil_no_other_text(strange):
    assert "服务好□，一家人□很满意□□野家" in strange.text
    assert "逐题结果" in strange.text


def test_both_weights_draw_the_same_signs(engine):
    signs = []
    for name in fonts.FILES:
        with TTFont(FONTS / name, lazy=True) as font:
            signs.append(set(font.getBestCmap()))
    assert signs[0] == signs[1] == fonts.drawable()
    assert {ord(sign) for sign in "喆堃玥•□›·−≥≤"} <= signs[0]


@pytest.mark.parametrize("question", LONG)
def test_a_comment_of_4000_characters_is_printed_whole_over_pages(strange, question):
    sign = LONG[question].strip()
    assert strange.text.count(sign) >= sum(text.count(sign) for text in STRANGE.values())
    assert len(strange.pages) < 12


def test_missing_altered_and_broken_photos_leave_a_frame_each(engine, en):
    item = first_section(en)
    keys = [photo.key for photo in item.report.photos()]
    assert len(keys) > 1
    spoiled = item.photos | {keys[0]: None, keys[1]: b"not what was stored"}
    document = Document(render_pdf(item.report, spoiled.get))
    assert document.text.count("Thisphotocannotbeshown") == 2
    assert document.body.count(b"/DCTDecode") == len(keys) - 2


def test_eighty_questions_with_three_photos_each_stay_small_in_memory(engine, tmp_path):
    program = (
        "import sys; from pathlib import Path; from csiapp.reports import fonts;"
        "fonts.prepare(Path('build/fonts'), Path(sys.argv[1]));"
        "from bench.pdf_fixture import example; from csiapp.reports.render import render_pdf;"
        "item = example('zh', photos=228); assert len(item.photos) == 228;"
        "pdf = render_pdf(item.report, item.read);"
        "assert len(pdf) > sum(map(len, item.photos.values()));"
        # not ru_maxrss, which begins with the size of the process that forked this one
        "peak = [n for n in open('/proc/self/status') if n.startswith('VmHWM:')][0];"
        "print(int(peak.split()[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) < 320  # MiB, of which the photos themselves are about 10
