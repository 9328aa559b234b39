"""A trend breaks where the standards of two visits differ too much to be compared."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.standards.models import Standard
from csiapp.standards.queries import published_version
from csiapp.standards.queries.comparing import comparable_shares
from csiapp.standards.services import publish, start_draft
from tests.factories import audits
from tests.factories.standards import at_work, the_set
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

RESULTS = "/t/near/results"
NUMERIC = ("count", "duration", "percentage")


def republished(world, *kinds: str):
    """A next version, in which every standard of these kinds has another tolerance."""
    with at_work(world.tenant()):
        draft = start_draft(the_set())
        rows = db.session.scalars(
            sa.select(Standard).where(
                Standard.version_id == draft.id, Standard.measure_type.in_(kinds)
            )
        )
        for row in rows:
            row.tolerance = (row.tolerance or 0) + 1
        db.session.flush()
        return publish(the_set(), "Another measure", draft.edit).id


def in_force(world):
    with entered(world.tenant()):
        version = published_version(the_set())
        db.session.close()
        return version.id


@pytest.mark.usefixtures("good_visit")
def test_the_line_breaks_where_too_much_of_the_standards_changed(app, audited, client_of):
    with app.app_context():
        republished(audited, *NUMERIC)
        audits.published_visit(audited, audits.STAGE_ONE_FAILURES, shopper="other_shopper")
    page = client_of("manager").get(RESULTS).text
    assert "Other standards</text>" in page
    assert "Not comparable with the visit before" in page
    assert "against the visit before" not in page


@pytest.mark.usefixtures("good_visit")
def test_a_small_change_of_the_standards_breaks_nothing(app, audited, client_of):
    with app.app_context():
        republished(audited, "percentage")
        audits.published_visit(audited, audits.STAGE_ONE_FAILURES, shopper="other_shopper")
    page = client_of("manager").get(RESULTS).text
    assert "Other standards" not in page
    assert "against the visit before" in page


def test_shares_are_told_for_many_pairs_with_two_queries_and_then_with_one(app, audited):
    with app.app_context():
        first = in_force(audited)
        second = republished(audited, "duration")
        with entered(audited.network()):
            with statements_of(app) as same:
                assert comparable_shares({(first, first)}) == {(first, first): Fraction(1)}
            with statements_of(app) as asked:
                shares = comparable_shares({(first, second), (second, first), (first, first)})
            with statements_of(app) as again:
                comparable_shares({(first, second)})
            db.session.close()
    assert same == []
    assert len(asked) == 2
    assert len(again) == 1
    assert shares[first, second] == shares[second, first] < 1
    assert shares[first, first] == 1
