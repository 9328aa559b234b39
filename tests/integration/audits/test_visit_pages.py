"""The list of visits and one visit: filters, paging, constant queries, and who may look."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Region
from csiapp.audits.models import Visit
from csiapp.audits.queries.forms import current_form
from csiapp.audits.queries.visits import VisitFilter, list_visits
from csiapp.audits.services.waves import create_wave
from csiapp.core.db import new_id, writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.world import today
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

TODAY = today()
DAY = dt.timedelta(days=1)
NETWORK_PAGES = ["/n/near/visits", "/n/near/visits/new", "/n/near/waves", "/n/near/waves/new"]


def add_visits(world, number: int, **values) -> list[uuid.UUID]:
    """Rows alone, for lists of any length."""
    rows = {
        "scenario": "SC1",
        "shopper_id": world.people["shopper"],
        "opens_on": TODAY - 10 * DAY,
        "due_on": TODAY + 3 * DAY,
        **values,
    }
    with at_work(audits.acting(world, "headoffice")):
        form = current_form("MS-VISIT")
        visits = [Visit(id=new_id(), form_version_id=form.id, **rows) for _ in range(number)]
        db.session.add_all(visits)
        return [visit.id for visit in visits]


def listed(world, **wanted) -> set[uuid.UUID]:
    with entered(world.network()):
        page = list_visits(VisitFilter(**wanted), 1, per_page=500)
        ids = {line.visit.id for line in page.items}
        db.session.close()
        return ids


def test_each_filter_keeps_what_it_says(app, both_audited):
    world = both_audited
    with app.app_context():
        token = writing.set(True)
        region_id = new_id()
        with entered(world.network()):
            db.session.add(Region(id=region_id, code="E", name={"zh": "东", "en": "East"}))
            wave = create_wave(
                code="W", name={"zh": "波", "en": "W"}, starts_on=TODAY, ends_on=TODAY + 90 * DAY
            )
            wave_id = wave.id
            db.session.commit()
            db.session.close()
        db.session.get(Dealership, world.dealerships["next"]).region_id = region_id
        db.session.commit()
        db.session.close()
        writing.reset(token)
        (plain,) = add_visits(world, 1)
        (late,) = add_visits(world, 1, due_on=TODAY - DAY)
        (done,) = add_visits(world, 1, due_on=TODAY - DAY, state="published")
        (waved,) = add_visits(world, 1, wave_id=wave_id)
        (sent,) = add_visits(world, 1, state="submitted")
        far = audits.assign(world, dealership="next")
        assert listed(world) == {plain, late, done, waved, sent, far}
        assert listed(world, state="published") == {done}
        assert listed(world, state="waiting") == {sent}
        assert listed(world, dealership_id=world.dealerships["next"]) == {far}
        assert listed(world, region_id=region_id) == {far}
        assert listed(world, wave_id=wave_id) == {waved}
        assert listed(world, overdue_on=TODAY) == {late}


@pytest.mark.parametrize("number", [1, 300])
def test_the_list_asks_the_same_number_of_questions_whatever_its_length(
    app, audited, client_of, number
):
    with app.app_context():
        add_visits(audited, number)
    client = client_of("headoffice")
    client.get("/n/near/visits")
    with statements_of(app) as statements:
        page = client.get("/n/near/visits").text
    assert page.count("<tr>") == min(number, 25) + 1
    assert len(statements) <= 12, "\n".join(statements)


@pytest.mark.parametrize("number", [1, 60])
def test_the_reviews_ask_the_same_number_of_questions(app, audited, client_of, number):
    with app.app_context():
        add_visits(audited, number, state="submitted")
    client = client_of("reviewer")
    with statements_of(app) as statements:
        page = client.get("/n/near/reviews").text
    assert page.count("<tr>") == min(number, 25) + 1
    assert len(statements) <= 9, "\n".join(statements)


def test_a_visit_with_80_answers_takes_few_questions(app, client_of, poor_visit):
    head, manager = client_of("headoffice"), client_of("manager")
    with statements_of(app) as statements:
        assert head.get(f"/n/near/d/near/visits/{poor_visit}").status_code == 200
    assert len(statements) <= 11, "\n".join(statements)
    with statements_of(app) as statements:
        assert manager.get(f"/t/near/results/{poor_visit}").status_code == 200
    assert len(statements) <= 11, "\n".join(statements)


def test_a_list_of_one_state_is_read_through_its_index(app, audited, database):
    """Asked of the planner with the very statement that the list sends."""
    with app.app_context():
        add_visits(audited, 300)
        with statements_of(app) as statements, entered(audited.network()):
            list_visits(VisitFilter(state="assigned"), 1)
            db.session.close()
    listing = next(s for s in statements if "ORDER BY visit.due_on" in s)
    body = listing[listing.index("WHERE") : listing.index("ORDER BY")]
    assert "visit.network_id IN" in body
    assert "visit.state =" in body
    plan = (
        "SELECT visit.id FROM visit WHERE network_id IN (1) AND state = 'assigned' "
        "ORDER BY due_on DESC LIMIT 25"
    )
    with database.owner() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET enable_seqscan = off"))
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        rows = connection.execute(sa.text(explain + plan)).all()
    assert "ix_visit_network_state" in str(rows)
    assert "TEMP B-TREE" not in str(rows)


def test_pages_lead_on_and_the_filter_stays(app, audited, client_of):
    with app.app_context():
        add_visits(audited, 30)
    client = client_of("headoffice")
    first = client.get("/n/near/visits?state=assigned")
    assert "state=assigned&amp;page=2" in first.text
    second = client.get("/n/near/visits?state=assigned&page=2")
    assert second.text.count("<tr>") == 6
    assert client.get("/n/near/visits?page=9").status_code == 404


def test_the_filter_swaps_the_rows_alone(app, audited, client_of):
    with app.app_context():
        add_visits(audited, 2)
    answer = client_of("headoffice").get("/n/near/visits", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<section class="card named-rows" id="visit-rows"')


@pytest.mark.parametrize(
    "query", ["state=nonsense", "dealership=x", "region=1", "wave=%22", "overdue=y", "_external=1"]
)
def test_a_filter_that_is_not_offered_filters_nothing(audited, client_of, query):
    assert client_of("headoffice").get(f"/n/near/visits?{query}").status_code == 200


def test_a_visit_shows_its_way_its_score_and_every_answer(app, audited, client_of):
    with app.app_context():
        visit_id = audits.published_visit(audited, audits.STAGE_ONE_FAILURES, note="By the gate")
    page = client_of("headoffice").get(f"/n/near/d/near/visits/{visit_id}").text
    assert "Test shopper" in page
    assert "By the gate" in page
    assert page.count('<li id="q-V') == 76
    for step in ("Assigned", "Accepted", "Started", "Submitted", "Approved", "Published"):
        assert f"<b>{step}</b>" in page
    assert 'id="factor-radar' in page


def test_an_unstarted_visit_has_no_score_yet(app, audited, client_of):
    with app.app_context():
        visit_id = audits.assign(audited)
    page = client_of("headoffice").get(f"/n/near/d/near/visits/{visit_id}").text
    assert "Change or call off" in page
    assert "Factor" not in page


@pytest.mark.parametrize("page", NETWORK_PAGES)
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("headoffice", 200),
        ("far_headoffice", 404),
        ("shopper", 404),
        ("manager", 404),
        ("admin", 403),
    ],
)
def test_pages_of_the_network_are_head_offices(audited, client_of, page, person, status):
    assert client_of(person).get(page).status_code == status


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("reviewer", "/n/near/d/near/visits/{visit}", 200),
        ("reviewer", "/n/near/d/near/visits/new", 403),
        ("reviewer", "/n/near/d/near/visits/{visit}/change", 403),
        ("headoffice", "/n/near/d/near/visits/{visit}/review", 403),
        ("headoffice", "/n/near/d/next/visits/{visit}", 404),
        ("headoffice", "/n/near/d/far/visits/{visit}", 404),
        ("far_headoffice", "/n/near/d/near/visits/{visit}", 404),
        ("far_headoffice", "/n/far/d/near/visits/{visit}", 404),
        ("far_headoffice", "/n/far/d/far/visits/{visit}", 404),
        ("manager", "/n/near/d/near/visits/{visit}", 404),
        ("shopper", "/n/near/d/near/visits/{visit}", 404),
        ("manager", "/t/near/results/{visit}", 200),
        ("next_manager", "/t/near/results/{visit}", 404),
        ("next_manager", "/t/next/results/{visit}", 404),
        ("staff", "/t/near/results/{visit}", 403),
        ("headoffice", "/t/near/results/{visit}", 404),
    ],
)
def test_a_visit_is_seen_from_its_own_places_only(client_of, good_visit, person, path, status):
    assert client_of(person).get(path.format(visit=good_visit)).status_code == status


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("headoffice", "review/take", 403),
        ("reviewer", "cancel", 403),
        ("reviewer", "change", 403),
        ("manager", "review/take", 404),
        ("shopper", "review/publish", 404),
        ("far_headoffice", "cancel", 404),
    ],
)
def test_a_verb_is_refused_to_the_wrong_role(app, audited, client_of, person, path, status):
    with app.app_context():
        visit_id = audits.assign(audited)
    answer = client_of(person).post(
        f"/n/near/d/near/visits/{visit_id}/{path}", data={"reason": "x"}
    )
    assert answer.status_code == status


def test_home_pages_say_what_waits(app, audited, client_of):
    with app.app_context():
        add_visits(audited, 2, due_on=TODAY - DAY)
        add_visits(audited, 3, state="submitted")
    head, reviewer = (
        client_of("headoffice").get("/n/near/").text,
        client_of("reviewer").get("/n/near/").text,
    )
    assert "Overdue visits" in head
    assert 'href="/n/near/visits?state=waiting">Awaiting publication' in head
    assert "To review" in reviewer
    assert "Overdue visits" not in reviewer
