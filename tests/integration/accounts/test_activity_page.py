"""The activity log on screen: a dealership does not learn that it will be visited."""

from __future__ import annotations

import pytest

from csiapp.accounts.activity_queries import page_of_activity
from csiapp.core import activity
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered

pytestmark = pytest.mark.db

SECRET = ("visit.assigned", "visit.accept", "visit.submit", "evidence.received", "report.ready")
DETAIL = {"revision": 0, "locale": "zh"}


@pytest.fixture
def logged(app, world):
    """A dealership whose log holds a visit from its planning to its publication."""
    with app.app_context(), entered(world.tenant()):
        token = writing.set(True)
        for verb in (*SECRET, "visit.published", "standards.draft_discarded"):
            activity.record(verb, verb.partition(".")[0], "0", {**DETAIL, "number": 2})
        db.session.commit()
        db.session.close()
        writing.reset(token)
    return world


def test_a_dealership_sees_of_visits_only_that_one_was_published(app, logged):
    with app.test_request_context(), entered(logged.tenant()):
        page = page_of_activity(1)
        shown = [line.seq for line in page.items]
        db.session.close()
    assert shown == [len(SECRET) + 2, len(SECRET) + 1]
    assert page.total == 2


def test_the_page_of_a_dealership_has_no_numbers_whose_gaps_would_tell(client_of, logged):
    text = client_of("manager").get("/t/near/activity").text
    assert ">No.<" not in text
    assert text.count("<code title=") == 2


def test_the_check_of_the_log_still_covers_what_is_not_shown(client_of, logged):
    answer = client_of("manager").get("/t/near/activity?check=1")
    assert "The log is whole" in answer.text
