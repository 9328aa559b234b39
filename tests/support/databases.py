"""The databases that tests run on: a migrated template, copied fresh for every test.

States that many tests begin with (the world, the world with forms) are made once per run
and copied afterwards.
"""

from __future__ import annotations

import contextlib
import copy
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask_migrate import upgrade

from config import Settings, load_settings
from csiapp.app import create_app
from csiapp.core.extensions import db
from csiapp.core.web import App

ROOT = Path(__file__).parents[2]
APP_LOGIN = "csiapp_app"
EMPTY = "empty"


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
        self.folder = folder
        self.file = folder / "test.db"
        template = folder / f"{EMPTY}.db"
        _migrate(create_app(_settings(folder, DATABASE_URL=f"sqlite:///{template}")))
        self.settings = _settings(folder, DATABASE_URL=f"sqlite:///{self.file}")

    def restore(self, state: str = EMPTY) -> None:
        """Begin anew from a kept state. No connection may be open."""
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{state}.db", self.file)

    def keep(self, state: str) -> None:
        """Keep what is there now under a name. No connection may be open."""
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, self.folder / f"{state}.db")

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
            f"DROP DATABASE IF EXISTS csiapp_{EMPTY} WITH (FORCE)",
            f"CREATE DATABASE csiapp_{EMPTY}",
        )
        _migrate(create_app(self._settings(folder, f"csiapp_{EMPTY}")))
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

    def restore(self, state: str = EMPTY) -> None:
        """Begin anew from a kept state. No connection may be open."""
        self._copy(f"csiapp_{state}", "csiapp_test")

    def keep(self, state: str) -> None:
        """Keep what is there now under a name. No connection may be open."""
        self._copy("csiapp_test", f"csiapp_{state}")

    def _copy(self, source: str, target: str) -> None:
        self._execute(
            f"DROP DATABASE IF EXISTS {target} WITH (FORCE)",
            f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY",
        )

    @contextlib.contextmanager
    def owner(self) -> Iterator[sa.Connection]:
        """A superuser's connection, which row-level security does not hold."""
        engine = sa.create_engine(self._url("csiapp_test"), poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection


Database = SqliteDatabase | PostgresDatabase


class States:
    """What was kept of this run, by the name of the fixture that makes it."""

    def __init__(self, app: App, database: Database) -> None:
        self.app, self.database = app, database
        self.results: dict[str, Any] = {}
        self.ways: dict[str, tuple[str, ...]] = {}
        """State -> the states it was built upon, itself last."""
        self.way: tuple[str, ...] = ()

    def begin(self, fixtures: Collection[str]) -> None:
        """A fresh database, as far along the way of the test's fixtures as was kept."""
        self._let_go()
        fitting = [way for way in self.ways.values() if set(way) <= set(fixtures)]
        self.way = max(fitting, key=len, default=())
        self.database.restore(self.way[-1] if self.way else EMPTY)

    def reach(self, name: str, build: Callable[[], Any]) -> Any:
        """The result of `build`. Its database state is kept the first time it is reached."""
        if name not in self.way:
            with self.app.app_context():
                result = build()
            self.way = (*self.way, name)
            if name not in self.results:
                self._let_go()
                self.database.keep(name)
                self.results[name], self.ways[name] = result, self.way
            return result
        return copy.deepcopy(self.results[name])

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.close()
            db.engine.dispose()
