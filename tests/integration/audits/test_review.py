"""Review and publication: one reviewer at a time, never the shopper, once for ever."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Membership
from csiapp.audits.models import Finding, VisitScore
from csiapp.audits.queries.scores import latest_score, scores_of
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.review import (
    approve_visit,
    publish_visit,
    return_visit,
    take_visit,
)
from csiapp.audits.services.submission import accept_visit, pass_test, submit_visit
from csiapp.core.db import new_id, writing
from csiapp.core.errors import Conflict, Forbidden, Invalid
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry, Outbox
from csiapp.core.permissions import Role
from csiapp.core.tenancy import entered
from tests.factories import audits
from tests.factories.standards import at_work

pytestmark = pytest.mark.db

CHECKS = ["QA4", "QA5", "QA6"]


@pytest.fixture
def submitted(poor_submission) -> uuid.UUID:
    return poor_submission


def give_role(person: uuid.UUID, role: Role) -> None:
    """One more role in network "near"."""
    token = writing.set(True)
    db.session.add(Membership(user_id=person, network_id=1, dealership_id=None, role=role.value))
    db.session.commit()
    db.session.close()
    writing.reset(token)


def address(visit_id: uuid.UUID, step: str = "") -> str:
    return f"/n/near/d/near/visits/{visit_id}/review{step}"


def test_a_visit_goes_from_submission_to_the_dealership(app, audited, submitted, client_of):
    reviewer = client_of("reviewer")
    assert "Test dealership near" in reviewer.get("/n/near/reviews").text
    assert reviewer.post(address(submitted, "/take")).status_code == 303
    data = {"checked": CHECKS, "note": "All in order"}
    assert reviewer.post(address(submitted, "/approve"), data=data).status_code == 303
    assert reviewer.post(address(submitted, "/publish")).status_code == 303
    with app.app_context(), entered(audited.tenant()):
        visit = get_visit(submitted)
        assert visit.state == "published"
        assert visit.reviewed_by == audited.people["reviewer"]
        assert visit.published_at >= visit.approved_at >= visit.submitted_at
        assert visit.review_note == "All in order"
        verbs = db.session.scalars(sa.select(ActivityEntry.verb).order_by(ActivityEntry.seq)).all()
        assert verbs[-4:] == ["visit.taken", "visit.approved", "visit.score", "visit.published"]


def test_publishing_promises_the_reports_of_the_published_score(
    app, audited, submitted, announced, run_jobs
):
    with app.app_context():
        audits.approve(audited, submitted)
        score_id = audits.publish(audited, submitted)
    run_jobs()
    assert announced[-1] == {"visit_id": str(submitted), "score_id": str(score_id)}


def test_of_two_reviewers_the_second_learns_that_the_first_was_faster(
    app, audited, submitted, client_of
):
    with app.app_context():
        give_role(audited.people["headoffice"], Role.REVIEWER)
    first, second = client_of("reviewer"), client_of("headoffice")
    assert first.post(address(submitted, "/take")).status_code == 303
    assert second.post(address(submitted, "/take")).status_code == 409
    approval = second.post(address(submitted, "/approve"), data={"checked": CHECKS})
    assert approval.status_code == 409
    assert "Another reviewer has taken this visit." in approval.text
    returned = second.post(address(submitted, "/return"), data={"reason": "Not mine"})
    assert returned.status_code == 409
    assert "has taken this visit" in second.get(address(submitted)).text


@pytest.mark.parametrize(("step", "before"), [("take", []), ("publish", ["approved"])])
def test_of_steps_at_the_same_moment_one_succeeds(app, audited, submitted, client_of, step, before):
    with app.app_context():
        if before:
            audits.approve(audited, submitted)
    clients = [client_of("reviewer") for _ in range(4)]
    start = threading.Barrier(len(clients))

    def press(client) -> int:
        start.wait()
        return client.post(address(submitted, f"/{step}")).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        statuses = sorted(pool.map(press, clients))
    assert statuses == [303, 409, 409, 409]
    with app.app_context(), entered(audited.tenant()):
        assert len(scores_of(submitted)) == (2 if step == "publish" else 1)


def test_publishing_twice_publishes_once(app, audited, submitted, client_of):
    with app.app_context():
        audits.approve(audited, submitted)
    reviewer = client_of("reviewer")
    assert reviewer.post(address(submitted, "/publish")).status_code == 303
    assert reviewer.post(address(submitted, "/publish")).status_code == 409
    with app.app_context(), entered(audited.tenant()):
        assert [s.kind for s in scores_of(submitted)] == ["provisional", "published"]
        assert len(db.session.scalars(sa.select(Finding)).all()) == 1


def test_nobody_reviews_a_visit_of_their_own(app, audited, submitted, client_of):
    with app.app_context():
        give_role(audited.people["shopper"], Role.REVIEWER)
        for step in (
            lambda: take_visit(submitted),
            lambda: return_visit(submitted, "x"),
            lambda: approve_visit(submitted, checked=CHECKS),
            lambda: publish_visit(submitted),
        ):
            with at_work(audits.acting(audited, "shopper")), pytest.raises(Forbidden):
                step()
    shopper = client_of("shopper")
    assert shopper.post(address(submitted, "/take")).status_code == 403
    assert shopper.get(address(submitted)).status_code == 403
    listed = shopper.get("/n/near/reviews").text
    assert "Your own visit" in listed
    assert address(submitted) not in listed


def test_a_returned_visit_comes_back_as_a_new_revision(app, audited, submitted):
    with app.app_context():
        with at_work(audits.acting(audited, "reviewer")):
            take_visit(submitted)
            assert return_visit(submitted, " Which advisor? ").review_note == "Which advisor?"
        with at_work(audits.acting(audited, "shopper")):
            fill_in(submitted, {"V017": {"value": "yes"}})
            submit_visit(submitted, new_id())
        with entered(audited.tenant()):
            assert get_visit(submitted).state == "submitted"
            assert latest_score(submitted).revision == 1
            assert latest_score(submitted).final_index == 1000


def test_returning_needs_a_reason_and_approving_every_check(app, audited, submitted):
    with app.app_context(), at_work(audits.acting(audited, "reviewer")):
        take_visit(submitted)
        with pytest.raises(Invalid):
            return_visit(submitted, " ")
        with pytest.raises(Invalid):
            approve_visit(submitted, checked=CHECKS[:2])
        assert get_visit(submitted).state == "in_review"


@pytest.mark.parametrize("step", ["return_visit", "approve_visit", "publish_visit"])
def test_no_step_is_taken_out_of_order(app, audited, submitted, step):
    steps = {
        "return_visit": lambda: return_visit(submitted, "x"),
        "approve_visit": lambda: approve_visit(submitted, checked=CHECKS),
        "publish_visit": lambda: publish_visit(submitted),
    }
    with app.app_context():
        with at_work(audits.acting(audited, "reviewer")), pytest.raises(Conflict):
            steps[step]()
        with entered(audited.tenant()):
            assert get_visit(submitted).state == "submitted"
            assert len(scores_of(submitted)) == 1


def test_when_publishing_fails_nothing_of_it_stays(app, audited, submitted, client_of, monkeypatch):
    """Score, findings, state and job are one transaction."""
    with app.app_context():
        audits.approve(audited, submitted)
        jobs_before = db.session.scalar(sa.select(sa.func.count()).select_from(Outbox))
        db.session.close()
    monkeypatch.setattr(
        "csiapp.audits.services.review.announce", lambda *_: (_ for _ in ()).throw(OSError("x"))
    )
    assert client_of("reviewer").post(address(submitted, "/publish")).status_code == 500
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == jobs_before
        db.session.close()
        with entered(audited.tenant()):
            assert get_visit(submitted).state == "approved"
            assert db.session.scalars(sa.select(VisitScore.kind)).all() == ["provisional"]
            assert db.session.scalars(sa.select(Finding)).all() == []


def test_the_page_shows_the_values_that_were_overwritten(app, audited, client_of):
    with app.app_context():
        visit_id = audits.assign(audited)
        with at_work(audits.acting(audited, "shopper")):
            accept_visit(visit_id)
            pass_test(visit_id)
            fill_in(visit_id, {"V017": {"value": "no"}, "V017.comment": "First thought"})
        audits.submit(audited, visit_id, {"V017.comment": "Second thought"}, accepted=True)
    page = client_of("reviewer").get(address(visit_id)).text
    assert "Second thought" in page
    assert "<del>First thought</del>" in page
    assert "<del>No</del>" in page


def test_the_page_shows_what_the_machine_checked(app, audited, client_of):
    with app.app_context():
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id, {"V033": {"na": "not_observable"}})
    page = client_of("reviewer").get(address(visit_id)).text
    assert page.count("Check it yourself") == len(CHECKS)
    assert page.count("Look again") == 1  # N/A laid on a scenario that asks the question
    assert 'href="#q-V033"' in page


def test_an_unsubmitted_visit_has_nothing_to_review(app, audited, client_of):
    with app.app_context():
        visit_id = audits.assign(audited)
    assert client_of("reviewer").get(address(visit_id)).status_code == 409


def test_a_wrong_approval_shows_what_is_missing(app, audited, submitted, client_of):
    reviewer = client_of("reviewer")
    reviewer.post(address(submitted, "/take"))
    answer = reviewer.post(address(submitted, "/approve"), data={"checked": ["QA4", "XX"]})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert reviewer.post(address(submitted, "/return"), data={"reason": ""}).status_code == 422
