"""WebKit's tests run only when asked for by name: `make test-webkit` installs what they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import one_server, server

__all__ = ["one_server", "server"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked_for = any("tests/webkit" in argument for argument in config.args)
    return None if asked_for else True
