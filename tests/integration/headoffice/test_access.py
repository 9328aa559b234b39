"""Who sees the network, and that it ends at its own edge."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.core.tenancy import TenancyError, entered
from csiapp.headoffice import queries
from tests.support.client import anonymous
from tests.support.words import words_of

pytestmark = pytest.mark.db

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def both_networks(write):
    """A wave with a result, a region and a finding in each network; their ids."""

    def work(stage):
        stage.place(11, stage.region("NEARBY"))
        stage.place(21, stage.region("FARAWAY", network=2))
        near, far = stage.wave("NEARWAVE", DAY), stage.wave("FARWAVE", DAY, network=2)
        stage.finding(11, stage.visit(11, near, 811), "7", standard_code="NEARSTD")
        stage.finding(21, stage.visit(21, far, 622), "9", standard_code="FARSTD")
        return {"near": near, "far": far}

    return write(work)


def test_a_network_shows_nothing_of_another(both_networks, client_of):
    far = words_of(client_of("far_headoffice").get("/n/far/overview").text)
    near = words_of(client_of("headoffice").get("/n/near/overview").text)
    for word in ("811", "NEARBY", "NEARWAVE", "NEARSTD", "Test dealership near"):
        assert word in near
        assert word not in far
    for word in ("622", "FARAWAY", "FARWAVE", "FARSTD", "Test dealership far"):
        assert word in far
        assert word not in near


def test_another_networks_wave_or_region_in_the_address_is_as_if_not_given(
    both_networks, client_of
):
    client = client_of("far_headoffice")
    address = {"wave": both_networks["near"]}
    page = words_of(client.get("/n/far/overview", query_string=address).text)
    assert "622" in page
    assert "811" not in page


def test_the_queries_find_nothing_of_another_network(app, world, both_networks):
    wave = both_networks["near"]
    with app.app_context(), entered(world.network("far", "far_headoffice")):
        assert queries.results_in([wave]) == []
        assert queries.factor_scores_in(wave) == []
        assert queries.losses_in(wave) == []
        assert queries.traces_in(wave, ["NEARSTD"]) == []
        assert queries.planned_by_dealership(wave) == {}
        assert [place.code for place in queries.list_places()] == ["D21"]
        db.session.close()


def test_without_a_scope_nothing_is_read(app, both_networks):
    with app.app_context(), pytest.raises((TenancyError, LookupError)):
        queries.results_in([both_networks["near"]])


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("headoffice", 200),
        ("admin", 403),
        ("reviewer", 403),
        ("shopper", 404),
        ("manager", 404),
        ("staff", 404),
        ("far_headoffice", 404),
        ("far_manager", 404),
    ],
)
def test_only_head_office_of_the_network_reads_it(both_networks, client_of, person, status):
    assert client_of(person).get("/n/near/overview").status_code == status


def test_somebody_who_is_not_signed_in_is_asked_to(app, both_networks):
    assert anonymous(app).get("/n/near/overview").status_code == 303


def test_the_page_writes_nothing(app, world, both_networks, client_of, database):
    def counted() -> list[int]:
        with database.owner() as owner:
            return [
                owner.scalar(sa.select(sa.func.count()).select_from(table))
                for table in db.metadata.sorted_tables
                if table.name != "user_session"
            ]

    client = client_of("headoffice")
    before = counted()
    assert client.get("/n/near/overview").status_code == 200
    assert counted() == before
