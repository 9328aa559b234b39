"""Fixtures of head office's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.factories.headoffice import Stage


@pytest.fixture
def write(world, database):
    """`write(lambda stage: ...)`: rows of published results, committed when it returns."""

    stage = Stage(world)

    def run(work: Callable[[Stage], object]) -> object:
        with database.owner() as stage.connection:
            return work(stage)

    return run
