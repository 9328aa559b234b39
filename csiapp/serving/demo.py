"""`make demo`: the whole product with demo data on one machine, from one terminal.

    python -m csiapp.serving.demo [--reset]

PORT (8000; 0 takes a free one), CSIAPP_DATA_DIR (var) and DEMO_PASSWORD are read from the
environment. Two demos with different values of the first two run side by side.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from csiapp.serving import valkey
from csiapp.serving.supervisor import Program, StepFailed, Stopped, Supervisor

_HOST = "127.0.0.1"
_READY_TIMEOUT = 120.0
_ROOT = Path(__file__).resolve().parents[2]
_FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
_NEWEST_MIGRATION = _ROOT / "migrations" / ".current-alembic-head"
_DATABASE = "csiapp.db"
_RECEIPT = "demo_loaded"
_MADE_BY_DEMO = (
    *(f"{_DATABASE}*", _RECEIPT, "demo_password", "secret_key"),
    *("files", "mail", "valkey", "log"),
)
# settings of some other installation that this terminal may know of
_NOT_FOR_DEMO = (
    "MIGRATION_DATABASE_URL",
    "S3_BUCKET",
    "S3_ENDPOINT_URL",
    "SMTP_URL",
    "TRUSTED_HOSTS",
    "PUBLIC_URL",
    "PROXIES",
    "WEB_HOSTS",
    "FLASK_DEBUG",
)
_ACCOUNTS = {
    "admin": "runs the installation",
    "headoffice": "head office: assigns visits, downloads reports",
    "manager": "manages a dealership: standards and training",
    "reviewer": "reviews and publishes visits",
    "shopper": "mystery shopper, with a visit to fill in",
    "staff": "works at a dealership",
}


class CannotStart(RuntimeError):
    """The demo cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Demo:
    """Where one demo lives and what its programs are told."""

    data_dir: Path
    port: int
    password: str
    env: Mapping[str, str]

    @property
    def address(self) -> str:
        """What to type into the browser."""
        return f"http://{_HOST}:{self.port}"

    def loaded(self) -> str:
        """What `demo load` leaves behind: the newest migration, and accounts with the password."""
        password = hashlib.sha256(self.password.encode()).hexdigest()
        return f"{_NEWEST_MIGRATION.read_text().strip()} {password}"


def main(arguments: list[str]) -> int:
    """Run the demo until somebody stops it. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m csiapp.serving.demo")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    options = parser.parse_args(arguments)
    data_dir = Path(os.environ.get("CSIAPP_DATA_DIR") or "var").resolve()
    try:
        with _sole_user(data_dir), _listening_socket() as listener:
            if options.reset:
                _throw_away(data_dir)
            _run(_demo(data_dir, listener.getsockname()[1]), listener)
    except Stopped:
        _say("stopped")
    except (CannotStart, StepFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _run(demo: Demo, listener: socket.socket) -> None:
    """Start everything, say how to get in, and stay until stopped."""
    with Supervisor(demo.data_dir / "log", say=_say) as supervisor:
        valkey_dir = demo.data_dir / "valkey"
        valkey_dir.mkdir(mode=0o700, exist_ok=True)
        valkey.end_leftover(valkey_dir)
        supervisor.start(Program("valkey", valkey.command(valkey_dir)))
        if not supervisor.watch(until=lambda: valkey.answers(valkey_dir), timeout=15):
            raise CannotStart(f"Valkey did not start:\n{supervisor.tail('valkey')}")
        _load_data(demo, supervisor)
        _say("starting the web server, the worker and the relay")
        for program in _programs(demo, listener.fileno()):
            supervisor.start(program)
        if not supervisor.watch(until=lambda: _ready(demo.address)[0], timeout=_READY_TIMEOUT):
            raise CannotStart(
                f"not ready after {_READY_TIMEOUT:g} s: {_ready(demo.address)[1]}\n"
                f"{supervisor.tail('web')}"
            )
        print(_welcome(demo), flush=True)
        supervisor.watch()


def _load_data(demo: Demo, supervisor: Supervisor) -> None:
    """Bring the data up to date, unless the last start left it so: that takes longer than
    everything else, and cannot run beside the programs."""
    receipt = demo.data_dir / _RECEIPT
    wanted = demo.loaded()
    if (demo.data_dir / _DATABASE).exists() and _text_of(receipt) == wanted:
        _say("the demo data is there")
        return
    _say("bringing the database up to date; loading demo data, where there is none yet")
    supervisor.run_step("demo-data", [*_FLASK, "demo", "load"], demo.env)
    receipt.write_text(wanted)


def _text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _programs(demo: Demo, listener: int) -> list[Program]:
    """The product's own programs. The web server inherits the socket that listens already."""
    web_env = {**demo.env, "WEB_BIND": f"fd://{listener}"}
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", str(_ROOT / "gunicorn.conf.py")]
    return [
        Program("web", gunicorn, web_env, grace=25.0, pass_fds=(listener,)),
        Program("worker", [*_FLASK, "worker"], demo.env),
        Program("relay", [*_FLASK, "relay"], demo.env),
    ]


def _demo(data_dir: Path, port: int) -> Demo:
    password = os.environ.get("DEMO_PASSWORD") or _kept_secret(data_dir / "demo_password")
    env = {
        **dict.fromkeys(_NOT_FOR_DEMO, ""),
        "CSIAPP_ENV": "demo",
        "CSIAPP_DATA_DIR": str(data_dir),
        "DATABASE_URL": f"sqlite:///{data_dir / _DATABASE}",
        "VALKEY_URL": valkey.url(data_dir / "valkey"),
        "DEMO_PASSWORD": password,
        "PORT": str(port),
    }
    return Demo(data_dir, port, password, env)


def _kept_secret(path: Path) -> str:
    """A random text, made once and readable by its owner alone."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text().strip()


@contextlib.contextmanager
def _sole_user(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; a second demo on the same one is refused."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(
                f"A demo already runs on {data_dir} (process {file.read().strip() or 'unknown'}).\n"
                "Stop it, or give this one a folder and a port of its own:\n"
                "    CSIAPP_DATA_DIR=var2 PORT=8001 make demo"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.contextmanager
def _listening_socket() -> Iterator[socket.socket]:
    """Take PORT on the loopback interface before anything else is started."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdigit() or int(wanted) > 65535:
        raise CannotStart(f"PORT is {wanted!r}; it must be a number from 0 to 65535.")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, int(wanted)))
            listener.listen(socket.SOMAXCONN)
        except PermissionError:
            raise CannotStart(f"Port {wanted} needs root rights; try PORT=8000.") from None
        except OSError:
            raise CannotStart(
                f"Port {wanted} is in use by another program. Choose another one:\n"
                "    PORT=8001 make demo"
            ) from None
        yield listener


def _throw_away(data_dir: Path) -> None:
    """Remove what a demo makes in its folder, and nothing else."""
    _say(f"removing the demo's data in {data_dir}")
    for pattern in _MADE_BY_DEMO:
        for path in data_dir.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _ready(address: str) -> tuple[bool, str]:
    """Whether /readyz says yes, and what it said."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310 - ours
            return True, json.dumps(json.load(answer))
    except urllib.error.HTTPError as error:
        return False, f"{error.code} {error.read(500).decode(errors='replace')}"
    except (OSError, ValueError) as error:
        return False, str(error)


def _welcome(demo: Demo) -> str:
    accounts = "\n".join(
        f"    {f'{name}@demo.example':26}{what}" for name, what in _ACCOUNTS.items()
    )
    return f"""
Ready: {demo.address}

Accounts, all with the password {demo.password}
{accounts}

Data is in {demo.data_dir}, logs are in {demo.data_dir / "log"}.
Ctrl-C stops everything; the data stays (`make demo-reset` begins anew).
"""


def _say(text: str) -> None:
    print(f"== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
