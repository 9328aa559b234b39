"""Runs migrations with the owner's address, a lock, and time-outs (PostgreSQL)."""

from __future__ import annotations

import importlib
import logging

import sqlalchemy as sa
from alembic import context
from flask import current_app

from csiapp.core.db import Base
from csiapp.core.tenancy import unsafe_sql

log = logging.getLogger("alembic.env")
MIGRATION_LOCK = 7_401_733

for slice_name in ("core", "accounts", "standards", "training", "audits", "reports"):
    importlib.import_module(f"csiapp.{slice_name}.models")


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write plain column types into migrations: they must outlive our own classes."""
    if kind == "type":
        plain = {"UtcDateTime": "sa.DateTime(timezone=True)", "Json": "sa.Text()"}
        plain["Exact"] = "sa.String(24)"
        return plain.get(type(item).__name__, False)
    return False


def run() -> None:
    settings = current_app.extensions["csiapp.settings"]
    url = settings.migration_database_url or settings.database_url
    context.config.attributes["app_login"] = sa.make_url(settings.database_url).username
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with unsafe_sql("migration"), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Offline migrations are not supported: the walls need a connection.")
run()
