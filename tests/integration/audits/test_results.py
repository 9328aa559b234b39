"""What a dealership sees of its audits: published visits, and never who the shopper was."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from csiapp.audits.queries.scores import past_indices
from csiapp.audits.queries.visits import get_visit
from csiapp.core.tenancy import entered
from tests.factories import audits
from tests.factories.standards import at_work

pytestmark = pytest.mark.db

TELLTALE = {
    "V017": {"value": "no"},
    "V017.comment": "I am TEST SHOPPER, reach me at shopper@test.example about the greeting.",
    "A.narrative": "Test shopper called at nine; the phone was answered on the second ring. " * 2,
    "U04": "Written by Test shopper",
}


CRITICAL_FAILURE = {
    "V026": {"value": "no"},
    "V026.comment": "The advisor drove the car away without walking around it with me.",
}


@pytest.fixture
def telltale_visit(audited, states):
    return states.reach("telltale_visit", lambda: audits.published_visit(audited, TELLTALE))


def test_results_show_published_visits_only(app, audited, client_of, telltale_visit):
    with app.app_context():
        waiting = audits.assign(audited, shopper="other_shopper")
        audits.submit(audited, waiting, shopper="other_shopper")
    manager = client_of("manager")
    page = manager.get("/t/near/results").text
    assert str(telltale_visit) in page
    assert str(waiting) not in page
    assert manager.get(f"/t/near/results/{telltale_visit}").status_code == 200
    assert manager.get(f"/t/near/results/{waiting}").status_code == 404


@pytest.mark.parametrize("page", ["/t/near/results", "/t/near/results/{visit}", "/t/near/"])
def test_no_page_of_the_dealership_says_who_the_shopper_was(
    audited, client_of, telltale_visit, page
):
    answer = client_of("manager").get(page.format(visit=telltale_visit))
    assert answer.status_code == 200
    body = answer.text.lower()
    for word in ("test shopper", "shopper@test.example", str(audited.people["shopper"])):
        assert word not in body


def test_a_result_leads_each_finding_to_its_causes(client_of, telltale_visit):
    page = client_of("manager").get(f"/t/near/results/{telltale_visit}").text
    findings = page[page.index('id="findings"') : page.index("All answers")]
    assert "ST040302" in findings
    assert 'href="/t/near/standards/REF-AFTERSALES/steps/S04"' in findings
    assert "TC" in findings
    assert "•••" in findings  # the comment without the shopper's name


def test_a_gap_in_training_is_said_in_words(app, audited, client_of, monkeypatch, poor_submission):
    def gap(courses, roles, day):
        return [{"course": courses[0], "role": roles[0], "staff": 5, "lacked": 2}]

    monkeypatch.setitem(app.extensions, "csiapp.training_gap", gap)
    with app.app_context():
        audits.approve(audited, poor_submission)
        audits.publish(audited, poor_submission)
    page = client_of("manager").get(f"/t/near/results/{poor_submission}").text
    assert ": 2 of 5 did not hold course" in page


@pytest.mark.usefixtures("poor_visit")
def test_the_index_follows_the_visits(app, audited, client_of):
    with app.app_context():
        audits.published_visit(audited, shopper="other_shopper")
    page = client_of("manager").get("/t/near/results").text
    assert 'id="index-trend' in page
    assert "against the visit before" in page
    assert page.count("/t/near/results/") == 2


def test_chart_and_list_name_the_same_days(app, audited, client_of, good_visit):
    """A visit is submitted on one day and published on another."""
    with app.app_context():
        visits = [good_visit, audits.published_visit(audited, shopper="other_shopper")]
        with at_work(audited.tenant()):
            for ago, visit_id in enumerate(visits, 3):
                get_visit(visit_id).submitted_at -= dt.timedelta(days=ago)
    manager = client_of("manager")
    results, home = manager.get("/t/near/results").text, manager.get("/t/near/").text
    listed = set(re.findall(r">([\d-]{10})</a>", results))
    for page in (results, home):
        assert set(re.findall(r">([\d-]{10})</text>", page)) == listed


def test_a_capped_index_says_from_where(app, audited, client_of):
    with app.app_context():
        visit_id = audits.published_visit(audited, CRITICAL_FAILURE)
    manager = client_of("manager")
    assert "capped from" in manager.get("/t/near/results").text
    page = manager.get(f"/t/near/results/{visit_id}").text
    assert "Failed critical items hold the index at 850." in page


def test_past_results_are_those_of_the_same_form_but_this_visit(app, audited, good_visit):
    with app.app_context():
        second = audits.published_visit(audited, CRITICAL_FAILURE, shopper="other_shopper")
        with entered(audited.tenant()):
            assert past_indices("MS-VISIT", without=second) == [1000]
            assert past_indices("MS-VISIT", without=good_visit) == [850]
            assert past_indices("MS-PHONE", without=good_visit) == []


def test_the_home_page_counts_new_results(client_of, telltale_visit):
    assert "New results" in client_of("manager").get("/t/near/").text
