"""Charts: safe under the pages' CSP, readable without sight, honest about missing values."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.core import charts
from csiapp.core.charts import Mark, QuadrantWords, Reading, line_break
from csiapp.core.charts.svg import text_width, wrap

pytestmark = pytest.mark.unit

SVG = "{http://www.w3.org/2000/svg}"
WORDS = QuadrantWords("优先改进", "保持优势", "低优先级", "可能过度", "满意度", "重要性")
FACTORS = [
    Reading("服务接待", 88),
    Reading("服务顾问", Decimal("95.5")),
    Reading("设施 & <环境>", None),
    Reading("取车过程", Fraction(2, 3) * 100, text="66.7"),
]
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=["\ufffe", "\uffff"]),
    max_size=20,
)


def drawn(markup: str) -> ET.Element:
    return ET.fromstring(markup)


def every_chart() -> list[str]:
    marks = [Mark(1, "接待", 4, 45), Mark(2, "交车 & <b>", 2, Fraction(99, 2), strong=False)]
    return [
        charts.radar(FACTORS, uid="radar", title="五因素 <b>"),
        charts.bars(FACTORS, uid="bars", title="五因素 <b>"),
        charts.trend(FACTORS, uid="trend", title="五因素 <b>", maximum=100),
        charts.quadrant(marks, WORDS, uid="quadrant", title="五因素 <b>", cross=(50, 3)),
        charts.dial(768, uid="dial", title="五因素 <b>", label="C 级", tone="weak"),
    ]


@pytest.mark.parametrize("markup", every_chart())
def test_a_chart_is_well_formed_named_and_described(markup: str) -> None:
    figure = drawn(markup)
    title, desc = figure.find(f"{SVG}title"), figure.find(f"{SVG}desc")
    assert figure.get("role") == "img"
    assert title is not None
    assert desc is not None
    assert title.text == "五因素 <b>"
    assert figure.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert desc.text


@pytest.mark.parametrize("markup", every_chart())
def test_a_chart_holds_nothing_that_the_csp_refuses(markup: str) -> None:
    for element in drawn(markup).iter():
        assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("markup", every_chart())
def test_every_id_carries_the_uid_so_that_two_charts_can_share_a_page(markup: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', markup)
    assert len(ids) == 2
    assert {name.rsplit("-", 1)[1] for name in ids} == {"title", "desc"}


def test_the_description_says_every_value_in_words() -> None:
    desc = drawn(charts.bars(FACTORS, uid="b", title="t")).findtext(f"{SVG}desc")
    assert desc == "服务接待: 88; 服务顾问: 95.5; 设施 & <环境>: –; 取车过程: 66.7"


def test_a_missing_value_draws_no_bar_and_prints_a_dash() -> None:
    figure = drawn(charts.bars([Reading("a", None), Reading("b", 0)], uid="b", title="t"))
    coloured = figure.findall(f"{SVG}rect[@class='c-brand']")
    assert [rect.get("width") for rect in coloured] == ["0"]
    assert "–" in [node.text for node in figure.iter(f"{SVG}text")]


def test_a_missing_value_breaks_the_trend_line() -> None:
    values = [700, 710, None, 720, 730]
    figure = drawn(charts.trend([Reading(str(v), v) for v in values], uid="t", title="t"))
    lines = [line.get("points", "").split() for line in figure.iter(f"{SVG}polyline")]
    assert [len(points) for points in lines] == [2, 2]
    assert len(list(figure.iter(f"{SVG}circle"))) == 4


def test_a_missing_axis_has_no_dot_on_the_radar() -> None:
    figure = drawn(charts.radar(FACTORS, uid="r", title="t"))
    assert len(list(figure.iter(f"{SVG}circle"))) == 3


def test_the_radar_reaches_its_ring_at_the_maximum_and_its_centre_at_zero() -> None:
    readings = [Reading("a", 100), Reading("b", 0), Reading("c", 0)]
    figure = drawn(charts.radar(readings, uid="r", title="t", width=400, height=300))
    top, *rest = [(d.get("cx"), d.get("cy")) for d in figure.iter(f"{SVG}circle")]
    ring = figure.findall(f"{SVG}polygon[@class='c-grid']")[-1].get("points", "").split()
    assert ",".join(map(str, top)) == ring[0]
    assert set(rest) == {("200", "154")}


def test_a_radar_of_two_axes_is_refused() -> None:
    with pytest.raises(ValueError, match="three axes"):
        charts.radar(FACTORS[:2], uid="r", title="t")


def test_a_value_beyond_the_scale_stays_inside_the_drawing() -> None:
    figure = drawn(charts.bars([Reading("a", 140)], uid="b", title="t", maximum=100))
    track, bar = figure.findall(f"{SVG}rect")
    assert bar.get("width") == track.get("width")


def test_a_dial_without_a_result_draws_only_its_track() -> None:
    figure = drawn(charts.dial(None, uid="d", title="t"))
    assert len(list(figure.iter(f"{SVG}path"))) == 1
    assert next(figure.iter(f"{SVG}text")).text == "–"


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=12))
def test_the_trend_scale_holds_every_value(values: list[float]) -> None:
    readings = [Reading(str(i), value) for i, value in enumerate(values)]
    figure = drawn(charts.trend(readings, uid="t", title="t", height=240))
    for dot in figure.iter(f"{SVG}circle"):
        assert 19.9 <= float(dot.get("cy", "nan")) <= 240 - 33.9


@given(words, words)
def test_any_words_give_well_formed_charts(label: str, title: str) -> None:
    readings = [Reading(label, 10), Reading("b", 20), Reading(label, None)]
    for chart in (charts.radar, charts.bars, charts.trend):
        assert drawn(chart(readings, uid="x", title=title)).findtext(f"{SVG}title") == title


@given(words, st.floats(30, 300))
def test_wrapped_lines_fit_their_width(label: str, width: float) -> None:
    rows = wrap(label, width, 12)
    assert len(rows) <= 2
    assert all(text_width(row, 12) <= width for row in rows)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Vehicle hand-over", ["Vehicle", "hand-over"]),
        ("服务接待与顾问", ["服务接待与", "顾问"]),
        ("short", ["short"]),
    ],
)
def test_labels_break_between_words_and_between_chinese_signs(
    label: str, expected: list[str]
) -> None:
    assert wrap(label, 66, 12) == expected


def test_a_label_that_cannot_fit_ends_in_an_ellipsis() -> None:
    rows = wrap("维修说明与报价以及交车过程", 48, 12)
    assert rows[-1].endswith("…")


def test_a_line_breaks_at_an_upright_with_a_word():
    readings = [Reading("one", 700), line_break("Other <standards>"), Reading("two", 800)]
    svg = charts.trend(readings, uid="t", title="Trend")
    assert "<polyline" not in svg
    assert 'stroke-dasharray="2 4"' in svg
    assert ">Other &lt;standards&gt;</text>" in svg
    assert "one: 700; (Other &lt;standards&gt;); two: 800" in svg
