"""A shopper stays away from a dealership between two visits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.rotation import Span, next_free_day, too_close

pytestmark = pytest.mark.unit

DAY = date(2026, 6, 1)
MIN_DAYS = 90

spans = st.builds(
    lambda start, length: Span(DAY + timedelta(start), DAY + timedelta(start + length)),
    st.integers(-500, 500),
    st.integers(0, 20),
)


def at(day: int, length: int = 0) -> Span:
    return Span(DAY + timedelta(day), DAY + timedelta(day + length))


@pytest.mark.parametrize(
    ("planned", "near"),
    [(0, True), (89, True), (90, False), (-89, True), (-90, False)],
)
def test_the_days_between_are_counted_both_ways(planned, near):
    assert bool(too_close([at(0)], at(planned), MIN_DAYS)) is near


def test_it_counts_from_the_last_day_of_a_window_to_the_first_of_the_next():
    assert too_close([at(0, 7)], at(96), MIN_DAYS)
    assert not too_close([at(0, 7)], at(97), MIN_DAYS)


def test_the_next_free_day_jumps_over_a_visit_that_is_planned_already():
    planned_already = [at(0), at(100)]
    assert next_free_day(planned_already, at(10), MIN_DAYS) == DAY + timedelta(190)


def test_a_gap_that_is_wide_enough_is_offered():
    assert next_free_day([at(0), at(200)], at(10, 5), MIN_DAYS) == DAY + timedelta(90)


@given(visits=st.lists(spans, max_size=6), planned=spans)
def test_the_next_free_day_is_free_and_none_before_it_is(visits, planned):
    found = next_free_day(visits, planned, MIN_DAYS)
    assert not too_close(visits, planned.moved_to(found), MIN_DAYS)
    assert found >= planned.first
    for earlier in range((found - planned.first).days):
        assert too_close(visits, planned.moved_to(planned.first + timedelta(earlier)), MIN_DAYS)
