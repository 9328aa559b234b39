"""Rows of the table: places, order, means, the ends of the ranking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.headoffice.overview import Basis, Change, Result, Why, roll_up
from csiapp.headoffice.table import Order, in_order, leaders, mean_of, rows

pytestmark = pytest.mark.unit

WEIGHTS = {"visit": 70}


@dataclass(frozen=True)
class Place:
    id: int
    region_code: str = "R1"

    @property
    def code(self) -> str:
        return f"D{self.id:02}"


def wave(indices: dict[int, int]):
    basis = Basis("MS-VISIT", "M")
    found = [Result(uuid.UUID(int=1), d, "visit", basis, i, d % 2) for d, i in indices.items()]
    return roll_up(found, WEIGHTS)


def table(indices, before=None, factors=None, planned=None, places=None):
    return rows(
        places or [Place(d) for d in sorted({*indices, *(planned or {})})],
        wave(indices),
        None if before is None else wave(before),
        factors or {},
        planned or {},
    )


def ids(found) -> list[int]:
    return [row.dealership.id for row in found]


def test_rows_stand_by_place_and_equals_share_it():
    found = table({1: 850, 2: 900, 3: 850, 4: 800})
    assert [(row.dealership.id, row.rank) for row in found] == [(2, 1), (1, 2), (3, 2), (4, 4)]


def test_a_dealership_whose_visits_are_still_to_come_stands_last_without_a_place():
    found = table({1: 700}, planned={2: 3})
    assert [(row.dealership.id, row.rank, row.planned) for row in found] == [
        (1, 1, 0),
        (2, None, 3),
    ]
    assert found[1].change == Change()


def test_a_dealership_without_part_in_the_wave_is_left_out():
    assert ids(table({1: 700}, places=[Place(1), Place(2)])) == [1]


def test_each_row_says_its_change_or_why_not():
    found = table({1: 800, 2: 700}, before={1: 790})
    assert [row.change for row in found] == [Change(points=10), Change(why=Why.FIRST)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order("rank"), [2, 1, 3, 4]),
        (Order("rank", falling=True), [3, 1, 2, 4]),
        (Order("dealership", falling=True), [4, 3, 2, 1]),
        (Order("index", falling=True), [2, 1, 3, 4]),
        (Order("change"), [2, 1, 3, 4]),
        (Order("critical", falling=True), [1, 3, 2, 4]),
        (Order("visits"), [4, 2, 1, 3]),
        (Order("factor:SI"), [3, 1, 2, 4]),
        (Order("factor:SI", falling=True), [1, 3, 2, 4]),
    ],
)
def test_every_column_can_be_put_in_order_with_what_it_lacks_last(order, expected):
    found = table(
        {1: 850, 2: 900, 3: 700},
        before={1: 800, 2: 950},
        factors={1: {"SI": Fraction(9, 10)}, 3: {"SI": Fraction(1, 3)}},
        planned={4: 2},
    )
    assert ids(in_order(found, order)) == expected


def test_regions_are_put_in_order_by_their_codes():
    places = [Place(1, "R2"), Place(2, ""), Place(3, "R1")]
    found = table({1: 900, 2: 800, 3: 700}, places=places)
    assert ids(in_order(found, Order("region"))) == [3, 1, 2]


@pytest.mark.parametrize("text", ["", "-", "nonsense", "factor:XX", "--index", "Index"])
def test_an_odd_order_in_the_address_is_by_rank(text):
    assert Order.read(text, ["SI"]) == Order("rank")


@pytest.mark.parametrize("text", ["-index", "index", "factor:SI", "-factor:SI", "rank"])
def test_an_order_is_read_from_what_it_writes(text):
    assert Order.read(text, ["SI"]).text == text


def test_a_heading_first_shows_what_is_read_first_and_then_turns_round():
    by_rank = Order("rank")
    assert by_rank.chosen("index").text == "-index"
    assert by_rank.chosen("index").chosen("index").text == "index"
    assert by_rank.chosen("dealership").text == "dealership"
    assert by_rank.chosen("rank").text == "-rank"


def test_the_ends_of_the_ranking_never_overlap():
    found = table({1: 900, 2: 800, 3: 700}, planned={4: 1})
    best, worst = leaders(found, 5)
    assert (ids(best), ids(worst)) == ([1], [3])
    assert leaders(table({1: 900}), 5) == ([], [])


def test_a_region_has_the_mean_of_its_dealerships():
    found = table(
        {1: 900, 2: 801},
        factors={1: {"SI": Fraction(1, 2), "SA": Fraction(1)}, 2: {"SI": Fraction(1)}},
        planned={3: 1},
    )
    mean = mean_of(found)
    assert (mean.exact, mean.index) == (Fraction(1701, 2), 851)
    assert mean.factors == {"SI": Fraction(3, 4), "SA": 1}
    assert (mean.percent("SI"), mean.percent("XX")) == (75, None)
    assert mean_of([]).index is None


def test_scores_are_rounded_half_up_once():
    (row,) = table({1: 900}, factors={1: {"SI": Fraction(165, 200), "SA": Fraction(2, 3)}})
    assert (row.percent("SI"), row.percent("SA"), row.percent("XX")) == (83, 67, None)


@given(
    st.dictionaries(st.integers(1, 30), st.integers(0, 1000), min_size=1),
    st.sampled_from(["rank", "index", "change", "critical", "visits", "dealership"]),
    st.booleans(),
)
def test_no_order_loses_a_row(indices, column, falling):
    found = table(indices)
    assert sorted(ids(in_order(found, Order(column, falling)))) == sorted(indices)
