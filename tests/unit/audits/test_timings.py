"""Durations from time stamps, by formulas that are parsed and never evaluated as code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.timings import FormulaError, duration, stamp_time, stamps_of
from csiapp.reference import loader

pytestmark = pytest.mark.unit

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
LATE = "max(0, T06 - max(T20, T04))"


def at(**minutes: float) -> dict[str, datetime]:
    return {code: NINE + timedelta(minutes=after) for code, after in minutes.items()}


@pytest.mark.parametrize(
    ("formula", "unit", "stamps", "expected"),
    [
        ("T05 - T04", "second", at(T04=0, T05=1.5), 90),
        ("T06 - T04", "minute", at(T04=0, T06=5.99), 5),  # whole minutes that passed
        ("T06 - T04", "minute", at(T04=0, T06=0), 0),
        ("T06 - T04", "minute", at(T04=5, T06=0), None),  # out of order
        ("T06 - T04", "minute", at(T04=5), None),
        (LATE, "minute", at(T04=0, T20=10, T06=18), 8),
        (LATE, "minute", at(T04=12, T20=10, T06=18), 6),
        (LATE, "minute", at(T04=0, T20=30, T06=18), 0),  # early: lateness below zero is 0
        (LATE, "minute", at(T04=0, T06=18), None),
        ("max(0, T13 - T12)", "minute", at(T12=60, T13=20), 0),
        ("calendar_days(T18, T19)", "day", at(T18=0, T19=24 * 60 * 2), 2),
    ],
)
def test_durations(
    formula: str, unit: str, stamps: dict[str, datetime], expected: int | None
) -> None:
    assert duration(formula, unit, stamps) == expected


def test_days_are_calendar_days_where_the_stamps_were_made() -> None:
    stamps = {"T18": NINE.replace(hour=23, minute=50), "T19": NINE + timedelta(hours=15, minutes=5)}
    assert duration("calendar_days(T18, T19)", "day", stamps) == 1


def test_every_formula_of_the_form_can_be_read() -> None:
    formulas = [
        question["derive"]["formula"]
        for section in loader.form_templates()["forms"]["visit"]["sections"]
        for question in section["questions"]
        if "derive" in question
    ]
    assert len(formulas) >= 9
    for formula in formulas:
        assert len(stamps_of(formula)) >= 2


@pytest.mark.parametrize(
    "formula",
    [
        "", "T05", "T05 -", "- T05", "T05 - T04 - T03", "T05 + T04", "max(T05, 0)", "max(T04, T05)",
        "max(T05 T04)", "calendar_days(T18)", "calendar_days(0, T18 - T17)", "0 - T05", "T05 - 0",
        "__import__('os')", "T05 - T04)", "(T05 - T04)", "T5 - T4", "max(0, T05 - T04", "T05;T04",
    ],
)  # fmt: skip
def test_whatever_is_not_in_the_grammar_is_refused(formula: str) -> None:
    stamps = {f"T{number:02}": NINE for number in range(30)}
    with pytest.raises(FormulaError):
        duration(formula, "minute", stamps)


@given(st.text(alphabet="T0145max(),- cledr_ys", max_size=30))
def test_reading_a_formula_ends_in_a_duration_or_a_formula_error(formula: str) -> None:
    stamps = {f"T{number:02}": NINE for number in range(60)}
    try:
        found = duration(formula, "minute", stamps)
    except FormulaError:
        return
    assert found == 0


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(FormulaError, match="working_day"):
        duration("T05 - T04", "working_day", at(T04=0, T05=1))


def test_a_stamp_is_iso_time_with_its_offset() -> None:
    assert stamp_time("2026-03-02T09:00:00+08:00") == NINE
    assert stamp_time("2026-03-02T01:00:00Z") == NINE.astimezone(UTC)
    for wrong in (
        "2026-03-02T09:00:00",
        "nine",
        "",
        5,
        None,
        "2026-03-02T09:00:00+08:00" + " " * 40,
    ):
        with pytest.raises(ValueError, match=r"\w"):
            stamp_time(wrong)
