"""Fixtures of the training tests."""

from __future__ import annotations

import pytest

from tests.factories import training


@pytest.fixture
def taught(app, world):
    """The world, with the reference courses in network "near"."""
    with app.app_context():
        training.install(world)
    return world
