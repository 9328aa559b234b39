"""The administrator's people: list, invitations, roles."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Membership, User, UserSession
from csiapp.core.activity import first_broken_link
from csiapp.core.extensions import db
from csiapp.core.models import NetworkActivityEntry
from csiapp.core.tenancy import entered
from tests.factories.accounts import PASSWORD, give_password, link_in_newest_mail
from tests.support.client import anonymous
from tests.support.statements import statements_of

pytestmark = pytest.mark.db


@pytest.fixture
def admin(client_of):
    return client_of("admin")


@pytest.fixture
def membership_of(app, world):
    """The id of a person's membership, by the person's name."""

    def find(name: str) -> uuid.UUID:
        with app.app_context():
            found = db.session.scalar(
                sa.select(Membership.id).where(Membership.user_id == world.people[name])
            )
            db.session.close()
            return found

    return find


def membership(app, membership_id):
    with app.app_context():
        found = db.session.get(Membership, membership_id)
        db.session.close()
        return found


def live_sessions(app, user_id) -> int:
    with app.app_context():
        count = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(UserSession)
            .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        )
        db.session.close()
        return count


def verbs(app, world) -> list[str]:
    """The network's activity, oldest first; its chain must be whole."""
    with app.app_context(), entered(world.network(person="admin")):
        entries = db.session.scalars(
            sa.select(NetworkActivityEntry).order_by(NetworkActivityEntry.seq)
        ).all()
        assert first_broken_link() is None
        db.session.close()
        return [entry.verb for entry in entries]


def test_the_list_shows_this_network_and_nobody_of_another(admin):
    page = admin.get("/n/near/people").text
    assert "manager@test.example" in page
    assert "next_manager@test.example" in page
    assert "far_" not in page


@pytest.mark.parametrize(
    ("query", "shown", "left_out"),
    [
        ("q=next", "next_manager@", "admin@"),
        ("q=TEST+NEXT", "next_manager@", "admin@"),
        ("q=%25", "Nobody fits", "admin@"),
        ("role=shopper", "other_shopper@", "manager@"),
        ("state=inactive", "Nobody fits", "manager@"),
    ],
)
def test_the_list_can_be_filtered(admin, query, shown, left_out):
    page = admin.get(f"/n/near/people?{query}").text
    assert shown in page
    assert left_out not in page


def test_a_filter_that_the_form_cannot_have_sent_is_refused(admin):
    assert admin.get("/n/near/people?role=owner").status_code == 422


def test_only_the_list_is_swapped_when_htmx_filters(admin):
    answer = admin.get("/n/near/people?q=next", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div class="named-rows" id="people-list"')


def test_an_invitation_makes_an_account_that_can_sign_in(app, world, admin):
    answer = admin.post(
        "/n/near/people/invite",
        data={"email": " New@Test.example ", "role": "manager", "dealership": "12"},
    )
    assert answer.location == "/n/near/people"
    assert "new@test.example" in admin.get("/n/near/people").text
    link = link_in_newest_mail(app, "new@test.example")

    visitor = anonymous(app)
    assert "测试店 next" in visitor.get(link, headers={"Accept-Language": "zh"}).text
    joined = visitor.post(link, data={"name": "New Person", "new_password": PASSWORD})
    assert joined.location == "/sign-in?email=new@test.example"
    signed_in = visitor.post("/sign-in", data={"email": "new@test.example", "password": PASSWORD})
    assert signed_in.location == "/"
    assert visitor.get("/").location == "/t/next/"
    assert verbs(app, world) == ["person.invited", "invitation.accepted"]
    assert anonymous(app).post(link).status_code == 410
    assert anonymous(app).get(link).status_code == 410


def test_looking_at_an_invitation_does_not_use_it_up(app, admin):
    admin.post("/n/near/people/invite", data={"email": "a@b.example", "role": "reviewer"})
    link = link_in_newest_mail(app, "a@b.example")
    for _ in range(3):
        assert anonymous(app).get(link).status_code == 200
    assert anonymous(app).post(link, data={"name": "A", "new_password": "short"}).status_code == 422
    joined = anonymous(app).post(link, data={"name": "A", "new_password": PASSWORD})
    assert joined.status_code == 303


def test_an_invited_person_with_an_account_keeps_the_password(app, world, admin):
    give_password(app, world.people["far_manager"])
    admin.post(
        "/n/near/people/invite", data={"email": "far_manager@test.example", "role": "reviewer"}
    )
    link = link_in_newest_mail(app, "far_manager@test.example")
    attacker_wants = {"name": "x", "new_password": "another long sentence"}
    assert anonymous(app).post(link, data=attacker_wants).status_code == 303
    visitor = anonymous(app)
    email = "far_manager@test.example"
    answer = visitor.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303
    places = visitor.get("/").text
    assert "Test network near" in places
    assert "Test dealership far" in places


def test_a_withdrawn_invitation_works_no_more(app, world, admin):
    admin.post("/n/near/people/invite", data={"email": "a@b.example", "role": "reviewer"})
    page = admin.get("/n/near/people").text
    action = page.split("/withdraw")[0].rsplit('action="', 1)[1] + "/withdraw"
    link = link_in_newest_mail(app, "a@b.example")
    assert admin.post(action).status_code == 303
    assert anonymous(app).get(link).status_code == 410
    assert admin.post(action).status_code == 404
    assert "a@b.example" not in admin.get("/n/near/people").text
    assert verbs(app, world) == ["person.invited", "invitation.withdrawn"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"email": "x", "role": "reviewer"}, "This is not an e-mail address."),
        ({"email": "a@b.example", "role": "manager"}, "choose one"),
        ({"email": "a@b.example", "role": "reviewer", "dealership": "11"}, "choose no dealership"),
        ({"email": "a@b.example", "role": "manager", "dealership": "21"}, "Not a valid choice"),
        ({"email": "a@b.example", "role": "owner"}, "Not a valid choice"),
        ({"email": "manager@test.example", "role": "manager", "dealership": "11"}, "already"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(app, world, admin, data, message):
    answer = admin.post("/n/near/people/invite", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    assert verbs(app, world) == []


def test_a_changed_role_holds_at_once_and_signs_out(app, world, admin, client_of, membership_of):
    staff = client_of("staff")
    path = f"/n/near/people/{membership_of('staff')}"
    answer = admin.post(f"{path}/role", data={"role": "manager", "dealership": "12"})
    assert answer.location == "/n/near/people"
    assert staff.get("/t/near/").location == "/sign-in?next=/t/near/"
    assert client_of("staff").get("/t/near/").status_code == 404
    assert client_of("staff").get("/t/next/activity").status_code == 200
    assert verbs(app, world) == ["person.role_changed"]


def test_switching_off_and_on(app, world, admin, client_of, membership_of):
    path = f"/n/near/people/{membership_of('reviewer')}"
    client_of("reviewer")
    assert admin.post(f"{path}/deactivate").status_code == 303
    assert live_sessions(app, world.people["reviewer"]) == 0
    assert client_of("reviewer").get("/n/near/").status_code == 404
    assert "You have no access at present" in client_of("reviewer").get("/").text
    assert admin.post(f"{path}/reactivate").status_code == 303
    assert client_of("reviewer").get("/n/near/").status_code == 200
    assert verbs(app, world) == ["person.deactivated", "person.reactivated"]


@pytest.mark.parametrize(("action", "data"), [("deactivate", {}), ("role", {"role": "reviewer"})])
def test_a_second_invitation_does_not_give_back_what_was_taken_away(app, admin, action, data):
    email, links = "twice@b.example", []
    for _ in range(2):
        admin.post(
            "/n/near/people/invite", data={"email": email, "role": "manager", "dealership": "11"}
        )
        links.append(link_in_newest_mail(app, email))
    admin.post("/n/near/people/invite", data={"email": email, "role": "shopper"})
    other = link_in_newest_mail(app, email)
    anonymous(app).post(links[0], data={"name": "Twice", "new_password": PASSWORD})
    with app.app_context():
        joined = db.session.scalar(
            sa.select(Membership.id).join(User, User.id == Membership.user_id)
            .where(User.email == email)
        )  # fmt: skip
        db.session.close()
    assert admin.post(f"/n/near/people/{joined}/{action}", data=data).status_code == 303
    assert anonymous(app).get(links[1]).status_code == 410
    assert anonymous(app).post(links[1]).status_code == 410
    assert anonymous(app).get(other).status_code == 200


def test_switching_off_in_one_network_leaves_the_other_alone(app, world, admin, client_of):
    with app.app_context():
        user = db.session.get(User, world.people["far_manager"])
        db.session.add(Membership(user_id=user.id, network_id=1, role="reviewer"))
        db.session.commit()
        added = db.session.scalar(
            sa.select(Membership.id).where(
                Membership.user_id == user.id, Membership.network_id == 1
            )
        )
        db.session.close()
    admin.post(f"/n/near/people/{added}/deactivate")
    client = client_of("far_manager")
    assert client.get("/n/near/").status_code == 404
    assert client.get("/t/far/").status_code == 200


def test_the_last_administrator_stays(app, world, admin, membership_of):
    own = membership_of("admin")
    path = f"/n/near/people/{own}"
    for action, data in (("deactivate", {}), ("role", {"role": "reviewer"})):
        answer = admin.post(f"{path}/{action}", data=data)
        assert answer.status_code == 422
        assert "The last administrator cannot be removed" in answer.text
    assert membership(app, own).active
    assert verbs(app, world) == []
    second = f"/n/near/people/{membership_of('reviewer')}"
    assert admin.post(f"{second}/role", data={"role": "admin"}).status_code == 303
    assert admin.post(f"{path}/deactivate").status_code == 303


def test_people_of_another_network_do_not_exist(app, world, admin, membership_of):
    foreign = membership_of("far_manager")
    path = f"/n/near/people/{foreign}"
    assert admin.get(path).status_code == 404
    for action in ("deactivate", "reactivate", "sign-out", "role"):
        assert admin.post(f"{path}/{action}", data={"role": "reviewer"}).status_code == 404
    assert membership(app, foreign).active


def test_changing_people_asks_for_the_password_again(app, world, admin, database, membership_of):
    give_password(app, world.people["admin"])
    with database.owner() as connection:
        connection.execute(sa.text("UPDATE user_session SET confirmed_at = '2020-01-01 00:00:00'"))
    path = f"/n/near/people/{membership_of('staff')}"
    assert admin.get("/n/near/people").status_code == 200
    assert admin.post(f"{path}/deactivate").location == "/account/confirm?next=/n/near/people"
    assert admin.get(path).location == f"/account/confirm?next={path}"
    assert admin.post("/account/confirm", data={"password": "wrong"}).status_code == 422
    answer = admin.post("/account/confirm", data={"password": PASSWORD, "next": path})
    assert answer.location == path
    assert admin.get(path).status_code == 200


def test_listing_costs_the_same_for_few_and_many(app, world, admin):
    with statements_of(app) as few:
        admin.get("/n/near/people")
    with app.app_context():
        for number in range(20):
            user = User(email=f"p{number}@test.example", name=f"Person {number}")
            db.session.add(user)
            db.session.flush()
            db.session.add(Membership(user_id=user.id, network_id=1, role="reviewer"))
        db.session.commit()
        db.session.close()
    with statements_of(app) as many:
        admin.get("/n/near/people")
    assert len(many) == len(few)
    assert "Page 1 of 2" in admin.get("/n/near/people").text
    assert "Page 2 of 2" in admin.get("/n/near/people?page=2").text
    assert admin.get("/n/near/people?page=3").status_code == 404
