"""A tablet's token opens one visit, for its shopper, for a time."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Membership, User
from csiapp.audits.models import Visit, VisitToken
from csiapp.audits.services.tokens import revoke_tokens
from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.extensions import db
from tests.factories.tablet import assign, at_work, tablet_of
from tests.factories.world import today

pytestmark = pytest.mark.db

HEADER = {"X-Requested-With": "csiapp"}


def change(app, world, model, condition, **values) -> None:
    with at_work(app, world.tenant()):
        db.session.execute(sa.update(model).where(condition).values(**values))


def refused(tablet) -> bool:
    return tablet.send(tablet.event("V001", {"value": 3})).status_code == 401


def test_only_the_hash_of_a_token_is_kept(app, tablet):
    with app.app_context():
        row = db.session.scalars(sa.select(VisitToken)).one()
        assert tablet.token not in {str(value) for value in vars(row).values()}


def test_a_token_opens_its_own_visit_only(app, world, client_of, form_id, tablet):
    tablet.visit_id = assign(app, world, form_id)

    assert refused(tablet)


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000])
def test_a_made_up_token_opens_nothing(tablet, token):
    tablet.token = token

    answer = tablet.send(tablet.event("V001", {"value": 3}))

    assert answer.status_code == 401
    assert answer.json["error"]["message"]


def test_an_expired_token_opens_nothing(app, world, tablet):
    change(app, world, VisitToken, VisitToken.on_visit == tablet.visit_id, expires_at=utcnow())

    assert refused(tablet)


def test_a_token_lasts_fourteen_days_after_the_due_date(app, tablet):
    with app.app_context():
        expires = db.session.scalar(sa.select(VisitToken.expires_at))
    due = today() + dt.timedelta(days=10)
    assert expires.date() == due + dt.timedelta(days=14)


def test_a_revoked_token_opens_nothing_and_a_new_one_does(app, world, client_of, tablet):
    with at_work(app, world.tenant()):
        revoke_tokens(tablet.visit_id)

    assert refused(tablet)
    fresh = tablet_of(client_of("shopper"), app, tablet.visit_id)
    assert not refused(fresh)


def test_a_token_dies_when_the_visit_goes_to_another_shopper(app, world, tablet):
    change(app, world, Visit, Visit.id == tablet.visit_id, shopper_id=world.people["other_shopper"])

    assert refused(tablet)


@pytest.mark.parametrize(
    "end",
    [
        lambda holder: sa.update(User).where(User.id == holder).values(active=False),
        lambda holder: sa.delete(Membership).where(Membership.user_id == holder),
    ],
    ids=["account closed", "role taken away"],
)
def test_a_token_dies_with_its_holders_access(app, world, tablet, end):
    with app.app_context():
        allowed = writing.set(True)
        db.session.execute(end(world.people["shopper"]))
        db.session.commit()
        db.session.close()
        writing.reset(allowed)

    assert refused(tablet)


@pytest.mark.parametrize("person", ["other_shopper", "far_shopper", "manager", "headoffice"])
def test_nobody_else_mints_a_token(client_of, visit_id, person):
    answer = client_of(person).post(f"/v/{visit_id}/token", headers=HEADER)

    assert answer.status_code == 404


def test_minting_needs_a_session_and_the_header_but_no_csrf_token(app, client_of, visit_id):
    shopper = client_of("shopper")
    shopper.environ_base.pop("HTTP_X_CSRFTOKEN", None)

    assert app.test_client().post(f"/v/{visit_id}/token", headers=HEADER).status_code == 303
    assert shopper.post(f"/v/{visit_id}/token").status_code == 403
    cross_site = HEADER | {"Sec-Fetch-Site": "cross-site"}
    assert shopper.post(f"/v/{visit_id}/token", headers=cross_site).status_code == 403
    assert shopper.post(f"/v/{visit_id}/token", headers=HEADER).status_code == 200


def test_a_visit_that_was_not_accepted_gets_no_token(app, client_of, world, form_id):
    visit_id = assign(app, world, form_id, state="assigned")

    assert client_of("shopper").post(f"/v/{visit_id}/token", headers=HEADER).status_code == 409


def test_a_visit_long_past_gets_no_token(app, client_of, world, form_id):
    visit_id = assign(app, world, form_id, due_on=today() - dt.timedelta(days=16))

    answer = client_of("shopper").post(f"/v/{visit_id}/token", headers=HEADER)

    assert answer.status_code == 410
    assert "Too late to send" in answer.json["error"]["message"]  # the tablet shows it


def test_a_cookie_alone_opens_no_tablet_endpoint(client_of, visit_id):
    answer = client_of("shopper").post(f"/api/v/{visit_id}/events", json={"events": []})

    assert answer.status_code == 401


def test_a_token_is_no_session(app, tablet):
    answer = tablet._client.get(f"/v/{tablet.visit_id}/photos/{'0' * 64}")

    assert answer.status_code == 303
