"""The cookies: their names and flags, on a laptop and in production."""

from __future__ import annotations

import dataclasses

import pytest

from tests.factories.accounts import PASSWORD, give_password
from tests.support.client import anonymous

pytestmark = pytest.mark.db


def cookies_of(answer) -> dict[str, set[str]]:
    """Flags by cookie name; values and dates left out."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *flags = line.split("; ")
        found[first.partition("=")[0]] = {f for f in flags if not f.startswith("Expires=")}
    return found


def test_the_session_cookie_on_a_laptop(app, world):
    give_password(app, world.people["staff"])
    client = anonymous(app)
    answer = client.post("/sign-in", data={"email": "staff@test.example", "password": PASSWORD})
    assert cookies_of(answer)["s"] == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_the_cookies_in_production_travel_by_https_only(make_app, database, app, world):
    give_password(app, world.people["staff"])
    production = make_app(dataclasses.replace(database.settings, environment="production"))
    client = production.test_client()
    root = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/sign-in"}}
    page = client.get("/sign-in", **root)
    assert cookies_of(page)["__Host-s"] == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    token = page.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    form = {"email": "staff@test.example", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=form, **root)
    assert answer.status_code == 303
    flags = cookies_of(answer)["__Host-s"]
    assert flags == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    form = {"language": "zh", "theme": "dark", "csrf_token": _token(client, root)}
    preferences = cookies_of(client.post("/preferences", data=form, **root))
    for name in ("lang", "theme"):
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= preferences[name]


def _token(client, root) -> str:
    page = client.get("/account", **root).text
    return page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]


def test_production_refuses_a_form_from_a_page_without_https(make_app, database):
    production = make_app(dataclasses.replace(database.settings, environment="production"))
    client = production.test_client()
    page = client.get("/sign-in", base_url="https://localhost")
    token = page.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    answer = client.post(
        "/preferences",
        data={"language": "zh", "csrf_token": token},
        base_url="https://localhost",
        headers={"Referer": "http://localhost/sign-in"},
    )
    assert answer.status_code == 400


def test_the_cookie_tells_nothing_and_cannot_be_written_by_hand(app, world, client_of):
    client = client_of("staff")
    value = client.get_cookie("s").value
    assert str(world.people["staff"]) not in value
    client.set_cookie("s", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    assert client.get("/account").location == "/sign-in?next=/account"
