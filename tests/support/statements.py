"""Counts what a request asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.core.web import App


@contextmanager
def statements_of(app: App) -> Iterator[list[str]]:
    """`with statements_of(app) as statements:` collects the SQL statements sent meanwhile."""
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        if statement != "BEGIN" and not statement.startswith("SELECT set_config"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
