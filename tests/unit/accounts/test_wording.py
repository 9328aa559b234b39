"""Browsers in a few words; sentences of the activity log."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel, lazy_gettext

from csiapp.accounts import activity_wording
from csiapp.accounts.wording import ROLE_NAMES, device
from csiapp.core.permissions import Role

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def words():
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("(iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0", "WeChat, iPhone"),
        ("(Macintosh; Intel Mac OS X 14) Version/18 Safari/605.1.15", "Safari, macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0", "Firefox, Linux"),
        ("", "Unknown device"),
        ("curl/8", "Unknown device"),
    ],
)
def test_a_device_is_named_by_browser_and_system(user_agent, shown):
    assert device(user_agent) == shown


def test_every_role_has_a_name():
    assert set(ROLE_NAMES) == set(Role)


def test_a_sentence_shows_values_in_words():
    shown = activity_wording.sentence(
        "person.role_changed", {"before": "staff", "role": "manager", "place": "D11"}
    )
    assert shown == "changed a role from “Staff” to “Dealer manager” D11"


def test_a_sentence_lives_with_values_that_are_missing_or_unknown():
    assert activity_wording.sentence("person.invited", {}) == "invited somebody as: – –"
    shown = activity_wording.sentence("person.invited", {"role": "king", "place": ""})
    assert shown == "invited somebody as: king "


def test_the_words_for_a_value_hold_only_for_the_sentences_they_came_with():
    activity_wording.describe({"test.ordered": lazy_gettext("ordered")})
    assert activity_wording.sentence("test.ordered", {"before": ["S02", "S01"]}) == "ordered"


def test_an_unknown_verb_is_shown_as_it_is():
    assert activity_wording.sentence("no.such_verb", {"a": 1}) == "no.such_verb"


def test_a_value_cannot_break_a_sentence():
    activity_wording.describe({"test.percent": lazy_gettext("noted %(what)s")})
    assert activity_wording.sentence("test.percent", {"what": "%(x)s 100%"}) == "noted %(x)s 100%"
