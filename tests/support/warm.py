"""A Python process that has loaded the product, and becomes any of its programs at once.

Loading takes seconds of a processor, and the tests start, stop and kill many servers. Each of
them is a process of its own all the same: a fork, in a session and process group of its own.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from csiapp.serving.leash import end_with_parent
from csiapp.serving.processes import start_child, stop_child

ROOT = Path(__file__).parents[2]
LOADED = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "flask.cli")
"""What every program needs beside the product itself."""
OF_EVERY_VISIT = ("audits/fill/", "audits/parts/", "audits/shopper/", "components/", "layouts/")
"""Templates that are compiled before: those of the pages that are looked at without a network."""


class Child:
    """A program of the warm process: as much of `subprocess.Popen` as stopping it needs."""

    def __init__(self, warm: WarmPython, pid: int) -> None:
        self.pid, self._warm = pid, warm
        self._ending = os.pidfd_open(pid)
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._ending], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            os.close(self._ending)
            self.returncode = self._warm.order({"buried": self.pid})
        return self.returncode

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class WarmPython:
    """The product, loaded with these settings in a process that waits for orders."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, log.open("ab") as output:
            self._process = start_child(
                [sys.executable, "-m", "tests.support.warm", str(theirs.fileno())],
                output=output,
                env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
                pass_fds=(theirs.fileno(),),
            )
        self._log = log

    def start(self, arguments: Sequence[str], output: IO[bytes]) -> Child:
        """Start `python -m ARGUMENTS`."""
        return Child(self, self.order({"start": arguments}, output.fileno()))

    def order(self, order: Mapping[str, Any], *files: int) -> int:
        try:
            socket.send_fds(self._orders, [json.dumps(order).encode()], files)
            return int(self._orders.recv(100))
        except (OSError, ValueError):
            raise RuntimeError(self._log.read_text(errors="replace")[-2000:]) from None

    def close(self) -> None:
        self._orders.close()
        stop_child(self._process)


def become_what_is_ordered(orders: socket.socket) -> list[str]:
    """Serve until there is nobody left to serve; returns in each child, with its arguments."""
    me = os.getpid()
    while True:
        text, files, _flags, _address = socket.recv_fds(orders, 65_536, 1)
        if not text:
            sys.exit()
        order = json.loads(text)
        if "buried" in order:
            reply = os.waitstatus_to_exitcode(os.waitpid(order["buried"], 0)[1])
        elif not (reply := os.fork()):
            end_with_parent(signal.SIGTERM, me)
            os.setsid()
            orders.close()
            for standard in (1, 2):
                os.dup2(files[0], standard)
            os.close(files[0])
            return order["start"]
        else:
            os.close(files[0])
        orders.send(str(reply).encode())


def load_product() -> None:
    app = import_module("wsgi").app
    for name in LOADED:
        import_module(name)
    for name in app.jinja_env.list_templates(["html"]):
        if name.startswith(OF_EVERY_VISIT):
            app.jinja_env.get_template(name)


if __name__ == "__main__":
    load_product()
    module, *rest = become_what_is_ordered(socket.socket(fileno=int(sys.argv[1])))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
