"""`make demo` as a person meets it: ready, signed in to, stopped, started again. The data, which
takes longest, is that of all browser tests: they begin with the same `flask demo load`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.process_table import alive, eventually

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]


class RunningDemo:
    """One start of the demo, up to the word that it is ready."""

    def __init__(self, data_dir: Path, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "csiapp.serving.demo"],
            cwd=ROOT,
            env={**os.environ, "CSIAPP_DATA_DIR": str(data_dir), "PORT": "0", **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ctrl-C"):
                return
        pytest.fail(f"the demo ended by itself:\n{self.said}")

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.said)
        assert match is not None, self.said
        return match[1]

    def get(self, path: str) -> int:
        with urllib.request.urlopen(self.found(r"Ready: (\S+)") + path, timeout=10) as answer:
            return answer.status

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def start(tmp_path: Path, demo_data: Path) -> Iterator[object]:
    running: list[RunningDemo] = []
    shutil.copy(demo_data / "csiapp.db", tmp_path)
    shutil.copytree(demo_data / "files", tmp_path / "files")

    def start_one(**environ: str) -> RunningDemo:
        running.append(RunningDemo(tmp_path, **environ))
        return running[-1]

    yield start_one
    for demo in running:
        demo.process.kill()
        demo.process.communicate()


def descendants(pid: int) -> list[int]:
    children = [
        int(word)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for word in path.read_text().split()
    ]
    return children + [below for child in children for below in descendants(child)]


def test_it_starts_stops_and_starts_again_and_never_leaves_a_process_behind(
    start, tmp_path: Path
) -> None:
    """One test, because the first start of a folder brings its data up to date."""
    first = start(DEMO_PASSWORD="")
    assert first.get("/readyz") == 200
    assert first.get("/sign-in") == 200
    for name in ("admin", "headoffice", "manager", "reviewer", "shopper", "staff"):
        assert f"{name}@demo.example" in first.said
    processes = descendants(first.process.pid)
    assert len(processes) >= 5
    assert first.stop() == 0
    assert [pid for pid in processes if alive(pid)] == []

    kept = (tmp_path / "demo_password").read_text()
    second = start(DEMO_PASSWORD="")
    assert second.found(r"with the password (\S+)") == kept
    assert second.stop() == 0

    third = start(DEMO_PASSWORD="of-my-own-choice")
    assert third.found(r"with the password (\S+)") == "of-my-own-choice"
    processes = descendants(third.process.pid)
    third.process.kill()  # the supervisor is gone, and the product goes with it
    assert eventually(lambda: not any(alive(pid) for pid in processes), seconds=30)
