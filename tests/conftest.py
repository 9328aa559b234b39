"""One migrated database per run, copied fresh for every test; an app on top of it."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from csiapp.app import create_app
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.jobs import perform
from csiapp.core.models import Outbox
from csiapp.core.web import App
from csiapp.serving.postgres import postgres_for_tests
from tests.factories import audits
from tests.factories.world import World, build_world
from tests.support.client import sign_in_as
from tests.support.databases import Database, PostgresDatabase, SqliteDatabase, States
from tests.support.product import demo_made_once

# a tenth of the tests' time went into looking for garbage among what stays for ever
gc.set_threshold(20_000, 20, 50)


LONGEST = ("test_routes.py", "test_outbox.py", "test_pdf.py", "test_structure.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin first: a run in processes ends with short ones."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default="sqlite", choices=["sqlite", "postgresql"])
    parser.addoption("--chaos-seeds", type=int, default=3, help="how often bad luck is tried")
    parser.addoption(
        "--write-access-table",
        action="store_true",
        help="write tests/architecture/access_table.toml anew from what test_routes.py finds",
    )


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--db"))


@pytest.fixture(scope="session")
def database(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The migrated template, and how to give a test a fresh copy of it."""
    folder = tmp_path_factory.mktemp("database")
    if database_kind == "sqlite":
        with contextlib.closing(SqliteDatabase(folder)) as made:
            yield made
        return
    with (
        postgres_for_tests(folder) as url,
        contextlib.closing(PostgresDatabase(folder, url)) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def compiled_templates(shared_folder: Path) -> BytecodeCache:
    folder = shared_folder / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def demo_data(shared_folder: Path) -> Path:
    """A folder with what `flask demo load` makes, for copies."""
    return demo_made_once(shared_folder / "demo")


@pytest.fixture(scope="session")
def session_app(database: Database, compiled_templates: BytecodeCache) -> App:
    app = create_app(database.settings)
    app.jinja_env.bytecode_cache = compiled_templates
    with app.app_context():
        if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
            sa.event.listen(db.engine, "connect", _never_wait_for_the_disk)
    return app


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def states(session_app: App, database: Database) -> Iterator[States]:
    with contextlib.closing(States(session_app, database)) as kept:
        yield kept


@pytest.fixture
def app(session_app: App, states: States, request: pytest.FixtureRequest) -> Iterator[App]:
    """The app on a fresh copy of the migrated database: empty, or in the state of the
    deepest of this test's fixtures that was made before in this run (`States`)."""
    states.begin(request.fixturenames)
    yield session_app
    with session_app.app_context():
        db.session.close()


@pytest.fixture
def world(app: App, states: States) -> World:
    """Two networks, three dealerships, one person per role."""

    def build() -> World:
        token = writing.set(True)
        try:
            return build_world()
        finally:
            db.session.close()
            writing.reset(token)

    made: World = states.reach("world", build)
    return made


@pytest.fixture
def audited(world: World, states: States) -> World:
    """The world, with published standards and forms at dealership "near"."""

    def build() -> World:
        audits.install(world)
        return world

    made: World = states.reach("audited", build)
    return made


@pytest.fixture
def client_of(app: App, world: World):
    """`client_of("manager")`: a test client signed in as that person of the world."""

    def make(person: str) -> FlaskClient:
        return sign_in_as(app, world.people[person])

    return make


@pytest.fixture
def run_jobs(app: App):
    """Run every promised job, as the worker would, until none is left; returns how many."""

    def run() -> int:
        done = 0
        with app.app_context():
            while True:
                ids = db.session.scalars(
                    sa.select(Outbox.id).where(Outbox.done_at.is_(None)).order_by(Outbox.created_at)
                ).all()
                db.session.close()
                if not ids:
                    return done
                for outbox_id in ids:
                    perform(outbox_id)
                    done += 1

    return run
