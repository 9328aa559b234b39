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
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Rows:
    """What a state holds: the rows of each table in COPY's binary form and how many they are,
    and how far each sequence has counted (None: not used yet)."""

    tables: dict[str, tuple[int, bytes]]
    sequences: dict[str, int | None]


class PostgresDatabase:
    """One database; the app signs in as a role without rights.

    To copy a database takes longer than most tests. So only the rows that a test changed are
    put back, and the database is made anew only where a test changed more than rows.
    """

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
        self._make_anew()
        self._kept: dict[str, Rows] = {}
        self.keep(EMPTY)

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

    def connect(self) -> psycopg.Connection:
        """As the superuser, to the database of the test."""
        return psycopg.connect(self._url("csiapp_test").replace("+psycopg", ""))

    def keep(self, state: str) -> None:
        """Keep what is there now under a name. No connection may be open."""
        with self.connect() as connection:
            self._kept[state] = self._rows = _rows_of(connection)
            self._mark = _next_transaction(connection)

    def restore(self, state: str = EMPTY) -> None:
        """Begin anew from a kept state. No connection may be open."""
        with self.connect() as connection:
            _end_all_others(connection)
            changed = _changed_tables(connection, self._rows, self._mark)
            if changed is not None:
                self._put_back(connection, state, changed)
                return
        self._make_anew()
        self._rows = self._kept[EMPTY]
        with self.connect() as connection:
            self._put_back(connection, state, set())

    def _put_back(self, connection: psycopg.Connection, state: str, changed: set[str]) -> None:
        wanted = self._kept[state]
        other = {name for name, rows in wanted.tables.items() if rows != self._rows.tables[name]}
        connection.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        for name in changed | other:
            connection.execute(f'DELETE FROM "{name}"')
            with connection.cursor().copy(f'COPY "{name}" FROM STDIN (FORMAT binary)') as copy:
                copy.write(wanted.tables[name][1])
        for name, value in wanted.sequences.items():
            used = value is not None
            connection.execute("SELECT setval(%s, %s, %s)", (name, value if used else 1, used))
        connection.commit()
        self._rows, self._mark = wanted, _next_transaction(connection)

    def _make_anew(self) -> None:
        self._execute(
            "DROP DATABASE IF EXISTS csiapp_test WITH (FORCE)",
            f"CREATE DATABASE csiapp_test TEMPLATE csiapp_{EMPTY} STRATEGY FILE_COPY",
        )

    @contextlib.contextmanager
    def owner(self) -> Iterator[sa.Connection]:
        """A superuser's connection, which row-level security does not hold."""
        engine = sa.create_engine(self._url("csiapp_test"), poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection


def _rows_of(connection: psycopg.Connection) -> Rows:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return Rows(
        {name: _table_rows(connection, name) for (name,) in tables.fetchall()},
        dict(connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()),
    )


def _table_rows(connection: psycopg.Connection, name: str) -> tuple[int, bytes]:
    with connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as copy:
        rows = b"".join(copy)
    (count,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
    return count, rows


def _next_transaction(connection: psycopg.Connection) -> int:
    """Whatever is written from now on carries this number or a greater one (`xmin`)."""
    found = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    return int(found.fetchone()[0])


def _end_all_others(connection: psycopg.Connection) -> None:
    """Programs that a test has killed may still hold locks."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


CATALOGUES = ("pg_class", "pg_constraint", "pg_policy", "pg_proc", "pg_trigger")
OURS = 16384
"""PostgreSQL's own objects have lesser numbers."""


def _changed_tables(connection: psycopg.Connection, rows: Rows, mark: int) -> set[str] | None:
    """The tables with other rows than these; None when more than rows was changed."""
    newest = "coalesce(max(xmin::text::bigint), 0)"
    questions = [
        f"SELECT '{name}', 0, {newest} FROM {name} WHERE oid >= {OURS}" for name in CATALOGUES
    ]
    questions += [f"SELECT '{name}', count(*), {newest} FROM \"{name}\"" for name in rows.tables]
    changed = set()
    for name, count, last in connection.execute(" UNION ALL ".join(questions)):
        if name in CATALOGUES and last >= mark:
            return None
        if name in rows.tables and (last >= mark or count != rows.tables[name][0]):
            changed.add(name)
    return changed


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
