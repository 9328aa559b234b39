"""/healthz: the process is up. /readyz: database, queue, storage answer; schema is current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import redis
import sqlalchemy as sa
from flask import Flask, Response, current_app, jsonify, make_response

from csiapp.core.extensions import db
from csiapp.core.permissions import public
from csiapp.core.relay import queue_connection
from csiapp.core.storage import StorageError, storage

_NEWEST_MIGRATION = Path(__file__).parents[2] / "migrations" / ".current-alembic-head"


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


@public("load balancers ask without an account")
def healthz() -> Response:
    return jsonify(status="ok")


@public("load balancers ask without an account")
def readyz() -> Response:
    parts: dict[str, Callable[[], None]] = {
        "database": _check_database,
        "migrations": _check_migrations,
        "queue": _check_queue,
        "storage": lambda: storage().check(),
    }
    found = {name: _outcome(check) for name, check in parts.items()}
    ready = all(state == "ok" for state in found.values())
    return make_response(
        jsonify(status="ok" if ready else "not ready", parts=found), 200 if ready else 503
    )


class NotCurrent(RuntimeError):
    """The database schema is not at the newest migration."""


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except (sa.exc.SQLAlchemyError, redis.RedisError, StorageError, NotCurrent) as error:
        current_app.logger.warning("not ready: %s", error)
        return "failed"
    finally:
        db.session.close()
    return "ok"


def _check_database() -> None:
    db.session.execute(sa.select(sa.literal(1)))


def _check_migrations() -> None:
    newest = _NEWEST_MIGRATION.read_text().strip()
    with db.engine.connect() as connection:
        tables = sa.inspect(connection)
        current = (
            connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            if tables.has_table("alembic_version")
            else None
        )
    if current != newest:
        raise NotCurrent(f"at {current}, newest is {newest}: run `flask --app wsgi db upgrade`")


def _check_queue() -> None:
    queue_connection().ping()
