"""Numbers are read as written and rounded half up once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.exact import exact, fraction_text, half_up, parse_fraction, rounded

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [(3, "3"), ("4.50", "9/2"), (0.1, "1/10"), (1e-07, "1/10000000"), (Decimal("2.25"), "9/4"),
     (" 7 ", "7"), ("-1.5", "-3/2"), (Fraction(1, 3), "1/3")],
)  # fmt: skip
def test_numbers_are_read_as_written(given_value: object, expected: str) -> None:
    assert exact(given_value) == Fraction(expected)


@pytest.mark.parametrize(
    "given_value",
    [True, None, "", "four", "1/3", "1_000", "1e999", "9" * 31, "٣", float("nan"), [1], object()],
)
def test_anything_else_is_refused(given_value: object) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        exact(given_value)


@given(st.fractions(max_denominator=10**6))
def test_fractions_survive_as_text(value: Fraction) -> None:
    assert parse_fraction(fraction_text(value)) == value


@pytest.mark.parametrize("text", ["1/0", "0.5", "", None, 1, "1/-2", "a/b"])
def test_other_text_is_no_fraction(text: object) -> None:
    with pytest.raises(ValueError, match=r"fraction|divides"):
        parse_fraction(text)


@given(st.integers(0, 10**6), st.integers(1, 1000), st.integers(0, 6))
def test_rounding_is_half_up(numerator: int, denominator: int, places: int) -> None:
    value = Fraction(numerator, denominator)
    step = Fraction(1, 10**places)
    shown = Fraction(rounded(value, places))
    assert shown % step == 0
    assert -step / 2 < shown - value <= step / 2


@given(st.decimals(-1000, 1000, places=3))
def test_rounding_agrees_with_decimal_half_up(value: Decimal) -> None:
    assert rounded(Fraction(value), 1) == value.quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("text", "shown"), [("767.5", 768), ("767.499", 767), ("0.5", 1), ("-0.5", -1)]
)
def test_the_index_shown_is_rounded_half_up(text: str, shown: int) -> None:
    assert half_up(Fraction(text)) == shown
