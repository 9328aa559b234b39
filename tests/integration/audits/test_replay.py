"""The replay page: the last visits rescored under a draft, and nothing written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from csiapp.audits.models import Visit
from csiapp.audits.queries.replay import form_weights, replayed_visits
from csiapp.audits.queries.scores import latest_score
from csiapp.audits.replay import summarised
from csiapp.audits.views.replay import standards_of
from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.standards import queries as standards
from csiapp.standards.models import Standard
from csiapp.standards.services import start_draft
from tests.factories import audits
from tests.factories.standards import CODE, at_work
from tests.factories.world import ZONE
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

PAGE = f"/t/near/standards/{CODE}/replay"


def outcome_of(world, *, draft: bool):
    with entered(world.tenant()):
        owner = standards.standard_set(CODE)
        published = standards.published_version(owner.id)
        version = standards.draft_version(owner.id) if draft else published
        found = replayed_visits(owner.id, standards_of(version, published), ZONE)
        db.session.close()
        return found


def drafted(world, code: str, **fields: Any) -> None:
    """A draft in which one standard is other."""
    with at_work(world.tenant()):
        draft = start_draft(standards.standard_set(CODE).id)
        row = db.session.scalars(
            sa.select(Standard).where(Standard.version_id == draft.id, Standard.code == code)
        ).one()
        for name, value in fields.items():
            setattr(row, name, value)


def test_the_version_in_force_replayed_under_itself_gives_the_official_scores(
    app, audited, good_visit
):
    with app.app_context():
        second = audits.published_visit(
            audited, audits.STAGE_ONE_FAILURES, shopper="other_shopper", scenario="SC4"
        )
        found = outcome_of(audited, draft=False)
        with entered(audited.tenant()):
            official = {v: latest_score(v, "published").final_index for v in (good_visit, second)}
            db.session.close()
    assert {line.visit_id: line.replayed.after for line in found.lines} == official
    assert {line.replayed.change for line in found.lines} == {0}
    summary = summarised(found.scored, form_weights())
    assert summary.change == 0
    assert summary.new_failures == {}
    assert summary.without_data == {}


@pytest.mark.usefixtures("poor_visit")
def test_a_draft_shows_what_its_changes_would_do(app, audited):
    with app.app_context():
        drafted(audited, "ST040302", critical=True)
        found = outcome_of(audited, draft=True)
    (line,) = found.lines
    assert line.replayed.new_failures == ("ST040302",)
    assert line.replayed.after == 850
    summary = summarised(found.scored, form_weights())
    assert summary.before > summary.after


def test_visits_of_long_ago_are_not_replayed(app, audited, good_visit):
    with app.app_context():
        with at_work(audited.tenant()):
            visit = db.session.scalars(sa.select(Visit).where(Visit.id == good_visit)).one()
            visit.published_at = utcnow() - dt.timedelta(days=91)
        assert outcome_of(audited, draft=False).lines == []


@pytest.mark.usefixtures("poor_visit")
def test_the_page_asks_as_much_for_two_visits_as_for_one(app, audited, client_of):
    with app.app_context():
        drafted(audited, "ST040302", critical=True)
    manager = client_of("manager")
    manager.get(PAGE)
    with statements_of(app) as one:
        assert manager.get(PAGE).status_code == 200
    with app.app_context():
        audits.published_visit(audited, audits.STAGE_ONE_FAILURES, shopper="other_shopper")
    with statements_of(app) as two:
        page = manager.get(PAGE)
    assert page.status_code == 200
    assert len(two) == len(one)


@pytest.mark.usefixtures("poor_visit")
def test_the_page_writes_nothing(app, audited, client_of):
    with app.app_context():
        drafted(audited, "ST040302", critical=True)
    manager = client_of("manager")
    with statements_of(app) as statements:
        page = manager.get(PAGE)
    assert "850" in page.text
    written = [s for s in statements if not s.startswith(("SELECT", "UPDATE user_session"))]
    assert written == []


@pytest.mark.usefixtures("poor_visit")
def test_the_page_shows_draft_and_version_in_force(app, audited, client_of):
    with app.app_context():
        drafted(audited, "ST040302", critical=True)
    manager = client_of("manager")
    assert "Under the draft" in manager.get(PAGE).text
    in_force = manager.get(f"{PAGE}?published=1").text
    assert "Under version 1" in in_force
    assert "No critical item fails that did not fail before." in in_force


def test_without_visits_the_page_says_so(app, audited, client_of):
    assert "No visit to replay" in client_of("manager").get(PAGE).text


def test_another_set_is_not_found(app, audited, client_of):
    assert client_of("manager").get(PAGE.replace(CODE, "OTHER")).status_code == 404
