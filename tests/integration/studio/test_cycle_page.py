"""The cycle of a set: what is derived, what is noted, and the reminder of a review."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import MailOutbox, User
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.standards.models import CycleEntry
from csiapp.standards.queries import main_set
from csiapp.studio.chores import remind_of_reviews
from csiapp.studio.cycle import Phase
from csiapp.studio.services import note, plan_review
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.world import today

pytestmark = pytest.mark.db

NOTE = {"phase": "announce", "note": "Told everybody at the morning meeting"}


def entries(app, world) -> list[CycleEntry]:
    with app.app_context(), entered(world.tenant()):
        return list(db.session.scalars(sa.select(CycleEntry)))


def plan(app, world, on: dt.date | None) -> None:
    with app.app_context(), at_work(world.tenant()):
        plan_review(main_set(), on, today())


def test_the_page_says_what_is_known_of_each_phase(app, world, studio, client_of):
    with app.app_context():
        audits.published_visit(world)
    page = client_of("manager").get(f"{studio}/cycle").text
    assert "1 published visit" in page
    assert "mean index 1,000" in page
    assert "Newest result" in page


def test_a_note_is_kept_and_removed_and_both_are_logged(app, world, studio, client_of):
    manager = client_of("manager")
    answer = manager.post(f"{studio}/cycle/notes", data={**NOTE, "on": today().isoformat()})
    assert answer.status_code == 303
    (entry,) = entries(app, world)
    assert (entry.phase, entry.on, entry.version_id is not None) == ("announce", today(), True)
    assert NOTE["note"] in manager.get(f"{studio}/cycle").text
    assert manager.post(f"{studio}/cycle/notes/{entry.id}/remove").status_code == 303
    assert entries(app, world) == []
    log = manager.get("/t/near/activity").text
    assert "noted in the cycle of REF-AFTERSALES, Announce" in log
    assert "removed from the cycle of REF-AFTERSALES, Announce" in log


@pytest.mark.parametrize(
    "changed", [{"note": " "}, {"on": ""}, {"phase": "party"}, {"note": "x" * 501}]
)
def test_a_note_without_a_day_or_words_is_refused(app, world, studio, client_of, changed):
    given = {**NOTE, "on": today().isoformat(), **changed}
    answer = client_of("manager").post(f"{studio}/cycle/notes", data=given)
    assert answer.status_code == 422
    assert entries(app, world) == []


def test_what_is_still_to_come_cannot_be_noted(app, world, studio, client_of):
    later = (today() + dt.timedelta(days=3)).isoformat()
    answer = client_of("manager").post(f"{studio}/cycle/notes", data={**NOTE, "on": later})
    assert answer.status_code == 422
    assert "still to come" in answer.text


def test_the_note_of_another_dealership_is_not_found(app, world, studio, client_of):
    with app.app_context():
        audits.standards.adopt_and_publish(world, "next", "next_manager")
        with at_work(world.tenant("next", "next_manager")):
            theirs = note(main_set(), Phase.REWARD, today(), "theirs", today()).id
    assert client_of("manager").post(f"{studio}/cycle/notes/{theirs}/remove").status_code == 404


def test_the_next_review_is_planned_and_taken_away(app, world, studio, client_of):
    manager = client_of("manager")
    on = today() + dt.timedelta(days=90)
    manager.post(f"{studio}/cycle/review", data={"review_on": on.isoformat()})
    assert f"Next review: {on.isoformat()}" in manager.get(f"{studio}/cycle").text
    manager.post(f"{studio}/cycle/review", data={"review_on": ""})
    assert "No date is set" in manager.get(f"{studio}/cycle").text
    past = (today() - dt.timedelta(days=2)).isoformat()
    assert manager.post(f"{studio}/cycle/review", data={"review_on": past}).status_code == 422


def test_a_noted_review_settles_the_one_that_was_due(app, world, studio):
    plan(app, world, today())
    with app.app_context(), at_work(world.tenant()):
        note(main_set(), Phase.REVIEW, today(), "Reviewed", today())
        assert main_set().next_review_on is None


@pytest.mark.parametrize(("days", "shown"), [(30, False), (10, True)])
def test_the_home_page_reminds_managers_and_only_them(app, world, studio, client_of, days, shown):
    plan(app, world, today() + dt.timedelta(days=days))
    assert ("Review of the standards" in client_of("manager").get("/t/near/").text) is shown
    assert "Review of the standards" not in client_of("staff").get("/t/near/").text


def mails(app) -> list[MailOutbox]:
    with app.app_context():
        found = list(db.session.scalars(sa.select(MailOutbox)))
        db.session.close()
        return [mail for mail in found if mail.detail["kind"] == "review_due"]


def remind(app) -> int:
    with app.app_context():
        return remind_of_reviews()


def test_each_review_is_reminded_of_once_by_mail(app, world, studio):
    plan(app, world, today() + dt.timedelta(days=10))
    assert remind(app) == 1
    (mail,) = mails(app)
    assert mail.recipient == "manager@test.example"
    assert remind(app) == 0
    assert len(mails(app)) == 1
    plan(app, world, today() + dt.timedelta(days=11))
    assert remind(app) == 1


def test_a_review_that_is_far_off_is_not_reminded_of(app, world, studio):
    plan(app, world, today() + dt.timedelta(days=40))
    assert remind(app) == 0
    assert mails(app) == []


def test_the_reminder_is_written_in_the_managers_language(app, world, studio):
    with app.app_context():
        allowed = writing.set(True)
        db.session.get(User, world.people["manager"]).locale = "zh"
        db.session.commit()
        db.session.close()
        writing.reset(allowed)
    plan(app, world, today() + dt.timedelta(days=1))
    remind(app)
    (mail,) = mails(app)
    assert mail.subject.startswith("标准复审")
