"""An app with views made for these tests, and apps with other settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Blueprint, abort
from flask.testing import FlaskClient

from config import Settings
from csiapp.accounts.models import Network
from csiapp.app import create_app
from csiapp.core import errors
from csiapp.core.extensions import db
from csiapp.core.permissions import Permission, public, require
from csiapp.core.storage import StorageError
from csiapp.core.web import App, toast
from tests.support.client import anonymous

FAILURES = {
    401: errors.SignInRequired,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    410: errors.Gone,
    413: errors.TooLarge,
    422: errors.Invalid,
    503: StorageError,
}


def _views() -> Blueprint:
    views = Blueprint("made", __name__)

    @views.route("/made/fail/<int:status>", methods=["GET", "POST"])
    @views.route("/api/made/fail/<int:status>", methods=["GET", "POST"])
    @public("made for a test")
    def fail(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError("made for a test")
        if status in FAILURES:
            raise FAILURES[status]
        abort(status)

    @views.route("/made/write", methods=["GET", "POST"], defaults={"status": 200})
    @views.route("/made/write/<int:status>", methods=["GET", "POST"])
    @public("made for a test")
    def write(status: int) -> tuple[str, int]:
        db.session.add(Network(id=77, slug="written", name={"en": "Written", "zh": "写入"}))
        db.session.flush()
        toast("written")
        return "written", status

    @views.route("/made/unmarked")
    def unmarked() -> str:
        return "no mark"

    @views.route("/made/signed-in", methods=["GET", "POST"])
    @require(Permission.SIGNED_IN)
    def signed_in() -> str:
        return "signed in"

    @views.route("/made/db")
    @public("made for a test")
    def ask() -> str:
        return str(db.session.scalar(sa.select(sa.func.count()).select_from(Network)))

    return views


@pytest.fixture(scope="session")
def made_apps() -> dict[Settings, App]:
    return {}


@pytest.fixture
def make_app(app: App, made_apps: dict[Settings, App]) -> Iterator[Callable[[Settings], App]]:
    """`make_app(settings)`: an app with the test's views, on the database of the test."""

    def make(settings: Settings) -> App:
        if settings not in made_apps:
            made_apps[settings] = create_app(settings)
            made_apps[settings].jinja_env.bytecode_cache = app.jinja_env.bytecode_cache
            made_apps[settings].register_blueprint(_views())
        return made_apps[settings]

    yield make
    for made in made_apps.values():
        with made.app_context():
            db.session.close()
            db.engine.dispose()


@pytest.fixture
def web(make_app, database) -> App:
    return make_app(database.settings)


@pytest.fixture
def visitor(web: App) -> FlaskClient:
    return anonymous(web)
