"""Three hundred dealerships cost as many queries as three, and no table is read whole."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests.support.statements import statements_of
from tests.support.tables import cells

pytestmark = pytest.mark.db

PAGE = "/n/near/overview"
GAP = [{"course": "TC08", "role": "SA", "staff": 3, "lacked": 1}]
LARGE = ("visit", "visit_score", "finding", "form_version")


def network_of(size: int):
    """Two waves over so many dealerships more, each result with two findings."""

    def work(stage):
        waves = [stage.wave(f"W{n}", dt.date(2026, n, 1)) for n in (3, 6)]
        region = stage.region("R")
        for number in range(100, 100 + size):
            stage.dealership(number, region=region)
            for wave in waves:
                made = stage.visit(number, wave, 600 + number, factors={"SI": "1/2", "SA": "1"})
                stage.finding(number, made, "10/3", courses=["TC08"], gap=GAP)
                stage.finding(number, made, f"{number}/7", standard_code=f"ST{number % 15}")

    return work


def asked(app, client, path: str = PAGE) -> tuple[list[str], str]:
    client.get(path)
    with statements_of(app) as statements:
        response = client.get(path)
    assert response.status_code == 200
    return statements, response.text


@pytest.mark.parametrize("path", [PAGE, "/n/near/"])
def test_the_number_of_queries_does_not_grow(app, write, client_of, database, path):
    client = client_of("headoffice")
    write(network_of(3))
    few, page = asked(app, client, path)
    assert path != PAGE or len(cells(page, "network-table")) == 1 + 3 + 2
    grow(write)
    many, page = asked(app, client, path)
    assert path != PAGE or len(cells(page, "network-table")) == 1 + 300 + 2
    assert len(many) == len(few)


def grow(write) -> None:
    """A newer wave over three hundred dealerships more."""

    def work(stage):
        wave = stage.wave("W9", dt.date(2026, 9, 1))
        region = stage.region("R9")
        for number in range(200, 500):
            stage.dealership(number, region=region)
            made = stage.visit(number, wave, 500 + number, factors={"SI": "1/2"})
            stage.finding(number, made, "10/3", courses=["TC08"], gap=GAP)

    write(work)


def test_every_large_table_is_read_by_an_index(app, write, client_of, database, database_kind):
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL reads small tables whole, whatever indexes they have")
    write(network_of(3))
    statements, _page = asked(app, client_of("headoffice"))
    plans = [plan for s in statements if (plan := plan_of(s, database))]
    steps = [step for plan in plans for step in plan]
    assert [s for s in steps if re.match(rf"SCAN ({'|'.join(LARGE)})", s)] == []
    assert any(
        "finding USING INDEX ix_finding_score (tenant_id=? AND score_id=?)" in s for s in steps
    )
    assert any("visit USING INDEX ix_visit_wave (network_id=? AND wave_id=?)" in s for s in steps)


def plan_of(statement: str, database) -> list[str]:
    """How SQLite reads a statement that names a large table; empty for others."""
    if not any(f" {name}" in statement for name in LARGE):
        return []
    with database.owner() as owner:
        blanks = (None,) * statement.count("?")
        plan = owner.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", blanks)
        return [row.detail for row in plan]
