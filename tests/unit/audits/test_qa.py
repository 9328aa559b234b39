"""The checks that a machine can make before a visit is approved."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from csiapp.audits.qa import Submitted, manual_checks, run_checks
from tests.unit.audits import examples

pytestmark = pytest.mark.unit

LONG = "The advisor drove the car away without walking around it with me at all."


def failed(changes: dict[str, Any] | None = None, **others: Any) -> dict[str, tuple[str, ...]]:
    """Code -> fields, of the checks that did not pass."""
    content = examples.form()
    visit = Submitted(
        **{
            "content": content,
            "scenario": "SC1",
            "answers": {**examples.complete(content), **(changes or {})},
            "photos": (),
            "final_index": 900,
            **others,
        }
    )
    return {c.code: c.fields for c in run_checks(visit) if c.passed is False}


def test_a_clean_visit_passes_every_check_of_the_machine():
    assert failed() == {}


def test_what_a_person_has_to_look_at_is_neither_passed_nor_failed():
    content = examples.form()
    visit = Submitted(
        content=content,
        scenario="SC1",
        answers=examples.complete(content),
        photos=(),
        final_index=900,
    )
    open_checks = [c.code for c in run_checks(visit) if c.passed is None]
    assert open_checks == manual_checks(content) == ["QA4", "QA5", "QA6"]


def test_a_blank_question_of_stage_two_is_incomplete():
    assert failed({"V075": None}) == {"QA1": ("V075",)}


def test_stamps_out_of_order_are_found():
    stamps = {"T04": "2026-03-05T10:10:00+08:00", "T05": "2026-03-05T10:00:00+08:00"}
    assert failed(stamps)["QA2"] == ("T05",)


def test_a_typed_duration_may_differ_from_its_stamps_by_a_minute():
    stamps = {"T04": "2026-03-05T10:00:00+08:00", "T06": "2026-03-05T10:04:30+08:00"}
    within = failed({**stamps, "V014": {"value": 5}})
    beyond = failed({**stamps, "V014": {"value": 2}})
    assert "QA3" not in within
    assert beyond["QA3"] == ("V014",)


def test_a_failed_critical_item_needs_its_photo():
    covers = {"V020": {"value": 0}, "V020.comment": LONG}
    photo = "a" * 64
    assert failed(covers)["QA7"] == ("V020.photos",)
    assert "QA7" not in failed({**covers, "V020.photos": [photo]}, photos={photo})


def test_na_laid_on_the_scenario_has_to_fit_it():
    assert failed({"V033": {"na": "not_observable"}})["QA8"] == ("V033",)
    assert "QA8" not in failed({"V033": {"na": "not_occurred"}})


@pytest.mark.parametrize(
    ("past", "stands_out"),
    [((), False), ((750,), False), ((749,), True), ((1000, 1100), False), ((1000, 1102), True)],
)
def test_an_index_far_from_the_past_stands_out(past, stands_out):
    assert ("QA9" in failed(past_indices=past)) is stands_out


def test_the_deviation_is_from_the_mean():
    content = examples.form()
    visit = Submitted(
        content=content,
        scenario="SC1",
        answers=examples.complete(content),
        photos=(),
        final_index=900,
        past_indices=(700, 801),
    )
    (deviation,) = [c.deviation for c in run_checks(visit) if c.code == "QA9"]
    assert deviation == Fraction(299, 2)
