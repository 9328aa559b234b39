"""Rate limits begin anew with each test: they outlive the database."""

from __future__ import annotations

import pytest

from csiapp.core.extensions import limiter


@pytest.fixture(autouse=True)
def fresh_limits(app):
    """The limits of tests without Valkey are counted in this process."""
    limiter._fallback_storage.reset()
