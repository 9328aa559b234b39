"""One migrated database per run, copied fresh for every test; an app on top of it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_migrate import upgrade

from config import Settings, load_settings
from csiapp.app import create_app
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.jobs import perform
from csiapp.core.models import Outbox
from csiapp.core.web import App
from csiapp.serving.postgres import postgres_for_tests
from tests.factories.world import World, build_world
from tests.support.client import sign_in_as

ROOT = Path(__file__).parent.parent
APP_LOGIN = "csiapp_app"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default="sqlite", choices=["sqlite", "postgresql"])
    parser.addoption(
        "--write-access-table",
        action="store_true",
        help="write tests/architecture/access_table.toml anew from what test_routes.py finds",
    )


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--db"))


@pytest.fixture(scope="session")
def database(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqliteDatabase | PostgresDatabase]:
    """The migrated template, and how to give a test a fresh copy of it."""
    folder = tmp_path_factory.mktemp("database")
    if database_kind == "sqlite":
        yield SqliteDatabase(folder)
        return
    with postgres_for_tests(folder) as url:
        yield PostgresDatabase(folder, url)


def _settings(folder: Path, **values: str) -> Settings:
    environ = {
        "CSIAPP_ENV": "test",
        "CSIAPP_DATA_DIR": str(folder),
        "VALKEY_URL": f"unix://{folder}/no-valkey.sock",
        **values,
    }
    return load_settings(environ)


def _migrate(app: App) -> None:
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()


class SqliteDatabase:
    """A file, copied."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        self.file = folder / "test.db"
        _migrate(create_app(_settings(folder, DATABASE_URL=f"sqlite:///{self.template}")))
        self.settings = _settings(folder, DATABASE_URL=f"sqlite:///{self.file}")

    def renew(self) -> None:
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.file)

    @contextlib.contextmanager
    def owner(self) -> Iterator[sa.Connection]:
        """A connection below all guards, to look at and to damage what tests attack."""
        engine = sa.create_engine(f"sqlite:///{self.file}", poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection


class PostgresDatabase:
    """A database created from a template; the app signs in as a role without rights."""

    def __init__(self, folder: Path, superuser_url: str) -> None:
        self.superuser = superuser_url
        self._execute(
            f"DO $$ BEGIN CREATE ROLE {APP_LOGIN} LOGIN NOINHERIT; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "DROP DATABASE IF EXISTS csiapp_template WITH (FORCE)",
            "CREATE DATABASE csiapp_template",
        )
        _migrate(create_app(self._settings(folder, "csiapp_template")))
        self.settings = self._settings(folder, "csiapp_test")

    def _url(self, database: str, user: str | None = None) -> str:
        url = sa.make_url(self.superuser).set(database=database, drivername="postgresql+psycopg")
        return (url.set(username=user) if user else url).render_as_string(hide_password=False)

    def _settings(self, folder: Path, database: str) -> Settings:
        return _settings(
            folder,
            DATABASE_URL=self._url(database, APP_LOGIN),
            MIGRATION_DATABASE_URL=self._url(database),
        )

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def renew(self) -> None:
        self._execute(
            "DROP DATABASE IF EXISTS csiapp_test WITH (FORCE)",
            "CREATE DATABASE csiapp_test TEMPLATE csiapp_template STRATEGY FILE_COPY",
        )

    @contextlib.contextmanager
    def owner(self) -> Iterator[sa.Connection]:
        """A superuser's connection, which row-level security does not hold."""
        engine = sa.create_engine(self._url("csiapp_test"), poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection


@pytest.fixture(scope="session")
def session_app(database: SqliteDatabase | PostgresDatabase) -> App:
    return create_app(database.settings)


@pytest.fixture
def app(session_app: App, database: SqliteDatabase | PostgresDatabase) -> Iterator[App]:
    """The app on a fresh copy of the migrated, empty database."""
    with session_app.app_context():
        db.engine.dispose()
    database.renew()
    yield session_app
    with session_app.app_context():
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def world(app: App) -> World:
    """Two networks, three dealerships, one person per role."""
    with app.app_context():
        token = writing.set(True)
        try:
            return build_world()
        finally:
            db.session.close()
            writing.reset(token)


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
