"""One process that keeps several programs running and leaves none behind.

It starts them in order, writes what they print into one log file each, starts a program that
ended again after a growing pause, and on SIGINT, SIGTERM or SIGHUP stops all of them, the last
started first. It takes in their orphans (Linux), so that also a job's process whose worker was
killed is found and ended. When it is killed itself, the kernel ends its programs (leash.py).
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from csiapp.serving.processes import start_child, stop_child

_PR_SET_CHILD_SUBREAPER = 36
_PAUSE = 0.2
_LOG_BYTES = 5_000_000
_TAIL_LINES = 15


class Stopped(Exception):
    """Somebody asked the supervisor to stop before the step was done."""


class StepFailed(RuntimeError):
    """A command that had to succeed did not; the message holds the end of its log."""


@dataclass(frozen=True)
class Program:
    """One program to keep running. `grace` is in seconds, from the wish to stop to the kill."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    grace: float = 10.0
    pass_fds: Sequence[int] = ()


@dataclass(frozen=True)
class Backoff:
    """Seconds before a restart: `first`, doubled with every crash in a row, at most `longest`.

    A program that has run for `settled` seconds counts as healthy again.
    """

    first: float = 0.5
    longest: float = 30.0
    settled: float = 60.0

    def pause(self, crashes: int) -> float:
        """The pause after the given number of crashes in a row (1 or more)."""
        return min(self.longest, self.first * 2.0 ** (crashes - 1))


@dataclass
class _Running:
    """A program with its process and what the supervisor remembers of it."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    crashes: int = 0
    restart_at: float | None = None


class Supervisor:
    """Keeps programs running between `with` and the end of the block; see the module's text."""

    def __init__(
        self, log_dir: Path, *, say: Callable[[str], None] = print, backoff: Backoff | None = None
    ) -> None:
        self._log_dir = log_dir
        self._say = say
        self._backoff = backoff or Backoff()
        self._running: list[_Running] = []
        self._logs: dict[str, logging.Handler] = {}
        self._awaited: set[int] = set()
        self._stop_wanted = False

    def __enter__(self) -> Self:
        self._log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _take_in_orphans()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._wish_to_stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._say("stopping")
        for running in reversed(self._running):
            stop_child(running.process, grace=running.program.grace)
        _end_descendants()
        for handler in self._logs.values():
            handler.close()

    def start(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        process = self._launch(program.name, program.command, program.env, program.pass_fds)
        self._running.append(_Running(program, process, time.monotonic()))

    def run_step(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Run a command to its end. Raises StepFailed or Stopped."""
        process = self._launch(name, command, env, ())
        try:
            self.watch(until=lambda: process.poll() is not None)
        finally:
            stop_child(process)
        if process.returncode:
            raise StepFailed(f"{name} failed (exit code {process.returncode}):\n{self.tail(name)}")

    def watch(
        self, *, until: Callable[[], bool] = lambda: False, timeout: float = float("inf")
    ) -> bool:
        """Keep the programs running until `until()` says so.

        Returns False when `timeout` seconds pass first. Raises Stopped on the wish to stop.
        """
        deadline = time.monotonic() + timeout
        while not until():
            if self._stop_wanted:
                raise Stopped
            if time.monotonic() > deadline:
                return False
            for running in self._running:
                self._tend(running)
            _reap_orphans(self._awaited)
            time.sleep(_PAUSE)
        return True

    def tail(self, name: str) -> str:
        """The last lines that a program printed."""
        time.sleep(_PAUSE)  # its last words may still be on their way
        path = self._log_dir / f"{name}.log"
        if not path.exists():
            return ""
        lines = path.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-_TAIL_LINES:])

    def _wish_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_wanted = True

    def _tend(self, running: _Running) -> None:
        now = time.monotonic()
        if running.restart_at is not None:
            if now >= running.restart_at:
                program = running.program
                running.process = self._launch(
                    program.name, program.command, program.env, program.pass_fds
                )
                running.started, running.restart_at = now, None
            return
        if running.process.poll() is None:
            return
        stop_child(running.process)  # what is left of its group
        settled = now - running.started >= self._backoff.settled
        running.crashes = 1 if settled else running.crashes + 1
        pause = self._backoff.pause(running.crashes)
        running.restart_at = now + pause
        name, code = running.program.name, running.process.returncode
        self._say(f"{name} ended ({_ending(code)}); starting it again in {pause:g} s")
        self._say(self.tail(name))

    def _launch(
        self, name: str, command: Sequence[str], env: Mapping[str, str], pass_fds: Sequence[int]
    ) -> subprocess.Popen[bytes]:
        process = start_child(
            command,
            output=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
            pass_fds=pass_fds,
        )
        self._awaited.add(process.pid)
        # a daemon, as a grandchild that keeps the pipe open must not hold up the end
        threading.Thread(target=self._copy, args=(name, process), daemon=True).start()
        return process

    def _copy(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Write each line of a program into its log, with the moment and the name before it."""
        handler = self._log(name)
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                text = line.decode(errors="replace").rstrip()
                record = logging.LogRecord(name, logging.INFO, "", 0, text, None, None)
                with contextlib.suppress(ValueError):  # closed already: we are on our way out
                    handler.handle(record)

    def _log(self, name: str) -> logging.Handler:
        if name not in self._logs:
            handler = logging.handlers.RotatingFileHandler(
                self._log_dir / f"{name}.log", maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8"
            )
            handler.setFormatter(logging.Formatter("%(asctime)s %(name)s | %(message)s"))
            self._logs[name] = handler
        return self._logs[name]


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _take_in_orphans() -> None:
    """Become the parent of every descendant whose own parent dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap_orphans(awaited: set[int]) -> None:
    """Bury ended children that no Popen object waits for."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in awaited:
            return
        os.waitpid(ended.si_pid, os.WNOHANG)


def _end_descendants() -> None:
    """Kill whatever is still below this process, down to the last grandchild (Linux)."""
    while children := _children_of(os.getpid()):
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children_of(pid: int) -> list[int]:
    """The direct children, also those that other threads have started; none where /proc lacks."""
    children: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            children += [int(word) for word in path.read_text().split()]
    return children
