"""Signing in and out through the pages."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Membership, User, UserSession
from csiapp.core.extensions import db
from tests.factories.accounts import PASSWORD, give_password
from tests.support.client import anonymous

pytestmark = pytest.mark.db


@pytest.fixture
def visitor(app, world):
    for name in ("manager", "staff", "headoffice"):
        give_password(app, world.people[name])
    return anonymous(app)


def sign_in(client, email="manager@test.example", password=PASSWORD, **more):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def live_sessions(app):
    with app.app_context():
        found = db.session.scalars(
            sa.select(UserSession).where(UserSession.revoked_at.is_(None))
        ).all()
        db.session.close()
        return found


def test_the_right_password_leads_home(visitor):
    answer = sign_in(visitor)
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/").location == "/t/near/"
    assert "Test dealership near" in visitor.get("/t/near/").text


def test_the_address_is_found_however_it_is_written(visitor):
    assert sign_in(visitor, email="  Manager@TEST.example ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("manager@test.example", "not the right sentence"),
        ("nobody@test.example", PASSWORD),
        ("reviewer@test.example", PASSWORD),  # has no password yet
    ],
)
def test_a_failure_never_says_which_part_was_wrong(visitor, email, password):
    answer = sign_in(visitor, email, password)
    assert answer.status_code == 422
    assert "The e-mail address or the password is wrong." in answer.text
    assert password not in answer.text


def test_signing_in_begins_a_new_cookie_and_ends_the_session_before(app, visitor):
    sign_in(visitor)
    before = visitor.get_cookie("s").value
    with visitor.session_transaction() as cookie:
        cookie["csrf_token"] = "0" * 40
        cookie["planted"] = "by somebody else"
    assert sign_in(visitor, email="staff@test.example").status_code == 303
    assert visitor.get_cookie("s").value != before
    with visitor.session_transaction() as cookie:
        assert "planted" not in cookie
    assert len(live_sessions(app)) == 1


def test_going_on_to_where_one_wanted_to_go(app, visitor):
    asked = anonymous(app).get("/t/near/?page=2")
    assert asked.location == "/sign-in?next=/t/near/?page%3D2"
    assert sign_in(visitor, next="/t/near/?page=2").location == "/t/near/?page=2"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "/a\r\nb", "x"],
)
def test_going_on_never_leaves_the_product(visitor, target):
    assert sign_in(visitor, next=target).location == "/"


def test_signing_out_ends_the_session_on_the_server(app, visitor):
    sign_in(visitor)
    kept = visitor.get_cookie("s").value
    page = visitor.get("/account").text
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = visitor.post("/sign-out", headers={"X-CSRFToken": token})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert live_sessions(app) == []
    thief = app.test_client()
    thief.set_cookie("s", kept)
    assert thief.get("/account").location == "/sign-in?next=/account"


def test_who_is_signed_in_does_not_see_the_sign_in_page(client_of):
    assert client_of("manager").get("/sign-in?next=/account").location == "/account"


def test_an_expired_session_asks_to_sign_in_again(app, client_of, database):
    client = client_of("manager")
    with database.owner() as connection:
        connection.execute(
            sa.text("UPDATE user_session SET last_seen_at = '2020-01-01 00:00:00+00:00'")
            if database.settings.database_url.startswith("postgresql")
            else sa.text("UPDATE user_session SET last_seen_at = '2020-01-01 00:00:00.000000'")
        )
    assert client.get("/t/near/").location == "/sign-in?next=/t/near/"


def test_only_a_demo_lists_its_accounts(app, world, monkeypatch):
    with app.app_context():
        user = User(email="manager@demo.example", name="Demo", password_hash="x")
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, network_id=1, role="reviewer"))
        db.session.commit()
        db.session.close()
    assert "demo.example" not in anonymous(app).get("/sign-in").text
    demo = dataclasses.replace(app.extensions["csiapp.settings"], environment="demo")
    monkeypatch.setitem(app.extensions, "csiapp.settings", demo)
    page = anonymous(app).get("/sign-in?next=/account").text
    assert 'href="/sign-in?email=manager@demo.example&amp;next=/account"' in page
    assert "test.example" not in page
    chosen = anonymous(app).get("/sign-in?email=manager@demo.example").text
    assert 'value="manager@demo.example"' in chosen


def test_who_is_signed_in_is_found_while_somebody_writes(app, world, client_of, database):
    """On SQLite a request that only finds out who asks must not wait for the one writer."""
    client = client_of("manager")
    with database.owner() as connection:
        connection.execute(sa.text("UPDATE network SET locale = 'en'"))
        begin = time.monotonic()
        assert client.post("/n/near/people/invite").status_code == 404
        assert time.monotonic() - begin < 4


def test_htmx_is_sent_to_the_sign_in_page(app, world):
    answer = anonymous(app).get("/t/near/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/t/near/")
