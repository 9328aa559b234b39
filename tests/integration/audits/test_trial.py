"""Teach before score, through the real services: what counts in which visit, and since when."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Dealership
from csiapp.audits.form_content import all_questions
from csiapp.audits.queries.findings import findings_of
from csiapp.audits.queries.forms import content_of, current_form
from csiapp.audits.queries.scores import latest_score
from csiapp.audits.receipts import verify_receipt
from csiapp.core.clock import today
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from tests.factories import audits
from tests.factories.forms import changed_form
from tests.unit.audits.examples import question_of

pytestmark = pytest.mark.db

CODE = "V017"
PAST = "2026-01-01"
FAILED = audits.STAGE_ONE_FAILURES
TEACHING = "csiapp.teaching_courses"


def put_on_trial(world, first_day: str, *, courses: bool = True) -> None:
    """The visit form again, in which the standard of one question has changed."""

    def change(content) -> None:
        question = question_of(content, CODE)
        question["enforce_from"] = first_day
        if not courses:
            question["courses"] = []

    changed_form(world, change)


def moved_to(world, zone: str) -> None:
    token = writing.set(True)
    db.session.execute(
        sa.update(Dealership)
        .where(Dealership.id == world.dealerships["near"])
        .values(timezone=zone)
    )
    db.session.commit()
    db.session.close()
    writing.reset(token)


def score_of(world, visit_id, kind: str | None = None):
    with entered(world.tenant()):
        score = latest_score(visit_id, kind)
        db.session.close()
        return score


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_changed_standard_counts_from_midnight_at_the_dealership(app, audited, zone, minutes):
    with app.app_context():
        first_day = today(zone) - dt.timedelta(days=1)
        put_on_trial(audited, first_day.isoformat())
        moved_to(audited, zone)
        midnight = dt.datetime.combine(first_day, dt.time(), ZoneInfo(zone))
        drove_in = (midnight + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)
        answers = {**FAILED, "T03": drove_in.isoformat()}
        opens_on = first_day - dt.timedelta(days=2)
        visit_id = audits.published_visit(audited, answers, opens_on=opens_on)
        score = score_of(audited, visit_id)
        with entered(audited.tenant()):
            findings = [finding.question for finding in findings_of(score.id)]
    if minutes < 0:
        assert (score.final_index, score.observed, findings) == (1000, [CODE], [])
        assert score.receipt["result"]["observed"] == [CODE]
    else:
        assert score.final_index < 1000
        assert (score.observed, findings) == ([], [CODE])
    assert verify_receipt(score.receipt)


def test_a_changed_standard_waits_for_a_course_and_published_scores_stay(app, audited, monkeypatch):
    taught: dict[str, list[str]] = {}
    monkeypatch.setitem(app.extensions, TEACHING, lambda _standards: taught)
    with app.app_context():
        put_on_trial(audited, PAST, courses=False)
        early = audits.published_visit(audited, FAILED)
        before = score_of(audited, early)
        assert (before.final_index, before.observed) == (1000, [CODE])
        standard = next(
            q["standard"] for _s, q in all_questions(_form(audited)) if q["code"] == CODE
        )
        taught[standard] = ["TC08"]
        later = audits.published_visit(audited, FAILED, shopper="other_shopper")
        after = score_of(audited, later)
        assert after.final_index < 1000
        assert after.observed == []
        again = score_of(audited, early)
    assert (again.id, again.final_index, again.observed) == (before.id, 1000, [CODE])


def test_a_course_made_between_submission_and_publication_is_for_later_visits(
    app, audited, monkeypatch
):
    taught: dict[str, list[str]] = {}
    monkeypatch.setitem(
        app.extensions,
        TEACHING,
        lambda standards: {code: taught.get("all", []) for code in standards},
    )
    with app.app_context():
        put_on_trial(audited, PAST, courses=False)
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id, FAILED)
        taught["all"] = ["TC08"]
        audits.approve(audited, visit_id)
        audits.publish(audited, visit_id)
        score = score_of(audited, visit_id, "published")
    assert (score.revision, score.final_index, score.observed) == (1, 1000, [CODE])


def test_pages_say_what_is_on_trial_and_why(app, audited, client_of):
    with app.app_context():
        put_on_trial(audited, "2999-01-01")
        visit_id = audits.published_visit(audited, FAILED)
    page = client_of("manager").get(f"/t/near/results/{visit_id}").text
    assert "1 question is on trial: it was asked and does not count yet." in page
    assert "Counts from 2999-01-01" in page


def test_an_unchanged_form_asks_training_nothing(app, audited, monkeypatch):
    def never(_standards):
        raise AssertionError("asked for a form of which no standard changed")

    monkeypatch.setitem(app.extensions, TEACHING, never)
    with app.app_context():
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id)
        assert score_of(audited, visit_id).observed == []


def _form(world):
    with entered(world.tenant()):
        content = content_of(current_form(audits.FORM))
        db.session.close()
        return content
