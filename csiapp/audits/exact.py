"""Numbers without rounding: parsing into fractions, and rounding half up once, at display."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)
_FRACTION = re.compile(r"[+-]?\d{1,4000}(/\d{1,4000})?", re.ASCII)


def exact(value: object) -> Fraction:
    """The fraction that a number is, as it was written.

    Takes int, Decimal, Fraction, a decimal text such as ``"4.5"``, and float, which is read as
    the decimal that it prints as (0.1 is 1/10). Raises ``ValueError`` for anything else: true and
    false, infinities, other text, or more than 30 digits before or after the point.
    """
    if isinstance(value, Fraction):
        return value
    numeric = isinstance(value, int | float | Decimal | str) and not isinstance(value, bool)
    text = str(value).strip() if numeric else ""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{value!r} is not a number")
    return Fraction(text)


def fraction_text(value: Fraction) -> str:
    """``"2/3"``, or ``"5"`` for a whole number; :func:`parse_fraction` reads it back."""
    return str(value)


def parse_fraction(text: object) -> Fraction:
    """Read what :func:`fraction_text` wrote. Raises ``ValueError``."""
    if not isinstance(text, str) or not _FRACTION.fullmatch(text):
        raise ValueError(f"{text!r} is not a fraction n/d")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text!r} divides by zero") from None


def rounded(value: Fraction, places: int = 0) -> Decimal:
    """Round half up (away from zero) to ``places`` decimals, exactly."""
    scale = 10**places
    doubled = 2 * abs(value) * scale + 1
    units = doubled.numerator // (2 * doubled.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-places)


def half_up(value: Fraction) -> int:
    """The whole number shown for ``value``: halves go up."""
    return int(rounded(value))
