from __future__ import annotations

from fractions import Fraction

import pytest

from bench.pdf_fixture import Example, example, visit_form
from csiapp.audits.form_content import all_questions
from csiapp.reports.snapshot import Outcome, Status

pytestmark = pytest.mark.unit


def test_the_report_agrees_with_itself(zh: Example):
    report = zh.report
    lost = 1000 * (1 - report.raw_score)
    assert sum(row.contribution for row in report.factors) == 1000 * report.raw_score
    assert sum(row.points_lost for row in report.factors) == lost
    assert sum(question.points_lost for question in report.questions()) == lost
    assert sum(row.weight for row in report.factors) == 1
    for rows in (report.sections, report.steps, report.kinds):
        assert sum(row.applicable for row in rows) == report.applicable
        assert sum(row.met for row in rows) == report.met
    assert report.final_index == min(report.raw_index, report.cap or 1000)


def test_every_question_of_the_form_stands_once_in_the_order_of_the_form(zh: Example):
    asked = [question["code"] for _, question in all_questions(visit_form())]
    assert [question.code for question in zh.report.questions()] == asked
    assert len(asked) + len(zh.report.impressions) == 80


def test_improvements_name_the_costliest_first_and_nothing_that_cost_nothing(zh: Example):
    lost = [item.points_lost for item in zh.report.improvements]
    assert lost == sorted(lost, reverse=True)
    assert 0 < len(lost) <= 10
    assert min(lost) > 0
    assert lost[0] == max(question.points_lost for question in zh.report.questions())
    assert any(item.courses for item in zh.report.improvements)


def test_the_training_gap_is_told_only_once_published(zh: Example):
    assert zh.report.improvements[0].gap
    provisional = example("zh", status=Status.PROVISIONAL).report
    assert not any(item.gap for item in provisional.improvements)


def test_a_section_that_the_scenario_leaves_out_is_named_and_empty():
    report = example("en", scenario="SC5").report
    left_out = [section for section in report.sections if section.excluded]
    assert [section.code for section in left_out] == ["E"]
    assert left_out[0].questions == ()
    assert left_out[0].score is None
    assert sum(section.applicable for section in report.sections) == report.applicable


def test_questions_of_stage_two_without_an_answer_are_still_to_come():
    late = [q["code"] for _, q in all_questions(visit_form()) if q["stage"] == "stage2"]
    report = example("en", changes=dict.fromkeys(late)).report
    outcomes = {q.code: q.outcome for q in report.questions() if q.code in late}
    assert outcomes == dict.fromkeys(late, Outcome.PENDING)
    assert report.receipt.pending == len(late)


@pytest.mark.parametrize(
    ("language", "reason"), [("zh", "该情形没有发生"), ("en", "The situation did not occur")]
)
def test_a_question_that_did_not_apply_says_why(language, reason):
    report = example(language).report
    skipped = [q for q in report.questions() if q.outcome is Outcome.NOT_APPLICABLE]
    assert {question.reason for question in skipped} == {reason}
    assert {question.answer for question in skipped} == {""}
    assert {question.points_lost for question in skipped} == {Fraction(0)}


def test_a_photo_that_never_arrived_has_no_key():
    report = example("zh", photos=0, changes={"V001.photos": ["ab" * 32]}).report
    assert [(photo.key, photo.sha256) for photo in report.photos()] == [("", "ab" * 32)]


def test_a_visit_without_a_fault_has_the_full_index_and_nothing_to_improve():
    best = {
        question["code"]: {"value": _best(question)} for _, question in all_questions(visit_form())
    }
    report = example("en", changes=best).report
    assert (report.raw_index, report.final_index, report.grade) == (1000, 1000, "A")
    assert report.improvements == ()
    assert report.critical_failures == ()


def _best(question):
    scoring = question["scoring"]
    match scoring["method"]:
        case "boolean":
            return scoring["good_answer"]
        case "rating":
            return scoring["scale_max"]
        case "choice":
            return max(question["options"], key=lambda option: Fraction(option["score"]))["code"]
        case _:
            return scoring["full_at"]
