"""The person's own account: devices, password, language, appearance."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import UserSession
from csiapp.core.extensions import db
from tests.factories.accounts import PASSWORD, give_password
from tests.support.client import anonymous, sign_in_as

pytestmark = pytest.mark.db

NEW = "another long sentence"


@pytest.fixture
def staff(app, world):
    give_password(app, world.people["staff"])
    return sign_in_as(app, world.people["staff"])


def session_ids(app, user_id):
    with app.app_context():
        query = sa.select(UserSession.id).where(
            UserSession.user_id == user_id, UserSession.revoked_at.is_(None)
        )
        found = list(db.session.scalars(query.order_by(UserSession.created_at)))
        db.session.close()
        return found


def test_changing_the_password_keeps_this_device_and_signs_out_the_others(app, world, staff):
    other = sign_in_as(app, world.people["staff"])
    answer = staff.post("/account/password", data={"password": PASSWORD, "new_password": NEW})
    assert answer.location == "/account"
    assert staff.get("/account").status_code == 200
    assert other.get("/account").location == "/sign-in?next=/account"
    sign_in = {"email": "staff@test.example", "password": NEW}
    assert anonymous(app).post("/sign-in", data=sign_in).status_code == 303


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"password": "wrong", "new_password": NEW}, "This is not your present password."),
        ({"password": PASSWORD, "new_password": "short"}, "Use at least 12 characters."),
        ({"password": "", "new_password": NEW}, "Type your present password."),
        ({"password": PASSWORD, "new_password": ""}, "Type a new password."),
    ],
)
def test_a_password_is_not_changed_by_mistake(app, world, staff, data, message):
    answer = staff.post("/account/password", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    sign_in = {"email": "staff@test.example", "password": PASSWORD}
    assert anonymous(app).post("/sign-in", data=sign_in).status_code == 303


def test_another_device_can_be_signed_out(app, world, staff):
    other = sign_in_as(app, world.people["staff"])
    assert "This device" in staff.get("/account").text
    _own, foreign = session_ids(app, world.people["staff"])
    assert staff.post(f"/account/sessions/{foreign}/end").status_code == 303
    assert other.get("/account").status_code == 303
    assert staff.get("/account").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(app, world, staff, client_of):
    client_of("manager")
    (foreign,) = session_ids(app, world.people["manager"])
    assert staff.post(f"/account/sessions/{foreign}/end").status_code == 404
    assert session_ids(app, world.people["manager"]) == [foreign]


def test_all_other_devices_can_be_signed_out(app, world, staff):
    for _ in range(3):
        sign_in_as(app, world.people["staff"])
    assert staff.post("/account/sessions/end-others").status_code == 303
    assert len(session_ids(app, world.people["staff"])) == 1
    assert staff.get("/account").status_code == 200


def test_language_and_appearance_stay_with_the_account(app, world, staff):
    staff.post("/preferences", data={"language": "zh"})
    staff.post("/preferences", data={"theme": "dark"})
    elsewhere = sign_in_as(app, world.people["staff"]).get("/account").text
    assert 'lang="zh-CN"' in elsewhere
    assert 'data-bs-theme="dark"' in elsewhere


def test_language_and_appearance_can_be_chosen_without_an_account(app, world):
    visitor = anonymous(app)
    answer = visitor.post(
        "/preferences", data={"language": "zh", "theme": "light", "next": "/reset?"}
    )
    assert answer.location == "/reset"
    page = visitor.get("/reset").text
    assert 'lang="zh-CN"' in page
    assert 'data-bs-theme="light"' in page


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_the_language_chosen_on_the_sign_in_page_stays_after_it(app, world, staff, language, tag):
    visitor = anonymous(app)
    visitor.post("/preferences", data={"language": language})
    visitor.post("/sign-in", data={"email": "staff@test.example", "password": PASSWORD})
    assert f'lang="{tag}"' in visitor.get("/account").text
    assert f'lang="{tag}"' in staff.get("/account").text


@pytest.mark.parametrize("data", [{"language": "xx"}, {"theme": "pink"}, {"language": "zh-CN"}])
def test_a_language_that_there_is_not_is_refused(app, world, data):
    visitor = anonymous(app)
    assert visitor.post("/preferences", data=data).status_code == 422
    assert visitor.get_cookie("lang") is None


def test_choosing_a_language_never_leaves_the_product(app, world):
    answer = anonymous(app).post(
        "/preferences", data={"language": "zh", "next": "https://evil.example/"}
    )
    assert answer.location == "/"
