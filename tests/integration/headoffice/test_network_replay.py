"""Head office's replay: every dealership's last visits under an edition of the master set."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from csiapp.audits.models import VisitScore
from csiapp.audits.queries.replay import Standards, form_weights, replayed_everywhere
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.headoffice.replay import NetworkReplay, network_replay
from csiapp.standards.content import StandardsContent, standards_in
from csiapp.standards.exchange import write_yaml
from csiapp.standards.installation import install_master
from tests.factories import audits
from tests.factories.standards import CODE, at_work, reference_content
from tests.support.statements import statements_of
from tests.support.tables import cells

pytestmark = pytest.mark.db

PAGE = "/n/near/replay"
NEAR, NEXT = 11, 12


@pytest.fixture
def both_visited(world, states):
    """Both dealerships of the network on the same standards; "near" fails one item."""

    def build():
        audits.install(world, "near", "next")
        audits.published_visit(world, audits.STAGE_ONE_FAILURES)
        audits.published_visit(world, dealership="next")
        return world

    return states.reach("both_visited", build)


def edition(code: str = "ST040302", **fields: Any) -> StandardsContent:
    """The reference content with one standard that is other."""
    content = reference_content()
    standard = next(p.standard for p in standards_in(content) if p.standard["code"] == code)
    standard.update(fields)
    return content


def replayed(world, content: StandardsContent, person: str = "headoffice") -> NetworkReplay:
    with entered(world.network("near", person)):
        outcome = replayed_everywhere(CODE, Standards(content, {}))
        db.session.close()
    visits = [(line.dealership, line.replayed) for line in outcome.lines]
    return network_replay(visits, form_weights())


def test_the_edition_that_all_work_by_gives_the_official_scores_and_moves_nobody(app, both_visited):
    with app.app_context():
        found = replayed(both_visited, reference_content())
        with entered(both_visited.network()):
            official = dict(
                db.session.execute(
                    sa.select(VisitScore.tenant_id, VisitScore.final_index).where(
                        VisitScore.kind == "published"
                    )
                ).all()
            )
            db.session.close()
    assert {s.dealership: s.summary.after for s in found.standings} == official
    assert {s.dealership: s.summary.before for s in found.standings} == official
    assert [s.places_up for s in found.standings] == [0, 0]
    assert found.change == 0
    assert not found.everything.new_failures
    assert not found.everything.without_data


def test_an_edition_shows_indices_moves_and_new_failures(app, both_visited):
    with app.app_context():
        before = replayed(both_visited, reference_content())
        found = replayed(both_visited, edition(critical=True))
    near, other = (next(s for s in found.standings if s.dealership == d) for d in (NEAR, NEXT))
    assert near.summary.after == 850
    assert near.summary.new_failures == {"ST040302": 1}
    assert (near.place_before, near.place_after, near.places_up) == (2, 2, 0)
    assert (other.place_after, other.summary.change) == (1, 0)
    assert before.after > found.after


def test_another_network_is_not_in_it(app, both_visited):
    with app.app_context():
        with at_work(both_visited.network("far", "far_headoffice")):
            install_master(reference_content())
        with entered(both_visited.network("far", "far_headoffice")):
            assert replayed_everywhere(CODE, Standards(reference_content(), {})).lines == []
            db.session.close()


# --------------------------------------------------------------------------------------- pages


def test_the_page_shows_the_newest_edition_and_others_on_request(app, both_visited, client_of):
    with app.app_context(), at_work(both_visited.network()):
        first = install_master(reference_content()).id
        install_master(edition(critical=True))
    client = client_of("headoffice")
    page = client.get(PAGE).text
    assert "edition 2</h2>" in page
    rows = cells(page, "replay-table")
    assert [row[4] for row in rows[1:]] == ["1000", "850"]
    assert "ST040302" in page
    old = client.get(f"{PAGE}?edition={first}").text
    assert "edition 1</h2>" in old
    assert "No critical item fails that did not fail before." in old


def test_a_file_is_replayed_before_it_is_installed(both_visited, client_of):
    file = io.BytesIO(write_yaml(edition(critical=True)))
    page = client_of("headoffice").post(PAGE, data={"file": (file, "next.yaml")})
    assert page.status_code == 200
    assert "<h2>next.yaml</h2>" in page.text
    assert [row[4] for row in cells(page.text, "replay-table")[1:]] == ["1000", "850"]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "Choose a file first."),
        (b"\xff\xfe", "This is no YAML of a standard set."),
        (b"format: 1\n", "This file has faults."),
    ],
)
def test_a_bad_file_is_named(world, client_of, file, said):
    page = client_of("headoffice").post(PAGE, data={"file": (io.BytesIO(file), "x.yaml")})
    assert page.status_code == 422
    assert said in page.text


def test_a_file_that_could_not_be_installed_says_so(both_visited, client_of):
    file = io.BytesIO(write_yaml(edition(points=999)))
    page = client_of("headoffice").post(PAGE, data={"file": (file, "next.yaml")})
    assert "This file cannot be installed as it is" in page.text


def test_neither_page_writes_anything(app, both_visited, client_of):
    client = client_of("headoffice")
    file = io.BytesIO(write_yaml(edition(critical=True)))
    with statements_of(app) as statements:
        client.get(PAGE)
        client.post(PAGE, data={"file": (file, "next.yaml")})
    harmless = ("SELECT", "BEGIN", "UPDATE user_session")
    written = [s for s in statements if not s.startswith(harmless)]
    assert written == []
    assert "BEGIN IMMEDIATE" not in statements, "nobody waits to write while it is computed"


def test_the_number_of_queries_does_not_grow_with_dealerships_and_visits(app, world, client_of):
    with app.app_context():
        audits.install(world, "near", "next")
        audits.published_visit(world, audits.STAGE_ONE_FAILURES)
    client = client_of("headoffice")
    client.get(PAGE)
    with statements_of(app) as one:
        client.get(PAGE)
    with app.app_context():
        for shopper in ("shopper", "other_shopper"):
            audits.published_visit(
                world, audits.STAGE_ONE_FAILURES, dealership="next", shopper=shopper
            )
    with statements_of(app) as three:
        page = client.get(PAGE)
    assert len(cells(page.text, "replay-table")) == 3
    assert len(three) == len(one)


def test_without_visits_and_without_standards_the_page_says_so(app, world, client_of):
    client = client_of("headoffice")
    assert "The network has no standards yet" in client.get(PAGE).text
    with app.app_context():
        audits.install(world)
    assert "No visit to replay" in client.get(PAGE).text


def test_only_head_office_may_see_it(world, client_of):
    assert client_of("reviewer").get(PAGE).status_code == 403
    assert client_of("manager").get(PAGE).status_code == 404
