"""The quadrant chart: marks stand exactly on the scale, apart from each other, and are links."""

from __future__ import annotations

from itertools import combinations
from math import dist
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.core.charts import Mark, QuadrantWords, quadrant
from csiapp.core.charts.quadrant import MOST_ROWS, RADIUS

pytestmark = pytest.mark.unit

SVG = "{http://www.w3.org/2000/svg}"
WORDS = QuadrantWords("优先改进", "保持优势", "低优先级", "可能过度", "达标", "重要性")

values = st.tuples(st.integers(1, 5), st.integers(0, 100))


def drawn(
    items: list[tuple[int, int]], cross: tuple[float, float] = (80, 3.5), width: float = 760
) -> ET.Element:
    marks = [
        Mark(number, f"item {number}", level, value, url=f"/item/{number}")
        for number, (level, value) in enumerate(items, 1)
    ]
    return ET.fromstring(
        quadrant(
            marks, WORDS, uid="q", title="t", cross=cross, unit="%", more_url="#table", width=width
        )
    )


def circles(figure: ET.Element) -> list[tuple[float, float]]:
    return [
        (float(dot.get("cx", "nan")), float(dot.get("cy", "nan")))
        for dot in figure.iter(f"{SVG}circle")
    ]


@given(st.lists(values, min_size=1, max_size=60), st.sampled_from([340, 760]))
def test_no_mark_covers_another(items: list[tuple[int, int]], width: float) -> None:
    for one, other in combinations(circles(drawn(items, width=width)), 2):
        assert dist(one, other) > 2 * RADIUS


@given(st.lists(values, min_size=1, max_size=60))
def test_every_item_is_named_on_a_link(items: list[tuple[int, int]]) -> None:
    said = "; ".join(link.get("aria-label", "") for link in drawn(items).iter(f"{SVG}a"))
    for number in range(1, len(items) + 1):
        assert f"{number} item {number}" in said


@given(st.lists(values, min_size=2, max_size=20))
def test_a_greater_value_never_stands_further_left(items: list[tuple[int, int]]) -> None:
    figure = drawn(items)
    places = {
        int(link.get("href", "").rpartition("/")[2]): float(link.find(f"{SVG}circle").get("cx"))
        for link in figure.iter(f"{SVG}a")
        if link.get("href") != "#table"
    }
    for one, other in combinations(places, 2):
        if items[one - 1][1] <= items[other - 1][1]:
            assert places[one] <= places[other]
        else:
            assert places[one] >= places[other]


def test_on_a_phone_the_title_of_the_scale_has_a_line_of_its_own() -> None:
    figure = drawn([(5, 100)], width=340)
    said = {text.text: float(text.get("y", "nan")) for text in figure.iter(f"{SVG}text")}
    assert said["达标 →"] > said[WORDS.bottom_right]
    assert float(figure.get("viewBox", "").split()[3]) > said["达标 →"]


def test_items_that_find_no_room_become_one_mark_with_their_number() -> None:
    figure = drawn([(5, 100)] * (MOST_ROWS + 3))
    links = list(figure.iter(f"{SVG}a"))
    assert len(links) == MOST_ROWS
    (several,) = [link for link in links if link.get("href") == "#table"]
    assert several.findtext(f"{SVG}text") == "+4"


def test_the_line_of_importance_runs_below_the_last_level_that_counts_as_high() -> None:
    figure = drawn([(5, 50), (4, 50), (3, 50), (2, 50)], cross=(50, 4))
    (five, four, three, _two) = sorted(y for _x, y in circles(figure))
    high = figure.find(f"{SVG}rect[@class='c-field-poor']")
    edge = float(high.get("y")) + float(high.get("height"))
    assert five < four < edge < three


def test_the_line_of_the_value_runs_through_the_mean() -> None:
    figure = drawn([(5, 40), (4, 60)], cross=(50, 4))
    field = figure.find(f"{SVG}rect[@class='c-field-poor']")
    middle = sum(x for x, _y in circles(figure)) / 2
    assert float(field.get("x")) + float(field.get("width")) == pytest.approx(middle, abs=0.1)


def test_captions_stand_where_no_mark_can_lie() -> None:
    figure = drawn([(level, value) for level in (1, 5) for value in (0, 100)])
    marks = [y for _x, y in circles(figure)]
    captions = {node.text: float(node.get("y", "nan")) for node in figure.iter(f"{SVG}text")}
    assert captions["优先改进"] < min(marks) - RADIUS
    assert captions["可能过度"] > max(marks) + RADIUS


def test_a_chart_with_links_is_a_group_so_that_they_can_be_reached() -> None:
    assert drawn([(5, 40)]).get("role") == "group"


def test_without_items_the_field_is_empty() -> None:
    assert circles(drawn([])) == []
