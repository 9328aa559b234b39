"""Rules 1 to 10 where the worked examples do not reach, and answers that cannot be scored."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from csiapp.audits.answer_rules import Boolean, Choice, Linear, Rating
from csiapp.audits.scoring import (
    Band,
    Cap,
    Mark,
    Question,
    Rules,
    ScoringError,
    ScoringInput,
    score,
)

pytestmark = pytest.mark.unit

MINUTES = Linear("<=", Fraction(5), Fraction(10))
WEIGHTS = {"SI": Fraction(40), "SQ": Fraction(60)}


def question(code: str = "q1", **changes: Any) -> Question:
    given: dict[str, Any] = {"factor": "SI", "points": Fraction(10), "rule": MINUTES}
    return Question(code=code, **(given | changes))


def sheet_of(*answers: Any, rule: Any = MINUTES, rules: Rules | None = None, **changes: Any) -> Any:
    asked = [question(f"q{n}", rule=rule, **changes) for n, _ in enumerate(answers, 1)]
    given = {q.code: answer for q, answer in zip(asked, answers, strict=True)}
    return score(
        ScoringInput(questions=asked, answers=given, weights=WEIGHTS, rules=rules or Rules())
    )


@pytest.mark.parametrize(
    ("rule", "answer", "expected"),
    [
        (MINUTES, 5, "1"),
        (MINUTES, "7.5", "1/2"),
        (MINUTES, 7.1, "29/50"),  # the float is read as it prints, not as its bits
        (MINUTES, 10, "0"),
        (MINUTES, 99, "0"),
        (MINUTES, -3, "1"),  # lateness below zero counts as 0
        (Linear(">=", Fraction(6), Fraction(3)), 4, "1/3"),
        (Linear("<=", Fraction(0), Fraction(0)), 0, "1"),  # tolerance 0: all or nothing
        (Linear("<=", Fraction(0), Fraction(0)), 1, "0"),
        (Linear(">=", Fraction(1), Fraction(1)), 0, "0"),
        (Boolean("no"), "no", "1"),
        (Boolean("yes"), True, "1"),
        (Rating(Fraction(8)), 7, "7/10"),
        (Choice({"ok": Fraction(1), "slight": Fraction(1, 2)}), "slight", "1/2"),
    ],
)
def test_an_answer_scores_by_its_rule(rule: Any, answer: Any, expected: str) -> None:
    assert sheet_of(answer, rule=rule).question_scores == {"q1": Fraction(expected)}


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (MINUTES, "soon"),
        (MINUTES, True),
        (MINUTES, float("nan")),
        (MINUTES, float("inf")),
        (MINUTES, "1e999999999"),
        (MINUTES, [4]),
        (Boolean("yes"), "maybe"),
        (Boolean("yes"), 1),
        (Rating(Fraction(8)), 11),
        (Rating(Fraction(8)), -1),
        (Choice({"ok": Fraction(1)}), "bad"),
        (Choice({"ok": Fraction(1)}), ["ok"]),
        (MINUTES, None),
        (MINUTES, Mark.NEVER),
    ],
)
def test_what_cannot_be_scored_is_refused_by_question_and_reason(rule: Any, answer: Any) -> None:
    with pytest.raises(ScoringError) as refused:
        sheet_of(answer, rule=rule)
    assert refused.value.question == "q1"
    assert refused.value.reason


def test_a_blank_is_not_a_not_applicable() -> None:
    with pytest.raises(ScoringError, match="q1: is blank"):
        score(ScoringInput(questions=[question()], answers={}, weights=WEIGHTS))


def test_not_applicable_is_refused_where_it_is_not_allowed() -> None:
    with pytest.raises(ScoringError, match="N/A is not allowed"):
        sheet_of(4, Mark.NOT_APPLICABLE, na_allowed=False)


def test_a_section_left_out_by_the_scenario_needs_no_permission() -> None:
    sheet = sheet_of(4, Mark.EXCLUDED, na_allowed=False)
    assert (sheet.applicable, sheet.not_applicable) == (1, ("q2",))


def test_never_scores_nothing_and_is_applicable() -> None:
    sheet = sheet_of(Mark.NEVER, 5, never_allowed=True)
    assert sheet.question_scores == {"q1": 0, "q2": 1}
    assert sheet.compliance == Fraction(1, 2)


def test_a_question_not_yet_answered_makes_the_index_provisional() -> None:
    sheet = sheet_of(5, Mark.PENDING)
    assert (sheet.raw_index, sheet.pending, sheet.not_applicable) == (1000, ("q2",), ())
    assert not sheet_of(5, 5).pending


@pytest.mark.parametrize("mark", [m for m in Mark if m is not Mark.NEVER])
def test_where_nothing_counts_there_is_no_index_and_no_grade(mark: Mark) -> None:
    sheet = sheet_of(mark, Mark.EXCLUDED)
    assert not sheet.indexed
    assert (sheet.applicable, sheet.grade, sheet.band, sheet.cap) == (0, "", None, None)
    assert sheet.points_lost == sheet.critical_failures == ()
    assert set(sheet.factor_scores.values()) == {None}


def test_one_question_that_counts_makes_an_index_even_of_nothing() -> None:
    sheet = sheet_of(Mark.NEVER, Mark.EXCLUDED, never_allowed=True)
    assert (sheet.indexed, sheet.final_index, sheet.grade) == (True, 0, "D")


@pytest.mark.parametrize(
    ("failed", "cap", "final"),
    [(0, None, 1000), (1, 850, 850), (2, 750, 750), (3, 600, 400), (4, 600, 200)],
)
def test_failed_critical_questions_cap_the_index(failed: int, cap: int | None, final: int) -> None:
    sheet = sheet_of(*[10] * failed, *[5] * (5 - failed), critical=True)
    assert sheet.cap == cap
    assert sheet.final_index == min(final, sheet.raw_index)
    assert len(sheet.critical_failures) == failed


def test_half_a_score_is_not_a_critical_failure() -> None:
    assert sheet_of("7.5", critical=True).critical_failures == ()
    assert sheet_of("7.51", critical=True).critical_failures == ("q1",)


def test_a_cap_above_the_index_changes_nothing() -> None:
    sheet = sheet_of(9, critical=True)
    assert (sheet.raw_index, sheet.cap, sheet.final_index) == (200, 850, 200)


def test_the_index_is_rounded_half_up_before_the_cap_test() -> None:
    rule = Linear("<=", Fraction(0), Fraction(2000))
    assert sheet_of(1, rule=rule).raw_index == 1000  # 999.5
    assert sheet_of("1.0001", rule=rule).raw_index == 999


@pytest.mark.parametrize(
    ("index", "grade", "band"),
    [(949, "A", "star4"), (950, "A", "star5"), (900, "A", "star4"), (899, "B", "star3"),
     (800, "B", "star3"), (799, "C", "pass"), (700, "C", "pass"), (699, "D", None)],
)  # fmt: skip
def test_grades_and_bands_begin_at_their_index(index: int, grade: str, band: str | None) -> None:
    bands = (Band("star5", 950), Band("star4", 900), Band("star3", 800), Band("pass", 700))
    rule = Linear("<=", Fraction(0), Fraction(1000))
    sheet = sheet_of(1000 - index, rule=rule, rules=Rules(bands=bands))
    assert (sheet.final_index, sheet.grade, sheet.band) == (index, grade, band)


def test_a_rating_is_met_from_its_target_on() -> None:
    sheet = sheet_of(7, 8, 10, rule=Rating(Fraction(8)))
    assert sheet.met_questions == {"q2", "q3"}
    assert sheet.compliance == Fraction(2, 3)


def test_points_lost_stand_most_first_and_ties_in_natural_order() -> None:
    sheet = sheet_of(*[10] * 11, 9)
    codes = [lost.code for lost in sheet.points_lost]
    assert codes == [f"q{n}" for n in range(1, 12)] + ["q12"]


def test_step_and_kind_scores_do_not_enter_the_index() -> None:
    asked = [
        question("q1", step="S01", kind="process"),
        question("q2", step="S02", kind="product", factor="SQ"),
    ]
    sheet = score(ScoringInput(questions=asked, answers={"q1": 5, "q2": 10}, weights=WEIGHTS))
    assert sheet.step_scores == {"S01": 1, "S02": 0}
    assert sheet.kind_scores == {"process": 1, "product": 0}
    assert sheet.raw_score == Fraction(40, 100)


@pytest.mark.parametrize(
    ("asked", "answers", "weights", "message"),
    [
        ([question(), question()], {"q1": 1}, WEIGHTS, "stands twice"),
        ([question(points=Fraction(0))], {"q1": 1}, WEIGHTS, "not above 0"),
        ([question(factor="XX")], {"q1": 1}, WEIGHTS, "has no weight"),
        ([question()], {"q1": 1, "q9": 1}, WEIGHTS, "does not have"),
        ([question()], {"q1": 1}, WEIGHTS | {"SQ": Fraction(0)}, "weight of factor"),
    ],
)
def test_a_form_that_does_not_hold_together_is_refused(
    asked: Any, answers: Any, weights: Any, message: str
) -> None:
    with pytest.raises(ScoringError, match=message):
        score(ScoringInput(questions=asked, answers=answers, weights=weights))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear("<=", Fraction(5), Fraction(4)),
        lambda: Linear(">=", Fraction(5), Fraction(6)),
        lambda: Linear("==", Fraction(5), Fraction(5)),
        lambda: Boolean("maybe"),
        lambda: Rating(Fraction(8), Fraction(0)),
        lambda: Choice({}),
        lambda: Choice({"ok": Fraction(2)}),
        lambda: Rules(grades=(Band("A", 900),)),
    ],
)
def test_rules_that_cannot_work_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_other_caps_and_limits_can_be_given() -> None:
    rules = Rules(critical_fail_below=Fraction(9, 10), caps=(Cap(1, 500),))
    assert sheet_of(6, critical=True, rules=rules).final_index == 500
