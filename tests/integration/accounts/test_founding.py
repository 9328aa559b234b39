"""A network begins from an empty database, by commands and invitations alone."""

from __future__ import annotations

import dataclasses
import re

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Network, OneTimeToken, Region, User
from csiapp.core.extensions import db
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.standards.models import MasterVersion, Standard
from csiapp.training.models import Course
from tests.factories.accounts import PASSWORD, link_in_newest_mail
from tests.support.client import anonymous, sign_in_as

pytestmark = pytest.mark.db

ADMIN, MANAGER = "first@csi.example", "manager@csi.example"
NETWORK = ("--code", "north", "--name-zh", "北方网络", "--name-en", "North network")
DEALERSHIP = (
    *("--network", "north", "--code", "N01", "--name-zh", "一号店", "--name-en", "Dealership 1"),
    *("--city-zh", "城", "--city-en", "City"),
)
REGION = ("--region", "E", "东区", "East")


@pytest.fixture
def run(app):
    def command(*words: str) -> tuple[int, str]:
        with app.app_context():
            result = app.test_cli_runner().invoke(args=list(words))
        assert isinstance(result.exception, SystemExit | None), result
        return result.exit_code, result.output

    return command


@pytest.fixture
def north(run) -> str:
    """A network; the link of its administrator's invitation."""
    status, said = run("network", "create", *NETWORK, "--admin-email", ADMIN)
    assert status == 0, said
    return re.search(r"http\S+(/invitation/\S+)", said)[1]


def joined(app, link: str, email: str):
    """Somebody who followed an invitation, and signed in."""
    client = anonymous(app)
    answer = client.post(link, data={"name": "First Person", "new_password": PASSWORD})
    assert answer.status_code == 303
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    with app.app_context():
        user_id = db.session.scalar(sa.select(User.id).where(User.email == email))
        db.session.close()
    return sign_in_as(app, user_id)


def count(app, *models: type) -> list[int]:
    """Rows of the network, or of its only dealership."""
    with app.app_context():
        tenant = Scope(ScopeKind.TENANT, 1, tenant_id=1)
        scopes = {Standard: tenant}
        found = []
        for model in models:
            with entered(scopes.get(model, Scope(ScopeKind.NETWORK, 1))):
                found.append(db.session.scalar(sa.select(sa.func.count()).select_from(model)))
                db.session.close()
        return found


def test_from_an_empty_database_to_a_manager_who_edits_the_standards(app, run, north):
    status, said = run("dealership", "create", *DEALERSHIP, *REGION)
    assert (status, said) == (0, "dealership north-n01: made\n")
    assert link_in_newest_mail(app, ADMIN) == north

    admin = joined(app, north, ADMIN)
    people = admin.get("/n/north/people").text
    assert "First Person" in people
    with app.app_context():
        dealership_id = db.session.scalar(sa.select(Dealership.id))
        db.session.close()
    form = {"email": MANAGER, "role": "manager", "dealership": dealership_id}
    assert admin.post("/n/north/people/invite", data=form).status_code == 303

    manager = joined(app, link_in_newest_mail(app, MANAGER), MANAGER)
    assert manager.get("/").location == "/t/north-n01/"
    assert "ST040303" in manager.get("/t/north-n01/standards/REF-AFTERSALES/draft/steps/S04").text


def test_where_only_the_public_address_is_answered_the_link_begins_with_it(app, run, monkeypatch):
    public = dataclasses.replace(
        app.extensions["csiapp.settings"], public_url="https://csi.example"
    )
    monkeypatch.setitem(app.extensions, "csiapp.settings", public)
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["csi.example"])
    status, said = run("network", "create", *NETWORK, "--admin-email", ADMIN)
    assert status == 0
    assert "\nhttps://csi.example/invitation/" in said


def test_the_same_again_adds_nothing_and_sends_the_invitation_anew(app, run, north):
    run("dealership", "create", *DEALERSHIP, *REGION)
    models = (Network, Dealership, Region, MasterVersion, Course, Standard)
    before = count(app, *models)
    assert before[:4] == [1, 1, 1, 1]
    assert before[4] > 10
    assert before[5] == 118

    status, said = run("network", "create", *NETWORK, "--admin-email", ADMIN)
    assert (status, said.count("/invitation/")) == (0, 1)
    assert north not in said
    status, said = run("dealership", "create", *DEALERSHIP, *REGION)
    assert (status, said) == (0, "dealership north-n01: there already\n")
    assert count(app, *models) == before


def test_who_is_administrator_already_is_not_invited_again(app, run, north):
    joined(app, north, ADMIN)
    before = count(app, OneTimeToken)
    status, said = run("network", "create", *NETWORK, "--admin-email", ADMIN.upper())
    assert status == 0
    assert "administrator already" in said
    assert count(app, OneTimeToken) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--code": "North!"}, "cannot be part of an address"),
        ({"--code": "n" * 41}, "cannot be part of an address"),
        ({"--name-zh": " "}, "The name is needed in Chinese and in English"),
        ({"--admin-email": "nobody"}, "is not an e-mail address"),
        ({"--timezone": "Asia/Nowhere"}, "is no time zone"),
        ({"--language": "fr"}, "'fr' is not one of"),
    ],
)
def test_a_network_that_cannot_be_is_refused_and_nothing_is_made(app, run, changed, said):
    asked = dict(zip(NETWORK[::2], NETWORK[1::2], strict=True)) | {"--admin-email": ADMIN}
    words = [word for pair in (asked | changed).items() for word in pair]
    status, answer = run("network", "create", *words)
    assert status != 0
    assert said in answer
    assert count(app, Network) == [0]


def test_another_network_under_the_same_code_is_refused(app, run, north):
    other = [word.replace("North", "Other") for word in NETWORK]
    status, said = run("network", "create", *other, "--admin-email", ADMIN)
    assert status != 0
    assert "with another name or setting" in said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--network": "south"}, "There is no network 'south'"),
        ({"--code": "n 1"}, "is no code"),
        ({"--address": "N-1"}, "cannot be part of an address"),
        ({"--city-en": ""}, "The city is needed in Chinese and in English"),
        ({"--timezone": "Asia/Nowhere"}, "is no time zone"),
    ],
)
def test_a_dealership_that_cannot_be_is_refused_and_nothing_is_made(app, run, north, changed, said):
    asked = dict(zip(DEALERSHIP[::2], DEALERSHIP[1::2], strict=True))
    words = [word for pair in (asked | changed).items() for word in pair]
    status, answer = run("dealership", "create", *words)
    assert status != 0
    assert said in answer
    assert count(app, Dealership) == [0]


def test_a_code_or_an_address_that_is_taken_is_refused(app, run, north):
    run("dealership", "create", *DEALERSHIP, *REGION)
    other = [word.replace("Dealership 1", "Dealership 2") for word in DEALERSHIP]
    status, said = run("dealership", "create", *other)
    assert status != 0
    assert "is taken" in said
    assert count(app, Dealership) == [1]
