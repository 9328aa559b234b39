"""Fixtures of the training tests."""

from __future__ import annotations

import pytest

from tests.factories import training


@pytest.fixture
def taught(world, states):
    """The world, with the reference courses in network "near"."""

    def build():
        training.install(world)
        return world

    return states.reach("taught", build)
