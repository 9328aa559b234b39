"""Computed durations, stage two, and what the scorer is given."""

from __future__ import annotations

from typing import Any

import pytest

from csiapp.audits.filled_form import (
    answers_by_rule,
    effective_answers,
    timing_violations,
    to_scoring,
)
from csiapp.audits.scoring import ScoringError, score
from tests.unit.audits.examples import answered, best, form, worst

pytestmark = pytest.mark.unit

VISIT = form("visit")


def at(minute: int, day: int = 2) -> str:
    return f"2026-03-{day:02}T{9 + minute // 60:02}:{minute % 60:02}:00+08:00"


def stamps(**minutes: int) -> dict[str, str]:
    return {code: at(minute) for code, minute in minutes.items()}


def test_a_computed_duration_outweighs_a_typed_one() -> None:
    answers = stamps(T04=0, T06=8) | {"V014": {"value": 2}}
    assert effective_answers(VISIT, "SC1", answers)["V014"] == {"value": 8}


def test_a_typed_duration_stands_in_where_a_stamp_is_missing() -> None:
    answers = stamps(T04=0) | {"V014": {"value": 2}}
    assert effective_answers(VISIT, "SC1", answers)["V014"] == {"value": 2}


@pytest.mark.parametrize("word", [{"never": True}, {"na": "not_occurred"}])
def test_the_shoppers_word_outweighs_the_stamps(word: dict[str, Any]) -> None:
    answers = stamps(T04=0, T06=8, T20=0) | {"V015": word}
    assert effective_answers(VISIT, "SC1", answers)["V015"] == word


def test_a_left_out_section_is_ignored_whatever_it_holds() -> None:
    answers = stamps(T09=0, T10=5) | {"V041": {"value": 3}}
    assert effective_answers(VISIT, "SC5", answers) == {}
    assert effective_answers(VISIT, "SC1", answers).keys() == {"V040", "V041"}


def test_stage_two_may_wait_and_the_index_is_provisional() -> None:
    answers = answered(VISIT)
    for code in ("V074", "V075", "V076"):
        del answers[code]
    sheet = score(to_scoring(VISIT, "SC1", answers))
    assert sheet.pending == ("V074", "V075", "V076")
    assert (sheet.raw_index, sheet.applicable) == (1000, 73)
    assert not score(to_scoring(VISIT, "SC1", answered(VISIT))).pending


def test_a_blank_of_stage_one_cannot_be_scored() -> None:
    answers = answered(VISIT)
    del answers["V030"]
    with pytest.raises(ScoringError, match="V030: is blank"):
        score(to_scoring(VISIT, "SC1", answers))


def test_sections_left_out_by_the_scenario_are_not_applicable_as_a_whole() -> None:
    sheet = score(to_scoring(VISIT, "SC4", answered(VISIT, scenario="SC4")))
    assert sheet.not_applicable == tuple(f"V00{number}" for number in range(1, 9))
    assert sheet.applicable == 68


def test_no_call_by_day_7_is_answered_as_7_and_scores_nothing() -> None:
    answers = answered(VISIT)
    del answers["V075"], answers["V076"]
    assert answers_by_rule(VISIT, "SC1", answers, days_since_leaving=6) == {}
    given = answers_by_rule(VISIT, "SC1", answers, days_since_leaving=7)
    assert given == {"V075": {"value": 7}, "V076": {"na": "not_occurred"}}
    sheet = score(to_scoring(VISIT, "SC1", answers | given))
    assert sheet.question_scores["V075"] == 0
    assert sheet.critical_failures == ("V075",)


def test_the_rule_leaves_what_was_answered_alone() -> None:
    answers = answered(VISIT) | {"T18": at(0), "T19": at(0, day=4)}
    del answers["V075"]
    assert answers_by_rule(VISIT, "SC1", answers, days_since_leaving=9) == {}
    assert effective_answers(VISIT, "SC1", answers)["V075"] == {"value": 2}


def test_never_scores_nothing() -> None:
    answers = answered(VISIT) | {"V040": {"never": True}}
    sheet = score(to_scoring(VISIT, "SC1", answers))
    assert sheet.question_scores["V040"] == 0


@pytest.mark.parametrize("kind", ["phone", "facility", "records"])
def test_the_other_forms_reach_both_ends(kind: str) -> None:
    content = form(kind)
    assert score(to_scoring(content, "", answered(content, best))).raw_index == 1000
    assert score(to_scoring(content, "", answered(content, worst))).raw_index == 0


def broken(answers: dict[str, Any], scenario: str = "SC1") -> list[tuple[str, str, str]]:
    return [(v.rule, v.earlier, v.later) for v in timing_violations(VISIT, scenario, answers)]


def test_stamps_in_order_break_no_rule() -> None:
    in_order = stamps(
        T20=10, T01=0, T02=1, T03=5, T04=6, T05=7, T06=8, T07=9, T08=10, T12=60, T09=11, T10=12,
        T11=20, T13=55, T14=56, T15=57, T16=58, T17=59, T18=60,
    )  # fmt: skip
    assert broken(in_order | {"T19": at(0, day=4)}) == []


def test_a_stamp_before_the_one_it_should_follow_breaks_its_rule() -> None:
    assert broken(stamps(T01=5, T02=4)) == [("TR1", "T01", "T02")]
    assert broken(stamps(T03=5, T05=4)) == [("TR2", "T03", "T05")]  # T04 was not recorded
    assert broken(stamps(T18=5, T19=5)) == [("TR5", "T18", "T19")]  # strictly later


def test_the_hand_over_may_follow_the_cashier_only_with_a_comment() -> None:
    late_hand_over = stamps(T13=0, T14=9, T15=5)
    assert broken(late_hand_over) == [("TR4", "T14", "T15")]
    assert broken(late_hand_over | {"V053.comment": "The cashier called me first."}) == []


def test_stamps_of_a_left_out_section_break_no_rule() -> None:
    waiting = stamps(T08=9, T09=5, T10=6)
    assert broken(waiting) == [("TR3", "T08", "T09")]
    assert broken(waiting, scenario="SC5") == []
