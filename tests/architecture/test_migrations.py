"""Migrations: numbered, one line, reversible, and the same as the models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask_migrate import check, downgrade, upgrade

from csiapp.core.tenancy import unsafe_sql

FOLDER = Path("migrations")
FILES = sorted((FOLDER / "versions").glob("*.py"))


def test_files_are_numbered_without_gaps_and_named_as_their_revision():
    numbers = [re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", f.name) for f in FILES]
    assert all(numbers), [f.name for f in FILES]
    assert [m[1] for m in numbers] == [f"{n:04}" for n in range(1, len(FILES) + 1)]


def test_there_is_one_head_and_the_head_file_names_it():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    heads = ScriptDirectory.from_config(config).get_heads()
    assert heads == [FILES[-1].name[:4]]
    assert (FOLDER / ".current-alembic-head").read_text().strip() == heads[0]


@pytest.mark.db
def test_models_and_migrations_say_the_same(app):
    with app.app_context():
        check(directory=str(FOLDER))


@pytest.mark.db
def test_every_migration_goes_up_down_and_up_again(app, database):
    with app.app_context():
        downgrade(directory=str(FOLDER), revision="base")
        with database.owner() as owner, unsafe_sql("looking at an empty database"):
            assert set(sa.inspect(owner).get_table_names()) <= {"alembic_version"}
        upgrade(directory=str(FOLDER))
        check(directory=str(FOLDER))
