"""Homes, the way between places, navigation, and the activity log."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.accounts import home
from csiapp.accounts.home import Card, home_card
from csiapp.accounts.models import Membership
from csiapp.core.activity import record
from csiapp.core.extensions import db
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind
from tests.factories.standards import at_work

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    ("person", "place"),
    [
        ("manager", "/t/near/"),
        ("staff", "/t/near/"),
        ("headoffice", "/n/near/"),
        ("reviewer", "/n/near/"),
        ("admin", "/n/near/"),
        ("shopper", "/s/near/"),
        ("next_manager", "/t/next/"),
    ],
)
def test_who_has_one_place_is_led_there(client_of, person, place):
    assert client_of(person).get("/").location == place


def test_a_shopper_is_led_to_the_visits(client_of):
    assert client_of("shopper").get("/s/near/").location == "/s/near/visits"


@pytest.fixture
def at_two_places(app, world, client_of):
    """The manager of "near", who is also a reviewer of network "far"."""
    with app.app_context():
        db.session.add(Membership(user_id=world.people["manager"], network_id=2, role="reviewer"))
        db.session.commit()
        db.session.close()
    return client_of("manager")


def test_who_has_several_places_chooses(at_two_places):
    page = at_two_places.get("/").text
    assert 'href="/t/near/"' in page
    assert 'href="/n/far/"' in page
    assert "Reviewer" in page
    assert 'popovertarget="nav"' not in page  # no place yet, so no menu of one


def test_every_place_has_its_own_menu_and_role(at_two_places):
    near, far = at_two_places.get("/t/near/").text, at_two_places.get("/n/far/").text
    assert 'href="/t/near/standards"' in near
    assert 'href="/t/near/standards"' not in far
    assert 'href="/n/far/reviews"' in far
    assert "Dealer manager" in near
    assert 'aria-current="true"' in near


def menu(page: str) -> list[str]:
    part = page.split('<ul class="nav-list">')[1].split("</ul>", maxsplit=1)[0]
    return [piece.split("</span>")[0] for piece in part.split("<span>")[1:]]


@pytest.mark.parametrize(
    ("person", "path", "entries"),
    [
        ("staff", "/t/near/", ["Home", "Standards", "My training"]),
        (
            "manager",
            "/t/near/",
            [
                *("Home", "Standards", "Audit forms", "Training", "My training", "Results"),
                "Activity",
            ],
        ),
        ("admin", "/n/near/", ["Home", "People", "Activity"]),
        ("reviewer", "/n/near/", ["Home", "Visits", "Reviews", "Reports"]),
    ],
)
def test_the_menu_shows_what_the_role_may(client_of, person, path, entries):
    assert menu(client_of(person).get(path).text) == entries


def test_the_menu_marks_where_one_is(client_of):
    page = client_of("admin").get("/n/near/people/invite").text
    marked = page.split('aria-current="page"')[1].split("</a>")[0]
    assert "People" in marked


def test_a_home_shows_the_cards_of_ones_permissions(client_of, monkeypatch):
    monkeypatch.setattr(home, "_makers", [])
    home_card(ScopeKind.TENANT, Permission.STANDARDS_EDIT)(
        lambda: Card("Draft standards", 3, "not published", "/x", "warn")
    )
    home_card(ScopeKind.TENANT, Permission.TRAINING_OWN)(
        lambda: Card("My training", 2, "to do", "/y")
    )
    home_card(ScopeKind.TENANT, Permission.STANDARDS_READ)(lambda: None)
    home_card(ScopeKind.NETWORK, Permission.STANDARDS_EDIT)(
        lambda: Card("Of a network", 1, "", "/z")
    )
    manager, staff = (client_of(person).get("/t/near/").text for person in ("manager", "staff"))
    assert "Draft standards" in manager
    assert "My training" in manager
    assert "Draft standards" not in staff
    assert "My training" in staff
    assert "Of a network" not in manager
    monkeypatch.setattr(home, "_makers", [])
    assert "Nothing waits for you" in client_of("staff").get("/t/near/").text


# ------------------------------------------------------------------------------------- activity


@pytest.fixture
def noted(app, world):
    """Three entries in the log of "near": by its manager, a shopper, and head office."""
    with app.app_context():
        for person in ("manager", "shopper", "headoffice"):
            with at_work(world.tenant(person=person)):
                record("test.noted", "thing", "1", {"by": person})


def test_the_log_names_colleagues_and_head_office_and_never_a_shopper(noted, client_of):
    page = client_of("manager").get("/t/near/activity").text
    assert "Test manager" in page
    assert "Test headoffice" in page
    assert "Test shopper" not in page
    assert "Mystery shopper" in page


def test_the_log_of_another_dealership_is_another(noted, client_of):
    assert "Nothing happened yet" in client_of("next_manager").get("/t/next/activity").text


def test_the_log_of_the_network_holds_what_an_administrator_did(client_of):
    admin = client_of("admin")
    admin.post("/n/near/people/invite", data={"email": "a@b.example", "role": "reviewer"})
    admin.get("/n/near/people")  # shows the message that names the address
    page = admin.get("/n/near/activity").text
    assert "invited somebody as: Reviewer" in page
    assert "Test admin" in page
    assert "a@b.example" not in page


def test_the_log_can_be_checked(noted, client_of):
    page = client_of("manager").get("/t/near/activity?check=1").text
    assert "The log is whole" in page


def test_a_log_that_was_altered_says_where(noted, client_of, database):
    with database.owner() as connection:
        if database.settings.sqlite:
            connection.execute(sa.text("DROP TRIGGER append_only_update_activity_entry"))
        else:
            connection.execute(sa.text("ALTER TABLE activity_entry DISABLE TRIGGER append_only"))
        connection.execute(sa.text("UPDATE activity_entry SET verb = 'x' WHERE seq = 2"))
    page = client_of("manager").get("/t/near/activity?check=1").text
    assert "entry 2 does not fit" in page


def test_a_long_log_has_pages(app, world, client_of):
    with app.app_context(), at_work(world.tenant()):
        for number in range(60):
            record("test.noted", "thing", str(number))
    manager = client_of("manager")
    assert "Page 1 of 2" in manager.get("/t/near/activity").text
    assert "Page 2 of 2" in manager.get("/t/near/activity?page=2").text
    assert manager.get("/t/near/activity?page=3").status_code == 404
