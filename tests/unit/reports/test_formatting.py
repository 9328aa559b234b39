from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from markupsafe import Markup

from csiapp.reports import formatting

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0.0"),
        (Fraction(1, 20), "0.1"),
        (Fraction(24999, 100000), "0.2"),
        (Fraction(1000), "1000.0"),
    ],
)
def test_points_are_rounded_half_up_to_one_decimal(value, shown):
    assert formatting.points(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (Fraction(1), "100.0%"), (Fraction(1, 3), "33.3%")]
)
def test_a_share_is_shown_as_a_percentage_and_nothing_as_a_dash(value, shown):
    assert formatting.percent(value) == shown


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\u202e", "\u2066", "\ud800", "\x85"])
def test_what_cannot_be_printed_or_would_turn_a_line_around_is_left_out(mark):
    assert formatting.printable(f"前{mark}后") == "前后"


@pytest.mark.parametrize("text", ["a\tb\nc", "喆堃玥", "👍🏽", "السعر", "z\u0301"])
def test_ordinary_writing_stays_as_typed(text):
    assert formatting.printable(text) == text


def test_escaped_text_stays_marked_as_escaped():
    assert isinstance(formatting.printable(Markup("<b>\x00</b>")), Markup)


def test_dates_are_written_as_the_language_writes_them():
    day = date(2026, 11, 8)
    assert formatting.day(day, "zh") == "2026年11月8日"
    assert formatting.day(day, "en") == "8 November 2026"


def test_a_moment_is_told_in_the_dealerships_time():
    moment = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    assert formatting.moment(moment, "Asia/Shanghai", "zh") == "2026-11-21 01:30 (Asia/Shanghai)"
