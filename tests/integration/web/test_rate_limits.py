"""Guessing passwords is slow, whether the counter in Valkey answers or not."""

from __future__ import annotations

import dataclasses

import pytest
import redis

from csiapp.core.extensions import limiter
from csiapp.serving.valkey import running_valkey
from tests.factories.accounts import PASSWORD, give_password
from tests.support.client import anonymous

MANAGER = "manager@test.example"


@pytest.fixture(autouse=True)
def fresh_limits(app):
    limiter._fallback_storage.reset()


def guess(app, email=MANAGER, address="192.0.2.1", password="a wrong sentence"):
    client = anonymous(app)
    client.environ_base["REMOTE_ADDR"] = address
    return client.post("/sign-in", data={"email": email, "password": password})


def statuses(app, count, **guessed) -> list[int]:
    return [guess(app, **guessed).status_code for _ in range(count)]


def test_five_guesses_a_minute_from_one_address(app, world):
    assert statuses(app, 7) == [422] * 5 + [429] * 2


def test_the_answer_says_what_to_do(app, world):
    statuses(app, 5)
    page = guess(app)
    assert page.status_code == 429
    assert "Wait a few minutes, then try again." in page.text


def test_the_right_password_does_not_help_either(app, world):
    give_password(app, world.people["manager"])
    statuses(app, 5)
    assert guess(app, password=PASSWORD).status_code == 429


def test_one_address_spelt_in_many_ways_is_one_account(app, world):
    for email in (MANAGER, "MANAGER@test.example", " manager@test.example", "Manager@Test.Example"):
        guess(app, email=email)
    assert statuses(app, 2) == [422, 429]


def test_other_accounts_and_other_addresses_go_on(app, world):
    statuses(app, 6)
    assert guess(app, email="staff@test.example").status_code == 422
    assert guess(app, address="192.0.2.2").status_code == 422


def test_twenty_guesses_an_hour_at_one_account_from_anywhere(app, world):
    found = [guess(app, address=f"192.0.2.{number}").status_code for number in range(22)]
    assert found == [422] * 20 + [429] * 2


def test_an_account_that_there_is_not_is_limited_the_same(app, world):
    assert statuses(app, 6, email="nobody@test.example") == [422] * 5 + [429]


def test_looking_at_the_page_is_free(app, world):
    statuses(app, 6)
    assert anonymous(app).get("/sign-in").status_code == 200


def test_three_resets_an_hour(app, world):
    client = anonymous(app)
    found = [client.post("/reset", data={"email": MANAGER}).status_code for _ in range(4)]
    assert found == [303, 303, 303, 429]


def test_typing_the_password_again_is_limited_too(app, world, client_of):
    client = client_of("staff")
    found = [
        client.post("/account/confirm", data={"password": "wrong"}).status_code for _ in range(6)
    ]
    assert found == [422] * 5 + [429]


@pytest.fixture
def app_with_valkey(app, make_app, database, tmp_path):
    """An app whose limits are counted in a real Valkey, and how to kill that."""
    with running_valkey(tmp_path / "valkey") as url:
        settings = dataclasses.replace(database.settings, valkey_url=url)
        new = make_app(settings)
        limiter._storage_dead = False  # there is one limiter for all apps of the process
        yield new, redis.Redis.from_url(url)
    limiter.init_app(app)


@pytest.mark.serving
def test_the_limit_is_counted_in_valkey_for_all_processes(app_with_valkey, world):
    app, valkey = app_with_valkey
    assert statuses(app, 6) == [422] * 5 + [429]
    limiter._fallback_storage.reset()
    assert guess(app).status_code == 429
    keys = b" ".join(valkey.scan_iter())
    assert b"check_sign_in" in keys
    assert MANAGER.encode() not in keys


@pytest.mark.serving
def test_the_limit_holds_when_valkey_is_killed_meanwhile(app_with_valkey, world):
    app, valkey = app_with_valkey
    assert statuses(app, 3) == [422] * 3
    valkey.shutdown(nosave=True, now=True)
    with pytest.raises(redis.ConnectionError):
        valkey.ping()
    after = statuses(app, 8)
    assert after == [422] * 5 + [429] * 3, "counted anew in the process, and never an error"
