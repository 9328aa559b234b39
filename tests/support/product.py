"""The whole product with its demo data, as processes that a test may stop, kill and start."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from config import load_settings
from csiapp.app import create_app
from csiapp.core.web import App
from csiapp.serving import valkey
from csiapp.serving.processes import start_child, stop_child
from tests.support.warm import Child, WarmPython

ROOT = Path(__file__).parents[2]
PARTS = ("valkey", "web", "worker", "relay")
FLASK = ["flask", "--app", "wsgi"]
PROGRAMS = {
    "web": ["gunicorn", "--chdir", str(ROOT), "--config", str(ROOT / "gunicorn.conf.py")],
    "worker": [*FLASK, "worker"],
    "relay": [*FLASK, "relay"],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """gunicorn, one worker, the relay and Valkey on a folder of their own. Stopping leaves
    the data. `app` is the same product in this process, to look at its rows."""

    password = "demo-of-the-browser-tests"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "log").mkdir(parents=True)
        (folder / "valkey").mkdir(mode=0o700)
        self.environ = {
            "CSIAPP_ENV": "demo",
            "CSIAPP_DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'csiapp.db'}",
            "VALKEY_URL": valkey.url(folder / "valkey"),
            "DEMO_PASSWORD": self.password,
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": "1",
            "WEB_THREADS": "8",
        }
        self._running: dict[str, subprocess.Popen[bytes] | Child] = {}

    def load(self) -> None:
        """Migrate, and make the demo's data."""
        subprocess.run(
            [sys.executable, "-m", *FLASK, "demo", "load"],
            cwd=ROOT,
            env={**os.environ, **self.environ},
            check=True,
            capture_output=True,
            timeout=300,
        )
        # the past's promises are kept by now, but for its reports: the newest few are enough
        self.change(
            "DELETE FROM outbox WHERE id NOT IN (SELECT id FROM outbox"
            " WHERE task = 'reports.prepare' ORDER BY created_at DESC LIMIT 4)"
        )
        # each test that changes much has a dealership to itself, with a manager who signs in
        self.change(
            "UPDATE user_account SET password_hash = (SELECT password_hash FROM user_account"
            " WHERE email = 'manager@demo.example') WHERE email LIKE 'manager__@demo.example'"
        )

    @cached_property
    def app(self) -> App:
        return create_app(load_settings(self.environ))

    @cached_property
    def _warm(self) -> WarmPython:
        environ = {**self.environ, "PYTHONUNBUFFERED": "1"}
        return WarmPython(environ, self.folder / "log" / "warm.log")

    def start(self, *parts: str) -> None:
        """Start these parts (all without names) and wait until the product is ready."""
        for part in parts or PARTS:
            with (self.folder / "log" / f"{part}.log").open("ab") as log:
                if part == "valkey":
                    command = valkey.command(self.folder / "valkey")
                    self._running[part] = start_child(command, output=log)
                else:
                    self._running[part] = self._warm.start(PROGRAMS[part], log)
            if part == "valkey":
                self._wait(lambda: valkey.answers(self.folder / "valkey"), part)
        if "web" in (parts or PARTS):
            self._wait(self._ready, "web")

    def stop(self, *parts: str) -> None:
        """Stop these parts (all without names), the last first."""
        for part in reversed(parts or PARTS):
            if part in self._running:
                stop_child(self._running.pop(part))

    def close(self) -> None:
        self._warm.close()

    def kill(self, part: str) -> None:
        """End a part and its children at once, with nothing finished."""
        process = self._running.pop(part)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def rows(self, query: str, *values: object) -> list[Any]:
        """Rows straight from the database file."""
        with contextlib.closing(sqlite3.connect(self.folder / "csiapp.db", timeout=10)) as db:
            return db.execute(query, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """Change rows behind the product's back: time that passes, sessions that end."""
        with contextlib.closing(sqlite3.connect(self.folder / "csiapp.db", timeout=10)) as db, db:
            db.execute(statement, values)

    def log(self, part: str) -> str:
        return (self.folder / "log" / f"{part}.log").read_text(errors="replace")

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self, condition, part: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline or self._running[part].poll() is not None:
                raise RuntimeError(f"{part} did not start:\n{self.log(part)[-2000:]}")
            time.sleep(0.1)


def demo_made_once(folder: Path) -> Path:
    """The demo's data, in a folder that test processes share: the first of them makes it."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            Product(folder / "data").load()
            (folder / "made").touch()
    return folder / "data"


@contextlib.contextmanager
def running_product(folder: Path, demo: Path | None = None) -> Iterator[Product]:
    """The product with demo data, ready, for the length of the block: with a copy of the data
    in `demo`, or with data of its own making."""
    product = Product(folder)
    if demo is None:
        product.load()
    else:
        shutil.copytree(demo, folder, dirs_exist_ok=True)
    try:
        product.start()
        yield product
    finally:
        product.stop()
        product.close()
