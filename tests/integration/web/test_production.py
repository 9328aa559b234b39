"""Production at start: it refuses a database that was used for a demo."""

from __future__ import annotations

import dataclasses

import pytest

from config import Settings, SettingsError
from csiapp.accounts.models import User
from csiapp.app import create_app
from csiapp.core.extensions import db

pytestmark = pytest.mark.db


@pytest.fixture
def production(database) -> Settings:
    return dataclasses.replace(database.settings, environment="production")


def close(app) -> None:
    with app.app_context():
        db.session.close()
        db.engine.dispose()


def test_a_database_with_demo_accounts_is_refused(app, world, production):
    with app.app_context():
        db.session.add(User(email="manager@demo.example", name="Demo manager"))
        db.session.commit()
        db.session.close()
    with pytest.raises(SettingsError, match=r"demo accounts.*set DATABASE_URL"):
        create_app(production)


def test_a_database_without_demo_accounts_is_fine(app, world, production):
    close(create_app(production))


def test_a_database_before_its_first_migration_is_fine(app, production, tmp_path):
    empty = dataclasses.replace(production, database_url=f"sqlite:///{tmp_path}/empty.db")
    close(create_app(empty))


def test_a_database_that_is_down_does_not_stop_the_start(app, production, caplog):
    missing = (
        production.database_url.replace("csiapp_test", "csiapp_not_there")
        if not production.sqlite
        else "sqlite:////no/such/folder/x.db"
    )
    close(create_app(dataclasses.replace(production, database_url=missing)))
    assert "could not look for demo accounts" in caplog.text


def test_a_demo_may_have_demo_accounts(app, database):
    with app.app_context():
        db.session.add(User(email="manager@demo.example", name="Demo manager"))
        db.session.commit()
        db.session.close()
    close(create_app(dataclasses.replace(database.settings, environment="demo")))
