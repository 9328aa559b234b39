"""Stage two over HTTP: what waits, what still counts, when it is sent, what a rule does."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from csiapp.audits import chores
from csiapp.audits.models import AnswerEvent, Visit, VisitScore
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from tests.factories.tablet import assign, at_work, rows_of, tablet_of, visit_form
from tests.factories.world import today
from tests.unit.audits import examples
from tests.unit.audits.test_stage_two import FIRST, LATER, WHOLE

pytestmark = pytest.mark.db

DAY = dt.timedelta(days=1)
SECOND = {field: WHOLE[field] for field in sorted(LATER)}


@pytest.fixture
def waiting(app, world, tablet):
    """Stage one is in."""
    tablet.answer(FIRST)
    assert tablet.submit().status_code == 200
    return tablet


def move(app, world, days):
    """Put the days of stage two so that today is this many days after leaving."""
    day = today()
    with at_work(app, world.tenant("near", "manager")):
        visit = db.session.scalars(sa.select(Visit)).one()
        visit.stage_two_from = day - (days - 3) * DAY
        visit.stage_two_until = day - (days - 7) * DAY


def test_stage_one_waits_with_a_provisional_score_and_two_dates(app, world, waiting):
    (visit,) = rows_of(app, world, Visit)
    (score,) = rows_of(app, world, VisitScore)
    assert visit.state == "awaiting_stage2"
    assert visit.stage_one_at == visit.submitted_at
    assert visit.stage_two_until - visit.stage_two_from == 4 * DAY
    assert score.receipt["result"]["pending"] == ["V074", "V075", "V076"]


def test_a_whole_form_does_not_wait(app, world, tablet):
    tablet.answer(WHOLE)
    assert tablet.submit().status_code == 200
    (visit,) = rows_of(app, world, Visit)
    assert (visit.state, visit.stage_two_until) == ("submitted", None)


def test_stage_one_stands_and_stage_two_counts(app, world, waiting):
    early, later = waiting.event("V001", {"value": 9}), waiting.event("V074", {"value": "no"})
    assert waiting.send(early, later).status_code == 200
    late = {str(row.id): row.late for row in rows_of(app, world, AnswerEvent)}
    assert (late[early["id"]], late[later["id"]]) == (True, False)


def test_stage_two_before_its_first_day_is_refused_with_the_day(app, world, waiting):
    move(app, world, 1)
    waiting.answer(SECOND)
    answer = waiting.submit(str(new_id()))
    assert answer.status_code == 409
    assert "Stage two can be sent from" in answer.json["error"]["message"]


def test_stage_two_is_checked_by_its_manifest_and_its_gaps(app, world, waiting):
    move(app, world, 4)
    lost = waiting.submit(str(new_id()), events=["0192f3c4-0000-7000-8000-000000000000"])
    assert lost.status_code == 409
    assert lost.json["missing"]["events"]
    gaps = {gap["field"] for gap in lost.json["missing"]["gaps"]}
    assert {"V074", "V075", "V076", "J.narrative"} <= gaps
    assert not any(field.startswith("V00") for field in gaps)


def test_stage_two_makes_a_second_revision_without_anything_pending(app, world, waiting):
    first = rows_of(app, world, Visit)[0].submit_id
    move(app, world, 4)
    waiting.answer(SECOND)
    again = waiting.submit(str(first))
    assert again.status_code == 200
    assert rows_of(app, world, Visit)[0].state == "awaiting_stage2", "a late repeat of stage one"
    assert waiting.submit(str(new_id())).status_code == 200
    (visit,) = rows_of(app, world, Visit)
    scores = rows_of(app, world, VisitScore)
    assert (visit.state, len(scores)) == ("submitted", 2)
    assert visit.stage_one_at < visit.submitted_at
    assert max(scores, key=lambda s: s.revision).receipt["result"]["pending"] == []


def test_the_page_of_stage_two_asks_only_that(app, world, waiting, client_of, visit_id):
    shopper = client_of("shopper")
    listed = shopper.get("/s/near/visits").text
    assert "Stage two:" in listed
    assert "Fill in stage two" in shopper.get(f"/v/{visit_id}/").text
    page = shopper.get(f"/v/{visit_id}/fill").text
    assert re.findall(r'class="screen" id="s-([A-Z]+)"', page) == ["I", "J"]
    assert '"reopened": true' in page
    assert "This was stage one" in shopper.get(f"/v/{visit_id}/receipt").text


@pytest.mark.parametrize("year", ["1970", "2062"])
def test_a_clock_that_is_years_off_does_not_move_the_days_of_stage_two(app, world, tablet, year):
    tablet.answer(FIRST | {"T04": f"{year}-08-01T10:00:00+08:00"})
    assert tablet.submit().status_code == 200
    (visit,) = rows_of(app, world, Visit)
    assert visit.stage_two_from == today() + 3 * DAY


@pytest.mark.parametrize(("days", "closed"), [(7, 0), (8, 1)])
def test_no_call_is_answered_by_rule_after_the_last_day_at_the_dealership(
    app, world, waiting, days, closed
):
    move(app, world, days)
    with app.app_context():
        assert chores.close_due() == closed
        assert chores.close_due() == 0
    (visit,) = rows_of(app, world, Visit)
    assert visit.state == ("submitted" if closed else "awaiting_stage2")
    ruled = [e for e in rows_of(app, world, AnswerEvent) if e.device == "rule"]
    assert {e.field: e.value for e in ruled}.get("V075") == ({"value": 7} if closed else None)
    verbs = [e.verb for e in rows_of(app, world, ActivityEntry)]
    assert verbs.count("visit.by_rule") == closed


def test_a_rule_leaves_the_shoppers_own_answers_and_what_only_they_know(
    app, world, client_of, form_id
):
    visit_id = assign(app, world, form_id, scenario="SC3")
    tablet = tablet_of(client_of("shopper"), app, visit_id)
    tablet.answer(FIRST)
    tablet.submit()
    move(app, world, 9)
    with app.app_context():
        assert chores.close_due() == 1
    score = max(rows_of(app, world, VisitScore), key=lambda s: s.revision)
    assert score.receipt["result"]["pending"] == ["V074"], "whether the fault came back"
    with at_work(app, world.tenant("near", "manager")):
        db.session.scalars(sa.select(Visit)).one().state = "returned"
    gaps = tablet.submit(str(new_id())).json["missing"]["gaps"]
    assert [gap["field"] for gap in gaps] == ["V074"]
    tablet.answer({"V074": {"value": "no"}})
    assert tablet.submit(str(new_id())).status_code == 200
    assert rows_of(app, world, Visit)[0].state == "submitted"


def test_lists_and_pages_of_head_office_say_until_when(app, world, waiting, client_of, visit_id):
    office = client_of("headoffice")
    until = rows_of(app, world, Visit)[0].stage_two_until
    assert f"provisional until {until}" in office.get("/n/near/visits").text
    page = office.get(f"/n/near/d/near/visits/{visit_id}").text
    assert f"The index is provisional until {until}" in page
    assert office.get("/n/near/visits?state=awaiting_stage2").text.count('<th scope="row">') == 1
    assert (
        client_of("reviewer").post(f"/n/near/d/near/visits/{visit_id}/review/take").status_code
        == 409
    )


def test_the_form_is_that_of_the_reference():
    assert examples.complete(visit_form()) == WHOLE
