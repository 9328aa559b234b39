"""What holds for every form, whatever its weights, points and answers."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csiapp.audits.scoring import Mark, Question, ScoringInput, score
from tests.unit.audits.examples import (
    answers_to,
    best_answer,
    filled_forms,
    questions,
    rules,
    weights,
    worst_answer,
)

pytestmark = pytest.mark.unit


@given(questions, weights)
def test_all_best_is_1000(asked: list[Question], given_weights: dict[str, Fraction]) -> None:
    answers = {q.code: best_answer(q.rule) for q in asked}
    sheet = score(ScoringInput(questions=asked, answers=answers, weights=given_weights))
    assert (sheet.raw_score, sheet.final_index, sheet.compliance) == (1, 1000, 1)


@given(questions, weights)
def test_all_worst_is_0(asked: list[Question], given_weights: dict[str, Fraction]) -> None:
    answers = {q.code: worst_answer(q.rule) for q in asked}
    sheet = score(ScoringInput(questions=asked, answers=answers, weights=given_weights))
    assert (sheet.raw_score, sheet.final_index) == (0, 0)


@given(filled_forms())
def test_points_lost_sum_to_what_the_index_lacks(form: ScoringInput) -> None:
    sheet = score(form)
    assert sum(lost.points for lost in sheet.points_lost) == 1000 - 1000 * sheet.raw_score


@given(filled_forms(), st.data())
def test_not_applicable_inside_a_factor_moves_no_other_factor(
    form: ScoringInput, data: st.DataObject
) -> None:
    before = score(form)
    code = data.draw(st.sampled_from(sorted(before.question_scores)))
    factor = next(q.factor for q in form.questions if q.code == code)
    others = [q for q in form.questions if q.factor == factor and q.code != code]
    assume(any(q.code in before.question_scores for q in others))  # the factor does not empty
    answers = {**form.answers, code: Mark.NOT_APPLICABLE}
    after = score(dataclasses.replace(form, answers=answers))
    for name, share in before.factor_shares.items():
        assert after.factor_shares[name] == share
        if name != factor:
            assert after.factor_scores[name] == before.factor_scores[name]


@given(filled_forms(), st.randoms(use_true_random=False))
def test_the_order_of_questions_and_answers_does_not_matter(form: ScoringInput, dice) -> None:
    asked, answers = list(form.questions), list(form.answers.items())
    dice.shuffle(asked)
    dice.shuffle(answers)
    assert score(dataclasses.replace(form, questions=asked, answers=dict(answers))) == score(form)


@given(filled_forms(), st.data())
def test_a_better_answer_never_lowers_the_raw_score(
    form: ScoringInput, data: st.DataObject
) -> None:
    before = score(form)
    code = data.draw(st.sampled_from(sorted(before.question_scores)))
    question = next(q for q in form.questions if q.code == code)
    other = data.draw(answers_to(question.rule))
    after = score(dataclasses.replace(form, answers={**form.answers, code: other}))
    change = after.question_scores[code] - before.question_scores[code]
    assert (after.raw_score - before.raw_score) * change >= 0
    assert (after.raw_score == before.raw_score) == (change == 0)


@given(filled_forms())
def test_the_raw_score_is_the_shared_sum_of_the_factors(form: ScoringInput) -> None:
    sheet = score(form)
    assert sum(sheet.factor_shares.values()) == 1
    parts = [
        sheet.factor_shares[name] * value
        for name, value in sheet.factor_scores.items()
        if value is not None
    ]
    assert sum(parts) == sheet.raw_score
    assert 0 <= sheet.raw_score <= 1
    assert sheet.final_index <= sheet.raw_index


@given(filled_forms(), st.integers(1, 99).map(lambda n: Fraction(n, 9)))
def test_only_the_proportion_of_weights_counts(form: ScoringInput, times: Fraction) -> None:
    scaled = {name: weight * times for name, weight in form.weights.items()}
    assert score(dataclasses.replace(form, weights=scaled)) == score(form)


@given(st.data())
def test_every_rule_stays_between_0_and_1(data: st.DataObject) -> None:
    rule = data.draw(rules)
    assert 0 <= rule.score(data.draw(answers_to(rule))) <= 1
