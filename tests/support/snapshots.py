"""A database kept as it is and brought back, and what changed in it meanwhile."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from csiapp.core.db import Base
from csiapp.core.extensions import db
from csiapp.core.web import App

NOT_COMPARED = {"user_session"}
"""Every request of a signed-in person may move `last_seen_at`."""


class Snapshot:
    """The database of the test at this moment."""

    def __init__(self, app: App, database: Any) -> None:
        self._app, self._database = app, database
        self._release()
        database.keep("snapshot")
        self._ask = self._watch()
        self._seen = self._ask()

    def bring_back(self) -> None:
        self._release()
        self._database.restore("snapshot")
        self._ask = self._watch()
        self._seen = self._ask()

    def may_have_changed(self) -> bool:
        """Whether anybody may have written since the last call: cheap, and never wrongly no."""
        seen, self._seen = self._seen, self._ask()
        return seen != self._seen

    def _watch(self) -> Callable[[], int]:
        if self._database.settings.sqlite:
            connection: Any = sqlite3.connect(self._database.file, isolation_level=None)
            question = "PRAGMA data_version"
        else:
            connection = self._database.connect()
            connection.autocommit = True
            question = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        self._watching = connection
        return lambda: int(connection.execute(question).fetchone()[0])

    def _release(self) -> None:
        if watching := getattr(self, "_watching", None):
            watching.close()
        with self._app.app_context():
            db.session.close()

    close = _release


def fingerprint(connection: sa.Connection) -> str:
    """Of every row of every table that requests do not touch by themselves."""
    return _digest(connection, lambda _table: "")


def fingerprint_of_others(connection: sa.Connection, tenant_id: int, network_id: int) -> str:
    """Of all rows that belong to other dealerships and other networks."""

    def foreign(table: sa.Table) -> str | None:
        if "tenant_id" in table.c:
            return f"WHERE tenant_id <> {tenant_id}"
        if "network_id" in table.c and table.name != "dealership":
            return f"WHERE network_id <> {network_id}"
        return None

    return _digest(connection, foreign)


def verbs_of(connection: sa.Connection) -> set[str]:
    """The verbs of all activity logs."""
    rows = connection.exec_driver_sql(
        "SELECT verb FROM activity_entry UNION SELECT verb FROM network_activity_entry"
    )
    return set(rows.scalars())


def _digest(connection: sa.Connection, which: Callable[[sa.Table], str | None]) -> str:
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        condition = which(table)
        if table.name in NOT_COMPARED or condition is None:
            continue
        key = ", ".join(column.name for column in table.primary_key.columns)
        rows = connection.exec_driver_sql(f"SELECT * FROM {table.name} {condition} ORDER BY {key}")
        for row in rows:
            digest.update(repr((table.name, tuple(row))).encode())
    return digest.hexdigest()
