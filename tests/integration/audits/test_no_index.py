"""A visit in which no question counts: nothing is lost, and everybody is told in words."""

from __future__ import annotations

import pytest

from csiapp.audits.form_content import all_questions
from csiapp.audits.queries.scores import latest_score, past_indices, published_trend
from csiapp.audits.queries.visits import answers_of, get_visit
from csiapp.audits.receipts import verify_receipt
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.headoffice.queries import results_in
from csiapp.reports.render import render_html
from csiapp.reports.services import request_report
from csiapp.reports.snapshot import Audience, from_json
from tests.factories import audits
from tests.factories.forms import changed_form
from tests.factories.standards import at_work
from tests.integration.audits.test_planning import new_wave

pytestmark = pytest.mark.db

WORDS = "No index: no question of this visit counts."


def all_on_trial(world) -> None:
    """The visit form again, in which every standard has changed and counts from a day to come."""

    def change(content) -> None:
        for _section, question in all_questions(content):
            question["enforce_from"] = "2999-01-01"

    changed_form(world, change)


@pytest.fixture
def unscored(audited, states):
    """(world, wave, a published visit of which no question counts)."""

    def build():
        all_on_trial(audited)
        wave_id = new_wave(audited)
        visit_id = audits.published_visit(audited, audits.STAGE_ONE_FAILURES, wave_id=wave_id)
        return audited, wave_id, visit_id

    return states.reach("unscored", build)


def test_it_is_submitted_and_published_with_everything_that_was_answered(app, unscored):
    world, _wave, visit_id = unscored
    with app.app_context(), entered(world.tenant()):
        score, answers = latest_score(visit_id, "published"), answers_of(visit_id)
        assert get_visit(visit_id).state == "published"
        assert not score.indexed
        assert (score.grade, score.critical_failures) == ("", 0)
        assert answers["V017"] == {"value": "no"}
        assert len(score.observed) == sum(1 for code in answers if code in score.observed)
        assert verify_receipt(score.receipt)
        db.session.close()


def test_it_is_in_no_mean_no_rank_and_no_trend(app, unscored):
    world, wave_id, _visit = unscored
    with app.app_context():
        with entered(world.tenant()):
            assert published_trend(audits.FORM) == []
            assert past_indices(audits.FORM, without=new_id()) == []
            db.session.close()
        with entered(world.network()):
            assert results_in([wave_id]) == []
            db.session.close()


def test_the_reviewer_is_told_before_it_is_published(app, audited, client_of):
    with app.app_context():
        all_on_trial(audited)
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id)
    client = client_of("reviewer")
    page = client.get(f"/n/near/d/near/visits/{visit_id}/review")
    assert page.status_code == 200
    assert WORDS in page.text
    assert "no index" in client.get("/n/near/reviews").text


def test_dealership_and_head_office_read_it_in_words(app, unscored, client_of):
    _world, wave_id, visit_id = unscored
    manager, headoffice = client_of("manager"), client_of("headoffice")
    assert "no index" in manager.get("/t/near/results").text
    assert WORDS in manager.get(f"/t/near/results/{visit_id}").text
    assert manager.get("/t/near/").status_code == 200
    assert "no index" in headoffice.get("/n/near/visits").text
    assert "no index" in headoffice.get(f"/n/near/d/near/visits/{visit_id}").text
    assert headoffice.get(f"/n/near/overview?wave={wave_id}").status_code == 200


def test_its_report_says_so_in_words(app, unscored, client_of):
    world, _wave, visit_id = unscored
    with app.app_context(), at_work(world.tenant()):
        report = request_report(visit_id, "en", Audience.DEALERSHIP)
        html = render_html(from_json(report.snapshot["json"]), ())
        request_report(visit_id, "en", Audience.HEADOFFICE)
    assert "No question of this visit counts" in html
    assert "Result by factor" not in html
    assert 'id="q-V017"' in html
    assert "no index" in client_of("headoffice").get("/n/near/reports").text
