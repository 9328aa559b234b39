"""A real Valkey, the app pointed at it, and worker processes that end with the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from csiapp.core.web import App
from csiapp.serving.processes import start_child, stop_child
from csiapp.serving.valkey import running_valkey
from tests.support.worker import register


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory):
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def queue_app(app: App, valkey_url: str, monkeypatch):
    """The app with an empty, reachable queue and the tests' own tasks."""
    register()
    monkeypatch.setitem(app.config, "VALKEY_URL", valkey_url)
    app.extensions.pop("csiapp.valkey", None)
    with app.app_context():
        from csiapp.core.relay import queue_connection  # needs the app

        queue_connection().flushdb()
    yield app
    app.extensions.pop("csiapp.valkey", None)


@pytest.fixture
def worker_process(queue_app: App, valkey_url: str, tmp_path: Path):
    """`worker_process("--burst")` starts a worker on this database and queue."""
    settings = queue_app.extensions["csiapp.settings"]
    environ = {
        **os.environ,
        "CSIAPP_ENV": "test",
        "CSIAPP_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "VALKEY_URL": valkey_url,
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.support.worker", *arguments]
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            started.append(start_child(command, env=environ, output=log))
        return started[-1]

    yield start
    for process in started:
        stop_child(process)
