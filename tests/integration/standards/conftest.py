"""Fixtures of the standards tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from csiapp.core import jobs
from csiapp.core.extensions import db
from csiapp.standards.services import start_draft
from csiapp.standards.services.publishing import BUILD_FORMS
from tests.factories import standards


@pytest.fixture
def forms_built(monkeypatch) -> list[str]:
    """The ids of the versions whose forms were asked for, as the slice above would get them."""
    built: list[str] = []

    def build(standard_version_id: str) -> None:
        built.append(standard_version_id)

    monkeypatch.setitem(jobs.registry, BUILD_FORMS, jobs.Registered(build, 60, None))
    return built


@pytest.fixture
def near(world, forms_built, states):
    """The world, with version 1 of the reference standards in force at dealership "near"."""

    def build():
        standards.install(world)
        standards.adopt_and_publish(world)
        return world

    return states.reach("near", build)


@pytest.fixture
def queries_of(app):
    """`with queries_of() as statements:` collects the SQL statements sent meanwhile."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_conn, _cursor, statement, *_rest) -> None:
            if not statement.startswith("SELECT set_config"):
                statements.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def draft(near, states):
    """A draft beside version 1 at dealership "near"; the world."""

    def build():
        with standards.at_work(near.tenant()):
            start_draft(standards.the_set())
        return near

    return states.reach("draft", build)
