"""Scoring of visits: frozen revisions, receipts, findings that lead to their causes."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
import sqlalchemy as sa

from csiapp.audits import receipts
from csiapp.audits.exact import parse_fraction
from csiapp.audits.models import Answer, VisitScore
from csiapp.audits.queries.findings import findings_of
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.scores import latest_score, scores_of, sheet_of
from csiapp.audits.queries.visits import answers_of, get_visit, visited_on
from csiapp.audits.scoring import ScoringError
from csiapp.audits.services.score import score_visit
from csiapp.audits.services.stage_two import close_stage_two
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.core.tenancy import CrossScopeWrite, Scope, ScopeKind, entered
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.world import ZONE, today

pytestmark = pytest.mark.db

NOT_GREETED = audits.STAGE_ONE_FAILURES


def test_submitting_freezes_a_provisional_score_with_a_receipt_that_recomputes(
    app, audited, good_submission
):
    with app.app_context(), entered(audited.tenant()):
        (score,) = scores_of(good_submission)
        assert (score.revision, score.kind) == (0, "provisional")
        assert (score.final_index, score.grade) == (1000, "A")
        assert receipts.verify_receipt(score.receipt)
        assert score.receipt["sha256"] == score.sha256


def test_the_score_row_says_what_its_receipt_derives(app, audited, poor_submission):
    with app.app_context(), entered(audited.tenant()):
        score = latest_score(poor_submission)
        sheet = sheet_of(score)
    assert parse_fraction(score.raw) == sheet.raw_score < 1
    assert score.final_index == score.raw_index == sheet.raw_index < 1000
    assert parse_fraction(score.factor_scores["SA"]) == sheet.factor_scores["SA"] < 1
    assert score.factor_scores["SQ"] == "1"
    assert parse_fraction(score.compliance) == sheet.compliance


def test_a_visit_scope_scores_what_its_shopper_sent_and_no_more(app, audited, good_submission):
    """Submitting runs under the visit's own scope: staff and standards are out of sight there."""
    with app.app_context():
        scope = Scope(
            ScopeKind.VISIT,
            audited.networks["near"],
            actor=audited.people["shopper"],
            tenant_id=audited.dealerships["near"],
            visit_id=good_submission,
            shopper_id=audited.people["shopper"],
        )
        with at_work(scope):
            assert score_visit(get_visit(good_submission), "provisional", "again").revision == 1


def test_a_blank_question_is_refused_by_name(app, audited, good_submission):
    with app.app_context(), at_work(audited.tenant()):
        answer = db.session.scalars(
            sa.select(Answer).where(Answer.visit_id == good_submission, Answer.field == "V017")
        ).one()
        answer.value = None
        visit = get_visit(good_submission)
        with pytest.raises(ScoringError, match="V017: is blank"):
            score_visit(visit, "provisional")


def test_a_score_is_never_rewritten(app, audited, good_submission):
    with app.app_context(), at_work(audited.tenant()):
        latest_score(good_submission).final_index = 999
        with pytest.raises(CrossScopeWrite):
            db.session.flush()
        db.session.rollback()


def test_publishing_adds_a_revision_and_keeps_the_provisional_one(app, audited, poor_visit):
    with app.app_context(), entered(audited.tenant()):
        first, second = scores_of(poor_visit)
        assert (first.revision, first.kind) == (0, "provisional")
        assert (second.revision, second.kind) == (1, "published")
        assert first.sha256 == second.sha256  # the same answers derive the same score


def test_a_finding_leads_from_the_question_to_standard_step_and_course(app, audited, poor_visit):
    with app.app_context(), entered(audited.tenant()):
        score = latest_score(poor_visit, "published")
        (finding,) = findings_of(score.id)
        lost = sum((e.points for e in sheet_of(score).points_lost), Fraction(0))
    assert finding.question == "V017"
    assert (finding.standard_code, finding.key_factor_code) == ("ST040302", "KF0403")
    assert finding.step_code == "S04"
    assert finding.courses
    assert finding.gap == []
    assert (finding.score, finding.critical) == ("0", False)
    assert parse_fraction(finding.points_lost) == lost


def test_a_finding_counts_who_lacked_the_course_among_those_who_do_the_step(
    app, audited, monkeypatch
):
    asked = {}

    def gap(courses, roles, day):
        asked.update(courses=courses, roles=roles, day=day)
        found = {"course": courses[0], "staff": 5, "lacked": 2}
        return [{**found, "role": roles[0]}, {**found, "role": "another role"}]

    monkeypatch.setitem(app.extensions, "csiapp.training_gap", gap)
    taught = {"ST040302": ["TC99"]}
    monkeypatch.setitem(app.extensions, "csiapp.teaching_courses", lambda _standards: taught)
    stamp = {"T04": "2026-03-05T23:40:00+08:00"}
    with app.app_context():
        opens_on = dt.date(2026, 3, 1)
        visit_id = audits.published_visit(audited, {**NOT_GREETED, **stamp}, opens_on=opens_on)
        with entered(audited.tenant()):
            (finding,) = findings_of(latest_score(visit_id, "published").id)
    assert "TC99" in finding.courses
    assert asked["courses"] == finding.courses
    assert asked["day"] == dt.date(2026, 3, 5)  # the shopper's own clock, not ours
    assert [entry["role"] for entry in finding.gap] == [asked["roles"][0]]
    assert finding.gap[0] | {"role": ""} == {
        "course": finding.courses[0], "role": "", "staff": 5, "lacked": 2,
    }  # fmt: skip


@pytest.mark.parametrize("year", ["0002", "1970", "2062", "9998"])
def test_a_visit_was_not_on_a_day_before_its_first_or_after_its_handing_in(app, audited, year):
    with app.app_context():
        visit_id = audits.published_visit(audited, {"T04": f"{year}-08-01T10:00:00+08:00"})
        with entered(audited.tenant()):
            visit = get_visit(visit_id)
            content, answers = content_of(form_of(visit)), answers_of(visit_id)
            assert visited_on(visit, content, answers, ZONE) == today()
            db.session.close()


def test_stage_two_waits_before_a_visit_is_approved(app, audited):
    """The index is provisional until the follow-up questions are answered; the reviewer can
    still return the visit to its shopper for them."""
    with app.app_context():
        visit_id = audits.assign(audited, scenario="SC3")
        audits.submit(audited, visit_id, {"V074": None, "V075": None, "V076": None})
        with at_work(audited.tenant()):
            assert sheet_of(latest_score(visit_id)).pending == ("V074", "V075", "V076")
            get_visit(visit_id).stage_two_until -= dt.timedelta(days=30)
        with at_work(audits.acting(audited, "headoffice")):
            assert close_stage_two(visit_id)
        with entered(audited.tenant()):
            assert sheet_of(latest_score(visit_id)).pending == ("V074",)
            db.session.close()
        with pytest.raises(Conflict, match="V074"):
            audits.approve(audited, visit_id)
        with entered(audited.tenant()):
            assert get_visit(visit_id).state == "submitted"
            assert db.session.scalars(sa.select(VisitScore.kind)).all() == ["provisional"] * 2
