"""The databases that tests run on: a migrated template, copied fresh for every test.

States that many tests begin with (the world, the world with forms) are made once per run
and copied afterwards.
"""

from __future__ import annotations

import contextlib
import copy
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
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
    """A file, written over.

    Connections stay open meanwhile: to open one and to put up its walls takes longer than to
    copy the rows.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "test.db"
        self.settings = _settings(folder, DATABASE_URL=f"sqlite:///{self.file}")
        _migrate(create_app(self.settings))
        self._kept: dict[str, sqlite3.Connection] = {}
        self.keep(EMPTY)
        self._schema = 0
        self._owner = sa.create_engine(f"sqlite:///{self.file}", poolclass=sa.NullPool)

    def restore(self, state: str = EMPTY) -> bool:
        """Begin anew from a kept state. No transaction may be open."""
        with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as here:
            here.execute("PRAGMA synchronous=OFF")
            here.execute(
                "BEGIN IMMEDIATE"
            )  # a writer who was forgotten is an error, no endless wait
            here.execute("ROLLBACK")
            before = _schema_version(here)
            self._kept[state].backup(here)
            if before == self._schema:
                # a copy counts as a change, upon which each connection reads all tables,
                # triggers and walls anew: twice as long as the copy. This was none.
                here.execute(f"PRAGMA schema_version = {before}")
            else:
                self._schema = _schema_version(here)
        return True

    def keep(self, state: str) -> None:
        """Keep what is there now under a name. No transaction may be open."""
        kept = self._kept[state] = sqlite3.connect(":memory:", check_same_thread=False)
        with contextlib.closing(sqlite3.connect(self.file)) as here:
            here.backup(kept)

    def close(self) -> None:
        for kept in self._kept.values():
            kept.close()

    @contextlib.contextmanager
    def owner(self) -> Iterator[sa.Connection]:
        """A connection below all guards, to look at and to damage what tests attack."""
        with self._owner.begin() as connection:
            yield connection


def _schema_version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA schema_version").fetchone()
    return int(version)


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
        self._owner = sa.create_engine(self._url("csiapp_test"), poolclass=sa.NullPool)
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
        """Keep what is there now under a name. No transaction may be open."""
        self._kept[state] = self._rows = _rows_of(self._own)
        self._mark = _next_transaction(self._own)

    def restore(self, state: str = EMPTY) -> bool:
        """Begin anew from a kept state. No transaction may be open. Open connections stay
        good where this returns True."""
        _end_open_transactions(self._own)
        changed = _changed_tables(self._own, self._rows, self._mark)
        if changed is not None:
            self._put_back(state, changed)
            return True
        self._make_anew()
        self._rows = self._kept[EMPTY]
        self._put_back(state, set())
        return False

    def _put_back(self, state: str, changed: set[str]) -> None:
        wanted = self._kept[state]
        other = {name for name, rows in wanted.tables.items() if rows != self._rows.tables[name]}
        with self._own.transaction():
            # no trigger, no foreign key
            self._own.execute("SET LOCAL session_replication_role = replica")
            for name in changed | other:
                self._own.execute(f'DELETE FROM "{name}"')
                if wanted.tables[name][0]:
                    with self._own.cursor().copy(_copy_in(name)) as copy:
                        copy.write(wanted.tables[name][1])
            for name, value in wanted.sequences.items():
                used = value is not None
                self._own.execute("SELECT setval(%s, %s, %s)", (name, value if used else 1, used))
        self._rows, self._mark = wanted, _next_transaction(self._own)

    def _make_anew(self) -> None:
        self._execute(
            "DROP DATABASE IF EXISTS csiapp_test WITH (FORCE)",
            f"CREATE DATABASE csiapp_test TEMPLATE csiapp_{EMPTY} STRATEGY FILE_COPY",
        )
        if hasattr(self, "_own"):
            self._own.close()
        # kept open: a new one takes ten times as long to look at every table
        self._own = self.connect()
        self._own.autocommit = True

    def close(self) -> None:
        self._own.close()

    @contextlib.contextmanager
    def owner(self) -> Iterator[sa.Connection]:
        """A superuser's connection, which row-level security does not hold."""
        with self._owner.begin() as connection:
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


def _end_open_transactions(connection: psycopg.Connection) -> None:
    """Programs that a test has killed may still hold locks."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )


def _copy_in(table: str) -> str:
    return f'COPY "{table}" FROM STDIN (FORMAT binary)'


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
        self.places: dict[str, tuple[str, int]] = {}
        """State -> the file and line of what makes it."""
        self.way: tuple[str, ...] = ()

    def begin(self, fixtures: Collection[str]) -> None:
        """A fresh database, as far along the way of the test's fixtures as was kept."""
        self._let_go()
        fitting = [way for way in self.ways.values() if set(way) <= set(fixtures)]
        self.way = max(fitting, key=len, default=())
        if not self.database.restore(self.way[-1] if self.way else EMPTY):
            self.close()

    def reach(self, name: str, build: FunctionType) -> Any:
        """The result of `build`. Its database state is kept the first time it is reached."""
        place = (build.__code__.co_filename, build.__code__.co_firstlineno)
        if self.places.setdefault(name, place) != place:
            raise LookupError(f"two fixtures are called {name}: {place}, {self.places[name]}")
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
        """Leave no transaction open; a connection that somebody still holds is given up."""
        with self.app.app_context():
            db.session.close()
            if db.engine.pool.checkedout():
                db.engine.dispose()

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
