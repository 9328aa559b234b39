"""How passwords are kept, and which are refused."""

from __future__ import annotations

import threading
import time

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from csiapp.accounts import passwords

pytestmark = pytest.mark.unit

GOOD = "a long enough sentence"


@pytest.fixture
def words():
    """A context in which messages can be translated."""
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def test_the_hash_is_argon2id_with_owasps_parameters():
    assert passwords.hash_password(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_same_password_fits():
    stored = passwords.hash_password(GOOD)
    assert passwords.password_fits(GOOD, stored)
    assert not passwords.password_fits(GOOD + " ", stored)
    assert not passwords.password_fits(GOOD, None)
    assert not passwords.password_fits(GOOD, "not a hash")


@settings(max_examples=5, deadline=None)
@given(st.text(min_size=12, max_size=40))
def test_any_text_can_be_a_password(text):
    assert passwords.password_fits(text, passwords.hash_password(text))


def test_full_width_characters_are_the_same_password():
    assert passwords.password_fits(
        "１２３４５６ａｂｃｄｅｆ", passwords.hash_password("123456abcdef")
    )


def test_an_older_hash_is_made_anew():
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert passwords.needs_rehash(weak)
    assert not passwords.needs_rehash(passwords.hash_password(GOOD))


def test_nobody_is_checked_with_the_same_parameters_as_somebody():
    assert not passwords.needs_rehash(passwords._NOBODY)


def test_an_unknown_account_takes_as_long_as_a_wrong_password():
    stored = passwords.hash_password(GOOD)

    def fastest(known: str | None) -> float:
        times = []
        for _ in range(7):
            begin = time.process_time()
            passwords.password_fits("something else entirely", known)
            times.append(time.process_time() - begin)
        return min(times)

    wrong, unknown = fastest(stored), fastest(None)
    assert 0.5 < unknown / wrong < 2


def test_at_most_four_hashes_are_made_at_once(monkeypatch):
    running, most, lock = 0, 0, threading.Lock()

    class Slow:
        def verify(self, _stored: str, _password: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [
        threading.Thread(target=passwords.password_fits, args=(GOOD, "stored")) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 4


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("x" * 11, "Use at least 12 characters."),
        ("x" * 12, None),
        ("x" * 200, None),
        ("x" * 201, "Use at most 200 characters."),
        ("Somebody@test.example", "The e-mail address cannot be the password."),
        ("aaaaaaaaaaaa", None),
    ],
)
def test_what_is_asked_of_a_new_password(words, password, message):
    assert passwords.problem_with(password, "somebody@test.example") == message
