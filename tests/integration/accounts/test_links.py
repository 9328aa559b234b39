"""Links that work once: resets, their mail, and many who use one link at once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from csiapp.accounts import chores, tokens
from csiapp.accounts.models import MailOutbox, OneTimeToken, UserSession
from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.errors import Gone
from csiapp.core.extensions import db
from tests.factories.accounts import PASSWORD, give_password, link_in_newest_mail
from tests.support.client import anonymous, sign_in_as

pytestmark = pytest.mark.db

STAFF = "staff@test.example"
NEW = "another long sentence"


@pytest.fixture
def visitor(app, world):
    give_password(app, world.people["staff"])
    return anonymous(app)


def ask_for_reset(app, visitor) -> str:
    assert visitor.post("/reset", data={"email": STAFF}).status_code == 303
    return link_in_newest_mail(app, STAFF)


def can_sign_in(app, password: str) -> bool:
    answer = anonymous(app).post("/sign-in", data={"email": STAFF, "password": password})
    return answer.status_code == 303


def test_a_reset_sets_a_new_password_once(app, visitor):
    link = ask_for_reset(app, visitor)
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, data={"new_password": NEW}).location == "/sign-in"
    assert can_sign_in(app, NEW)
    assert not can_sign_in(app, PASSWORD)
    again = visitor.post(link, data={"new_password": "a third long sentence"})
    assert again.status_code == 410
    assert "This link was used already or is too old" in again.text


def test_a_reset_signs_out_everywhere_and_ends_older_links(app, world, visitor):
    signed_in = sign_in_as(app, world.people["staff"])
    first, second = ask_for_reset(app, visitor), ask_for_reset(app, visitor)
    visitor.post(second, data={"new_password": NEW})
    assert signed_in.get("/account").location == "/sign-in?next=/account"
    assert visitor.get(first).status_code == 410


@pytest.mark.parametrize("password", ["", "too short", "x" * 201, STAFF])
def test_a_bad_password_leaves_the_link_good(app, visitor, password):
    link = ask_for_reset(app, visitor)
    assert visitor.post(link, data={"new_password": password}).status_code == 422
    assert visitor.post(link, data={"new_password": NEW}).status_code == 303


def test_looking_at_a_link_does_not_use_it_up(app, visitor):
    link = ask_for_reset(app, visitor)
    for _ in range(3):
        assert anonymous(app).get(link).status_code == 200
        assert anonymous(app).head(link).status_code == 200


def test_a_link_ends_after_its_time(app, visitor, database):
    link = ask_for_reset(app, visitor)
    late = utcnow() - dt.timedelta(seconds=1)
    with app.app_context():
        db.session.execute(sa.update(OneTimeToken).values(expires_at=late))
        db.session.commit()
        db.session.close()
    assert visitor.get(link).status_code == 410
    assert visitor.post(link, data={"new_password": NEW}).status_code == 410
    assert can_sign_in(app, PASSWORD)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(app, visitor):
    known = visitor.post("/reset", data={"email": STAFF})
    unknown = visitor.post("/reset", data={"email": "nobody@test.example"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    with app.app_context():
        recipients = db.session.scalars(sa.select(MailOutbox.recipient)).all()
        db.session.close()
    assert recipients == [STAFF]


def test_a_link_for_one_purpose_opens_nothing_else(app, visitor):
    secret = ask_for_reset(app, visitor).rpartition("/")[2]
    assert visitor.get(f"/invitation/{secret}").status_code == 410


def test_the_database_holds_no_secret(app, visitor, database):
    secret = ask_for_reset(app, visitor).rpartition("/")[2]
    assert len(secret) >= 43  # 256 bits
    with database.owner() as connection:
        rows = connection.execute(sa.select(OneTimeToken.__table__)).all()
    assert secret not in repr(rows)


def test_of_sixteen_at_once_one_succeeds(app, world):
    with app.app_context():
        token = writing.set(True)
        _row, secret = tokens.issue(tokens.Purpose.RESET, STAFF, user_id=world.people["staff"])
        db.session.commit()
        db.session.close()
        writing.reset(token)
    start, outcomes = threading.Barrier(16), []

    def use() -> None:
        with app.app_context():
            writing.set(True)
            start.wait()
            try:
                tokens.consume(secret, tokens.Purpose.RESET)
                db.session.commit()
                outcomes.append("used")
            except Gone:
                outcomes.append("gone")
            finally:
                db.session.close()

    threads = [threading.Thread(target=use) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone"] * 15 + ["used"]


def test_mail_is_written_in_the_language_of_its_reader(app, world, visitor):
    for locale, subject in (("zh", "设置新密码"), ("en", "Set a new password")):
        client = sign_in_as(app, world.people["staff"])
        client.post("/preferences", data={"language": locale})
        ask_for_reset(app, visitor)
        with app.app_context():
            newest = db.session.scalars(
                sa.select(MailOutbox).order_by(MailOutbox.created_at.desc())
            ).first()
            assert newest.subject == subject
            db.session.close()


def test_what_ended_long_ago_is_forgotten(app, world, visitor):
    ask_for_reset(app, visitor)
    sign_in_as(app, world.people["staff"])
    with app.app_context():
        chores.forget()
        assert _counts() == (1, 1, 1)
        long_ago = utcnow() - dt.timedelta(days=90)
        db.session.execute(sa.update(OneTimeToken).values(expires_at=long_ago))
        db.session.execute(sa.update(MailOutbox).values(created_at=long_ago))
        db.session.execute(sa.update(UserSession).values(last_seen_at=long_ago))
        db.session.commit()
        db.session.close()
        chores.forget()
        assert _counts() == (0, 0, 0)


def _counts() -> tuple[int, ...]:
    models = (OneTimeToken, MailOutbox, UserSession)
    counts = tuple(
        db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in models
    )
    db.session.close()
    return counts
