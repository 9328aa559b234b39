"""`make demo`: what it says when it cannot start, and what it keeps."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from csiapp.serving import demo

pytestmark = pytest.mark.serving


def run_demo(data_dir: Path, port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "csiapp.serving.demo"],
        env={**os.environ, "CSIAPP_DATA_DIR": str(data_dir), "PORT": port},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_a_busy_port_is_named_with_a_way_out(data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = run_demo(data_dir, port)
    assert ended.returncode == 1
    assert f"Port {port} is in use" in ended.stderr
    assert "PORT=8001 make demo" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("port", ["http", "-1", "70000"])
def test_a_port_that_is_none_is_refused(data_dir: Path, port: str) -> None:
    ended = run_demo(data_dir, port)
    assert ended.returncode == 1
    assert "it must be a number from 0 to 65535" in ended.stderr


def test_a_second_demo_on_the_same_folder_is_refused(data_dir: Path) -> None:
    with demo._sole_user(data_dir):
        ended = run_demo(data_dir, "0")
    assert ended.returncode == 1
    assert f"already runs on {data_dir} (process {os.getpid()})" in ended.stderr


def test_a_reset_removes_what_the_demo_made_and_nothing_else(data_dir: Path) -> None:
    for name in ("csiapp.db", "csiapp.db-wal", "secret_key", "bench.json"):
        (data_dir / name).write_text("x")
    for name in ("files", "valkey", "log"):
        (data_dir / name).mkdir()
    demo._throw_away(data_dir)
    assert [path.name for path in data_dir.iterdir()] == ["bench.json"]


def test_a_random_password_is_made_once_and_readable_by_its_owner_alone(data_dir: Path) -> None:
    path = data_dir / "demo_password"
    password = demo._kept_secret(path)
    assert len(password) == 16
    assert demo._kept_secret(path) == password
    assert path.stat().st_mode & 0o777 == 0o600


def test_settings_of_another_installation_do_not_reach_the_demo(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S3_BUCKET", "the-real-one")
    monkeypatch.setenv("DATABASE_URL", "postgresql://real/one")
    env = demo._demo(data_dir, 8000).env
    assert env["S3_BUCKET"] == ""
    assert env["DATABASE_URL"] == f"sqlite:///{data_dir}/csiapp.db"


class Steps:
    """A supervisor that notes what it is told to run."""

    def __init__(self, demo_: demo.Demo) -> None:
        self.demo, self.ran = demo_, 0

    def run_step(self, *_what: object) -> None:
        (self.demo.data_dir / "csiapp.db").touch()
        self.ran += 1


def steps_of_a_start(data_dir: Path) -> int:
    steps = Steps(demo._demo(data_dir, 8000))
    demo._load_data(steps.demo, steps)
    return steps.ran


def test_data_is_loaded_at_the_first_start_and_not_looked_at_in_the_second(data_dir: Path) -> None:
    assert [steps_of_a_start(data_dir) for _start in range(3)] == [1, 0, 0]


def test_another_password_a_newer_migration_or_a_lost_database_load_again(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps_of_a_start(data_dir)
    monkeypatch.setenv("DEMO_PASSWORD", "another-one-than-before")
    assert [steps_of_a_start(data_dir) for _start in range(2)] == [1, 0]

    newer = data_dir / "newest"
    newer.write_text("9999\n")
    monkeypatch.setattr(demo, "_NEWEST_MIGRATION", newer)
    assert [steps_of_a_start(data_dir) for _start in range(2)] == [1, 0]

    (data_dir / "csiapp.db").unlink()
    assert [steps_of_a_start(data_dir) for _start in range(2)] == [1, 0]


def test_a_load_that_failed_is_tried_again(data_dir: Path) -> None:
    class Broken(Steps):
        def run_step(self, *what: object) -> None:
            super().run_step(*what)
            raise demo.StepFailed

    steps = Broken(demo._demo(data_dir, 8000))
    with pytest.raises(demo.StepFailed):
        demo._load_data(steps.demo, steps)
    assert steps_of_a_start(data_dir) == 1
