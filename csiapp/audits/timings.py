"""Time stamps of a visit: durations computed from them, and stamps out of order.

A formula is ``A - B``, where A and B are stamps (``T06``) or ``max(A, B)``; or
``max(0, A - B)``, so that lateness below zero is 0; or ``calendar_days(A, B)``. Formulas are
parsed here and never handed to Python's ``eval``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_TOKEN = re.compile(r"\s*(T\d{2}|max|calendar_days|[0(),-])")
_UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_Value = datetime | timedelta


class FormulaError(ValueError):
    """The formula is not in the grammar."""


def stamps_of(formula: str) -> frozenset[str]:
    """The stamps that a formula needs. Raises :class:`FormulaError` for a wrong formula."""
    needed = frozenset(token for token in _tokens(formula) if token.startswith("T"))
    noon = datetime(2000, 1, 1, 12, tzinfo=UTC)
    _Formula(formula, dict.fromkeys(needed, noon)).result()
    return needed


def duration(formula: str, unit: str, stamps: Mapping[str, datetime]) -> int | None:
    """Whole units that passed (minutes are cut, not rounded; days are calendar days).

    ``None`` where a stamp is missing, or where the stamps are out of order, so that a plain
    difference would be negative. Raises :class:`FormulaError` for a wrong formula or unit.
    """
    if unit not in _UNITS:
        raise FormulaError(f"no duration in {unit!r} follows from time stamps")
    if not stamps_of(formula) <= stamps.keys():
        return None
    elapsed = _Formula(formula, stamps).result()
    return elapsed // _UNITS[unit] if elapsed >= timedelta(0) else None


def stamp_time(value: object) -> datetime:
    """An ISO 8601 time with its offset from UTC. Raises ``ValueError``."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("a time stamp is ISO 8601 text")
    time = datetime.fromisoformat(value)
    if time.utcoffset() is None:
        raise ValueError("a time stamp needs its offset from UTC")
    return time


def _tokens(formula: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    while place < len(formula.rstrip()):
        match = _TOKEN.match(formula, place)
        if match is None:
            raise FormulaError(f"formula {formula!r}: cannot read {formula[place:]!r}")
        tokens.append(match[1])
        place = match.end()
    return tokens


class _Formula:
    """A recursive-descent reader that computes while it reads."""

    def __init__(self, formula: str, stamps: Mapping[str, datetime]) -> None:
        self._formula = formula
        self._stamps = stamps
        self._rest = _tokens(formula)

    def result(self) -> timedelta:
        value = self._difference()
        if self._rest or not isinstance(value, timedelta):
            raise self._error("is no duration")
        return value

    def _difference(self) -> _Value:
        left = self._term()
        if not self._rest or self._rest[0] != "-":
            return left
        self._take("-")
        right = self._term()
        if isinstance(left, datetime) and isinstance(right, datetime):
            return left - right
        raise self._error("subtracts something else than stamps")

    def _term(self) -> _Value:
        word = self._rest.pop(0) if self._rest else ""
        if word == "0":
            return timedelta(0)
        if word in {"max", "calendar_days"}:
            self._take("(")
            first = self._difference()
            self._take(",")
            second = self._difference()
            self._take(")")
            return self._call(word, first, second)
        if word in self._stamps:
            return self._stamps[word]
        raise self._error(f"has {word or 'its end'} in a wrong place")

    def _call(self, name: str, first: _Value, second: _Value) -> _Value:
        if isinstance(first, datetime) and isinstance(second, datetime):
            if name == "calendar_days":
                return second.date() - first.date()
            return max(first, second)
        if isinstance(first, timedelta) and isinstance(second, timedelta) and name == "max":
            return max(first, second)
        raise self._error(f"mixes stamps and durations in {name}")

    def _take(self, token: str) -> None:
        if not self._rest or self._rest.pop(0) != token:
            raise self._error(f"lacks {token!r}")

    def _error(self, reason: str) -> FormulaError:
        return FormulaError(f"formula {self._formula!r} {reason}")
