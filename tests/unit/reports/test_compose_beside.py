"""What stands beside the index in a report: questions on trial, and the dealership's own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from bench import pdf_fixture
from bench.pdf_fixture import example
from csiapp.audits.form_content import all_questions
from csiapp.audits.scoring import Mark
from csiapp.reports.render import render_html
from csiapp.reports.snapshot import HeadOfficeCopy, Outcome
from tests.unit.audits.examples import question_of
from tests.unit.audits.test_observed import built, with_local

pytestmark = pytest.mark.unit

ON_TRIAL = "V017"


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> HeadOfficeCopy:
    """A report of a form with a local question and one on trial."""
    content = built(with_local("LS1"), {"ST040302": "2999-01-01"})
    assert question_of(content, ON_TRIAL)["standard"] == "ST040302"
    to_scoring = pdf_fixture.to_scoring

    def scoring(form: Any, scenario: str, answers: Any) -> Any:
        return to_scoring(form, scenario, answers, {ON_TRIAL: Mark.TRIAL})

    monkeypatch.setattr(pdf_fixture, "visit_form", lambda: deepcopy(content))
    monkeypatch.setattr(pdf_fixture, "to_scoring", scoring)
    return example("en", photos=0, scenario="SC1").report


def test_a_question_on_trial_shows_its_answer_and_why_it_does_not_count(report):
    (trial,) = [q for q in report.questions() if q.outcome is Outcome.OBSERVED]
    assert (trial.code, trial.reason) == (ON_TRIAL, "Counts from 2999-01-01")
    assert trial.answer in {"Yes", "No"}
    assert trial.points_lost == 0
    assert report.receipt.observed == 1


def test_local_questions_are_counted_in_no_step_and_no_kind(report):
    (own,) = [q for q in report.questions() if q.local]
    assert own.code == "QLS1"
    assert report.local_index in {0, 1000}
    for rows in (report.steps, report.kinds):
        assert sum(row.applicable for row in rows) == report.applicable
        assert sum(row.met for row in rows) == report.met
    assert report.sections[-1].applicable == 1


def test_the_pages_say_both_in_words(report):
    html = render_html(report, set())
    assert "1 question is on trial" in html
    assert "Does not count yet: Counts from 2999-01-01" in html
    assert "1 on trial" in html
    assert "of 1,000, beside the service index" in html
    assert len(all_questions(pdf_fixture.visit_form())) == 77
