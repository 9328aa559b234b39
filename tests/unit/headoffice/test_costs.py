"""What costs most points, and the chain from it to people."""

from __future__ import annotations

from fractions import Fraction

import pytest

from csiapp.headoffice.costs import Cost, Lack, Loss, Trace, chains, costliest

pytestmark = pytest.mark.unit


def lacking(course: str, role: str, lacked: int, staff: int) -> dict[str, object]:
    return {"course": course, "role": role, "lacked": lacked, "staff": staff}


def trace(dealership: int, *gap: dict[str, object], step: str = "S04", standard: str = "ST1"):
    return Trace(standard, dealership, step, sorted({str(g["course"]) for g in gap}), gap)


COST = Cost("ST1", Fraction(10), Fraction(1, 2), 2, 0)


def test_points_are_added_exactly_over_findings_and_sorted():
    losses = [
        Loss("ST1", Fraction(10, 3), findings=3, critical=0),
        Loss("ST2", Fraction(30), findings=1, critical=1),
        Loss("ST1", Fraction(5, 2), findings=2, critical=1),
        Loss("ST3", Fraction(0), findings=4, critical=0),
    ]
    assert costliest(losses, 5) == [
        Cost("ST2", Fraction(30), Fraction(2, 3), findings=1, critical=1),
        Cost("ST1", Fraction(15), Fraction(1, 3), findings=5, critical=1),
    ]
    assert [cost.standard for cost in costliest(losses, 1)] == ["ST2"]
    assert costliest(losses, 1)[0].share == Fraction(2, 3)


def test_without_losses_nothing_costs():
    assert costliest([], 5) == []
    assert costliest([Loss("ST1", Fraction(0), 2, 0)], 5) == []


def test_people_are_added_over_dealerships_for_each_course_and_role():
    (chain,) = chains(
        [COST],
        [
            trace(1, lacking("TC08", "SA", 2, 3), lacking("TC08", "RC", 0, 1)),
            trace(2, lacking("TC08", "SA", 1, 4), lacking("TC09", "SA", 4, 4)),
        ],
    )
    assert chain.dealerships == 2
    assert chain.courses == ("TC08", "TC09")
    assert chain.lacks == (
        Lack("TC09", "SA", lacked=4, staff=4),
        Lack("TC08", "SA", lacked=3, staff=7),
        Lack("TC08", "RC", lacked=0, staff=1),
    )


def test_the_step_is_the_one_where_the_standard_stood_last():
    (chain,) = chains([COST], [trace(1, step="S05"), trace(2, step="S04")])
    assert chain.step == "S05"


def test_each_cost_keeps_its_own_traces():
    other = Cost("ST2", Fraction(5), Fraction(1, 4), 1, 0)
    first, second = chains([COST, other], [trace(1), trace(2, standard="ST2"), trace(3)])
    assert (first.dealerships, second.dealerships) == (2, 1)
