"""What the benchmarks run on: demo data in a folder of its own, and servers over it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from config import load_settings
from csiapp.accounts.models import User
from csiapp.accounts.passwords import hash_password
from csiapp.app import create_app
from csiapp.audits.models import Visit
from csiapp.audits.services.submission import pass_test, start_visit
from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.core.web import App
from csiapp.demo.places import DOMAIN, NETWORK_ID, NETWORK_SLUG
from csiapp.demo.work import at_work, in_dealership
from csiapp.founding import MASTER_CODE
from csiapp.serving.processes import start_child, stop_child
from csiapp.serving.valkey import running_valkey
from csiapp.standards.queries import standard_set
from csiapp.standards.services import start_draft

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "a password for the benchmarks"
FIRST_DEALERSHIP = 1
SECOND_MANAGER = "manager02"
"""Of the second dealership: the demo lets only the first one's manager sign in."""
NOBODY = uuid.UUID(int=0)
_FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_START_TIMEOUT = 60.0


@dataclass(frozen=True)
class Page:
    """One of the main pages, and the demo account that looks at it."""

    name: str
    person: str
    path: str


@dataclass(frozen=True)
class Stage:
    """Demo data with a standards draft and a started visit; `app` works on the same database."""

    folder: Path
    env: Mapping[str, str]
    app: App
    engine: sa.Engine
    visit_id: uuid.UUID

    def pages(self) -> list[Page]:
        dealership = "/t/demo-01"
        return [
            Page("standards", "manager", f"{dealership}/standards/{MASTER_CODE}/draft"),
            Page("training", "manager", f"{dealership}/training"),
            Page("overview", "headoffice", f"/n/{NETWORK_SLUG}/overview"),
            Page("visits", "headoffice", f"/n/{NETWORK_SLUG}/visits"),
            Page("form", "shopper", f"/v/{self.visit_id}/fill"),
        ]


@contextlib.contextmanager
def staged() -> Iterator[Stage]:
    """Load the demo into a new folder below var/, with a Valkey; gone with the block."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name,
        running_valkey(Path(name) / "valkey") as valkey_url,
    ):
        folder = Path(name)
        env = {
            **os.environ,
            "CSIAPP_ENV": "demo",
            "CSIAPP_DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'csiapp.db'}",
            "VALKEY_URL": valkey_url,
            "DEMO_PASSWORD": PASSWORD,
            "S3_BUCKET": "",
            "TRUSTED_HOSTS": "",
        }
        for command in (["db", "upgrade"], ["demo", "load"]):
            flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
            subprocess.run(flask, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        app = create_app(load_settings(env))
        with app.app_context():
            stage = Stage(folder, env, app, db.engine, _prepare())
        # no application context stays open: each request opens its own, with its own session
        yield stage


def _prepare() -> uuid.UUID:
    """A draft for the editor, and a visit in the middle of being filled in; its id."""
    _let_in(SECOND_MANAGER)
    scope = in_dealership(NETWORK_ID, FIRST_DEALERSHIP, NOBODY)
    with at_work(scope, utcnow()):
        start_draft(standard_set(MASTER_CODE).id)
    with entered(scope):
        visit_id = db.session.scalars(sa.select(Visit.id).where(Visit.state == "accepted")).one()
        db.session.close()
    with at_work(scope, utcnow()):
        pass_test(visit_id)
        start_visit(visit_id, {"U01": 7})
    return visit_id


def _let_in(person: str) -> None:
    token = writing.set(True)
    try:
        user = db.session.scalars(sa.select(User).where(User.email == f"{person}@{DOMAIN}")).one()
        user.password_hash = hash_password(PASSWORD)
        db.session.commit()
    finally:
        db.session.close()
        writing.reset(token)


@contextlib.contextmanager
def served(
    target: str, env: Mapping[str, str], log: Path, *, says: str = "/healthz"
) -> Iterator[int]:
    """Run gunicorn with the demo's own settings over a WSGI application; gives its port."""
    with socket.socket() as listener, log.open("ab") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(socket.SOMAXCONN)
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", target]
        process = start_child(
            command,
            output=output,
            env={**env, "WEB_BIND": f"fd://{listener.fileno()}"},
            pass_fds=(listener.fileno(),),
        )
        port: int = listener.getsockname()[1]
        try:
            _wait(port, says)
            yield port
        finally:
            stop_child(process, grace=25.0)


def _wait(port: int, path: str) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise TimeoutError(f"no answer on port {port}")


def signed_in_cookie(port: int, person: str) -> str:
    """Sign a demo account in through the page; the Cookie header from then on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    found = _FORM_TOKEN.search(answer.read().decode())
    if found is None:
        raise LookupError("the sign-in page has no form token")
    form = {"email": f"{person}@demo.example", "password": PASSWORD, "csrf_token": found[1]}
    headers = {
        "Cookie": _cookie_of(answer),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", "/sign-in", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise PermissionError(f"{person} could not sign in: {answer.status}")
    return _cookie_of(answer)


def _cookie_of(answer: http.client.HTTPResponse) -> str:
    cookies = answer.headers.get_all("Set-Cookie") or []
    return "; ".join(cookie.partition(";")[0] for cookie in cookies)
