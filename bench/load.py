"""A load generator in a process of its own: some keep-alive connections, two targets in turn.

    python -m bench.load < PLAN > TIMES

PLAN is JSON: `connections`, `rounds`, and `targets`, a list of `port`, `path`, `headers`, `bytes`
(of the body, checked) and `seconds` for one turn. TIMES is JSON: for each target a list of rounds,
each with `seconds` and the `times` of all requests in ms.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import time
from typing import Any

_BUFFER = 256 * 1024


class Unexpected(RuntimeError):
    """An answer that is not the page."""


class Connection:
    """One keep-alive connection to a target; opened again when the server has closed it."""

    def __init__(self, target: dict[str, Any]) -> None:
        self._address = ("127.0.0.1", int(target["port"]))
        lines = [f"GET {target['path']} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in target["headers"].items()]
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self._bytes = int(target["bytes"])
        self._socket: socket.socket | None = None

    def get(self) -> float:
        """Ask for the page once; the time in ms, to the last byte."""
        start = time.perf_counter()
        try:
            body, keep = self._exchange()
        except (ConnectionError, TimeoutError):
            self.close()
            start = time.perf_counter()
            body, keep = self._exchange()
        took = (time.perf_counter() - start) * 1000
        if body != self._bytes:
            raise Unexpected(f"{body} bytes came instead of {self._bytes}")
        if not keep:
            self.close()
        return took

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self) -> tuple[int, bool]:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(self._request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._received()
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        if " 200 " not in lines[0]:
            raise Unexpected(lines[0])
        fields = dict(line.partition(": ")[::2] for line in lines[1:])
        length, here = int(fields["content-length"]), len(rest)
        while here < length:
            here += len(self._received())
        return here, fields.get("connection") != "close"

    def _received(self) -> bytes:
        if self._socket is None:
            raise ConnectionResetError
        data = self._socket.recv(_BUFFER)
        if not data:
            raise ConnectionResetError
        return data


def run(plan: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """All rounds; see the module's text."""
    pools = [[Connection(t) for _ in range(plan["connections"])] for t in plan["targets"]]
    for pool in pools:
        _turn(pool, 0.3)  # warm
    rounds: list[list[dict[str, Any]]] = [[] for _ in pools]
    for _ in range(plan["rounds"]):
        for place, target in enumerate(plan["targets"]):
            rounds[place].append(_turn(pools[place], float(target["seconds"])))
    for connection in (c for pool in pools for c in pool):
        connection.close()
    return rounds


def _turn(pool: list[Connection], seconds: float) -> dict[str, Any]:
    times: list[float] = []
    start = time.perf_counter()
    end = start + seconds

    def work(connection: Connection) -> None:
        while time.perf_counter() < end:
            times.append(connection.get())

    threads = [threading.Thread(target=work, args=(connection,)) for connection in pool]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - start, "times": times}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        found = run(json.load(sys.stdin))
    json.dump(found, sys.stdout)
