"""The product as a real server process that can be stopped and started, and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config import load_settings
from csiapp.app import create_app
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.web import App
from csiapp.serving.processes import start_child, stop_child
from tests.factories.tablet import assign, freeze_form
from tests.factories.world import World, build_world
from tests.support.client import sign_in_as

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """gunicorn on a SQLite file of its own. `stop` and `kill` leave the data."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.environ = {
            "CSIAPP_ENV": "test",
            "CSIAPP_DATA_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder}/csiapp.db",
            "VALKEY_URL": f"unix://{self.folder}/no-valkey.sock",
        }
        self.app: App = create_app(load_settings(self.environ))
        with self.app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            allowed = writing.set(True)
            self.world: World = build_world()
            db.session.close()
            writing.reset(allowed)
        self.form_id: uuid.UUID = freeze_form(self.app, self.world)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def visit(self, **values: object) -> uuid.UUID:
        return assign(self.app, self.world, self.form_id, **values)

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--threads", "8"]
        with (self.folder / "server.log").open("ab") as log:
            self.process = start_child(
                [*command, "--bind", f"127.0.0.1:{self.port}"],
                output=log,
                env={**os.environ, **self.environ, "PYTHONPATH": str(ROOT)},
            )
        for _attempt in range(200):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError((self.folder / "server.log").read_text()[-2000:])

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process)
            self.process = None

    def kill(self) -> None:
        """As if the power went: no request is finished."""
        if self.process is not None:
            stop_child(self.process, stop_signal=signal.SIGKILL)
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    running.start()
    yield running
    running.stop()
    with running.app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is not installed: scripts/setup.sh test")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture
def context_of(browser: Browser, server: Server):
    """`context_of("shopper")`: a browser profile signed in as that person of the world."""
    contexts: list[BrowserContext] = []

    def make(person: str, locale: str = "en", **options: object) -> BrowserContext:
        client = sign_in_as(server.app, server.world.people[person])
        cookie = client.get_cookie("s")
        context = browser.new_context(**{"viewport": {"width": 820, "height": 1180}, **options})
        context.add_cookies(
            [
                {"name": name, "value": value, "url": server.url}
                for name, value in (("s", cookie.value), ("lang", locale))
            ]
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def watch(page: Page) -> list[str]:
    """Errors of scripts and refusals of the content security policy, as they come."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console",
        lambda message: (
            found.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    return found
