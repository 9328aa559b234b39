"""The base of all models: naming, ids, timestamps, column types."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
import uuid_utils.compat
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

BigInt = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def new_id() -> uuid.UUID:
    """A UUIDv7: unique without asking the database, and in order of time."""
    return uuid_utils.compat.uuid7()


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """An aware instant. Naive values are refused; what comes back is in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal kept as its digits, so that SQLite does not turn it into a float."""

    impl = sa.String(24)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(Decimal(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Json(sa.types.TypeDecorator[Any]):
    """JSON text, the same on both databases, with Chinese kept readable."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


Text2 = dict[str, str]
"""A text in both languages: {"zh": ..., "en": ...}."""


class Base(DeclarativeBase):
    """Typed declarative base; constraint names are fixed so that migrations can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime,
        Decimal: Exact,
        dict[str, str]: Json,
        dict[str, Any]: Json,
        list[str]: Json,
        list[Any]: Json,
        uuid.UUID: sa.Uuid,
    }


writing: ContextVar[bool] = ContextVar("writing", default=False)
"""True in an unsafe request or a job: SQLite then takes its write lock at BEGIN, so that
a read-modify-write can neither be lost nor fail half way with "database is locked"."""


def install_sqlite_transactions(engine: Engine) -> None:
    """WAL, foreign keys, and BEGIN IMMEDIATE for writers (docs/decisions/0012)."""

    @event.listens_for(engine, "connect")
    def _on_connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=15000",
            "foreign_keys=ON",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
