"""The supervisor: programs that end are started again, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from csiapp.serving.supervisor import Backoff
from tests.serving.process_table import alive, eventually

pytestmark = pytest.mark.serving

# Each program writes its process ids into a file, one line for each start.
SUPERVISED = """
import sys, time
from pathlib import Path
from csiapp.serving.supervisor import Backoff, Program, Stopped, Supervisor
folder = Path(sys.argv[1])
try:
    with Supervisor(folder / "log", backoff=Backoff(first=0.1)) as supervisor:
        for name, source in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
            command = [sys.executable, "-c", source, str(folder / f"{name}.pids")]
            supervisor.start(Program(name, command, grace=1.0))
        supervisor.watch()
except Stopped:
    print("stopped", flush=True)
"""
NOTE_PID = """
import os, sys, time, signal
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
print("hello", flush=True)
"""
SLEEPER = NOTE_PID + "time.sleep(60)"
CRASHER = NOTE_PID + "sys.exit(3)"
DEAF = NOTE_PID.replace("print", "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint") + (
    "time.sleep(60)"
)
# like a worker with a job's process in a session of its own
WORKER = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(60)
"""

BOUND_WORKER = "from csiapp.serving.leash import bind_forks\nbind_forks()\n" + WORKER


class Supervised:
    """A supervisor in a process of its own, so that it can be sent signals."""

    def __init__(self, folder: Path, programs: dict[str, str]) -> None:
        self.folder = folder
        arguments = [text for item in programs.items() for text in item]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISED, str(folder), *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )

    def pids(self, name: str) -> list[int]:
        path = self.folder / f"{name}.pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def started(self, name: str, times: int = 1) -> bool:
        return eventually(lambda: len(self.pids(name)) >= times)

    def log(self, name: str) -> str:
        path = self.folder / "log" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def end(self, number: signal.Signals) -> str:
        """Send the signal; returns what it printed."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)[0]


@pytest.fixture
def supervised(data_dir: Path) -> Iterator[object]:
    running: list[Supervised] = []

    def start(**programs: str) -> Supervised:
        running.append(Supervised(data_dir, programs))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.wait()
        assert one.process.stdout is not None
        one.process.stdout.close()


def test_a_program_that_ends_is_started_again(supervised) -> None:
    tree = supervised(web=SLEEPER)
    assert tree.started("web")
    os.kill(tree.pids("web")[0], signal.SIGKILL)
    assert tree.started("web", times=2)
    assert alive(tree.pids("web")[1])
    assert "web ended (SIGKILL); starting it again" in tree.end(signal.SIGTERM)


def test_other_programs_stay_up_while_one_crashes(supervised) -> None:
    tree = supervised(web=SLEEPER, relay=CRASHER)
    assert tree.started("relay", times=3)
    assert len(tree.pids("web")) == 1
    assert alive(tree.pids("web")[0])


def test_a_crash_is_told_with_the_programs_last_words(supervised) -> None:
    tree = supervised(relay=CRASHER)
    assert tree.started("relay", times=2)
    said = tree.end(signal.SIGTERM)
    assert "relay ended (exit code 3)" in said
    assert "relay | hello" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything(supervised, number: signal.Signals) -> None:
    tree = supervised(one=SLEEPER, two=SLEEPER)
    assert tree.started("one")
    assert tree.started("two")
    assert tree.end(number) == "stopping\nstopped\n"
    assert tree.process.returncode == 0
    assert not alive(tree.pids("one")[0])
    assert not alive(tree.pids("two")[0])


def test_a_program_that_will_not_stop_is_killed_after_its_grace(supervised) -> None:
    tree = supervised(deaf=DEAF)
    assert eventually(lambda: "hello" in tree.log("deaf"))
    begun = time.monotonic()
    tree.end(signal.SIGTERM)
    assert time.monotonic() - begun < 10
    assert not alive(tree.pids("deaf")[0])


def test_a_grandchild_in_its_own_session_is_stopped_too(supervised) -> None:
    tree = supervised(worker=WORKER)
    assert tree.started("worker", times=2)
    tree.end(signal.SIGTERM)
    assert [pid for pid in tree.pids("worker") if alive(pid)] == []


def test_a_grandchild_whose_parent_was_killed_is_stopped_at_the_end(supervised) -> None:
    tree = supervised(worker=WORKER)
    assert tree.started("worker", times=2)
    parent = min(tree.pids("worker")[:2])
    os.kill(parent, signal.SIGKILL)
    assert tree.started("worker", times=4)
    tree.end(signal.SIGTERM)
    assert [pid for pid in tree.pids("worker") if alive(pid)] == []


def test_programs_end_when_the_supervisor_itself_is_killed(supervised) -> None:
    tree = supervised(one=SLEEPER, two=SLEEPER)
    assert tree.started("one")
    assert tree.started("two")
    tree.end(signal.SIGKILL)
    assert eventually(lambda: not alive(tree.pids("one")[0]))
    assert eventually(lambda: not alive(tree.pids("two")[0]))


def test_a_job_ends_with_its_worker_when_forks_are_bound(supervised) -> None:
    tree = supervised(worker=BOUND_WORKER)
    assert tree.started("worker", times=2)
    parent, job = sorted(tree.pids("worker")[:2])
    os.kill(parent, signal.SIGKILL)
    assert eventually(lambda: not alive(job), seconds=5.0)


def test_each_line_of_a_log_tells_when_and_who(supervised) -> None:
    tree = supervised(web=SLEEPER)
    assert eventually(lambda: "hello" in tree.log("web"))
    day, _clock, name, bar, text = tree.log("web").split()
    assert day.count("-") == 2
    assert (name, bar, text) == ("web", "|", "hello")


def test_a_command_that_does_not_exist_is_told_by_name(data_dir: Path) -> None:
    leash = Path(__file__).parents[2] / "csiapp" / "serving" / "leash.py"
    ended = subprocess.run(
        [sys.executable, str(leash), "15", str(os.getpid()), str(data_dir / "missing")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "missing: No such file or directory" in ended.stderr


def test_the_pause_doubles_with_every_crash_up_to_the_longest() -> None:
    backoff = Backoff(first=0.5, longest=3.0)
    assert [backoff.pause(crashes) for crashes in (1, 2, 3, 4, 20)] == [0.5, 1.0, 2.0, 3.0, 3.0]
