"""The product as a real server process that can be stopped and started, and a real browser."""

from __future__ import annotations

import signal
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from config import load_settings
from csiapp.app import create_app
from csiapp.audits.models import Visit
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.web import App
from csiapp.serving.processes import stop_child
from tests.e2e.keyboard import Keyboard
from tests.factories.tablet import assign, at_work, freeze_form
from tests.factories.world import World, build_world
from tests.support.browser import DESKTOP, TABLET, complaints, running_browser, sign_in, speak
from tests.support.client import sign_in_as
from tests.support.product import Product, free_port, running_product
from tests.support.warm import Child, WarmPython

ROOT = Path(__file__).parent.parent.parent
NOBODY = "-"
PATIENCE = 30_000
"""Milliseconds until a test gives up: what is waited for comes in a few hundred, but for a
machine with other things to do."""
expect.set_options(timeout=PATIENCE)
PERSON = {"viewport": DESKTOP, "reduced_motion": "reduce", "timezone_id": "Asia/Shanghai"}


@dataclass
class Server:
    """gunicorn on a SQLite file of its own. `stop` and `kill` leave the data."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: Child | None = None

    def __post_init__(self) -> None:
        self.log = self.folder / "server.log"
        self.environ = {
            "CSIAPP_ENV": "demo",
            "CSIAPP_DATA_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder}/csiapp.db",
            "VALKEY_URL": f"unix://{self.folder}/no-valkey.sock",
        }
        self.app: App = create_app(load_settings(self.environ))
        with self.app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            allowed = writing.set(True)
            self.world: World = build_world()
            db.session.close()
            writing.reset(allowed)
        self.form_id: uuid.UUID = freeze_form(self.app, self.world)
        self.warm = WarmPython(self.environ, self.log)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def visit(self, **values: object) -> uuid.UUID:
        return assign(self.app, self.world, self.form_id, **values)

    def call_off_visits(self) -> None:
        """A shopper's device keeps every open visit: the next test waits for its own alone."""
        with at_work(self.app, self.world.tenant()):
            db.session.execute(sa.update(Visit).values(state="cancelled"))

    def start(self) -> None:
        bind = f"127.0.0.1:{self.port}"
        with self.log.open("ab") as log:
            self.process = self.warm.start(
                ["gunicorn", "wsgi:app", "--threads", "8", "--bind", bind], log
            )
        for _attempt in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text()[-2000:])

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process)
            self.process = None

    def kill(self) -> None:
        """As if the power went: no request is finished."""
        if self.process is not None:
            stop_child(self.process, stop_signal=signal.SIGKILL)
            self.process = None


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.kill()
    running.warm.close()
    with running.app.app_context():
        db.engine.dispose()


@pytest.fixture
def server(one_server: Server) -> Iterator[Server]:
    """Running, whatever the test before did to it. Each test makes visits of its own."""
    if one_server.process is None:
        one_server.start()
    yield one_server
    one_server.call_off_visits()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture(scope="session")
def product(demo_data: Path) -> Iterator[Product]:
    """The whole product with its demo data. Tests share it: each brings rows of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="csiapp-e2e-") as folder,
        running_product(Path(folder) / "data", demo_data) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Cookies of the people who have signed in already."""
    return {}


@pytest.fixture
def person(browser: Browser, product: Product, sessions):
    """`person("manager", "en")`: a page of this demo person, who signed in through the
    sign-in page; "-" is nobody. What the browser complains about fails the test."""
    heard: dict[str, list[str]] = {}
    contexts: list[BrowserContext] = []

    def make(name: str, language: str = "zh", **options: object) -> Page:
        context = browser.new_context(storage_state=sessions.get(name), **{**PERSON, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        heard[f"{name} {len(contexts)}"] = complaints(context)
        page = context.new_page()
        if name not in {*sessions, NOBODY}:
            sign_in(page, product.url, f"{name}@demo.example", product.password)
        page.goto(product.url)  # the home of one's place, or the sign-in page
        speak(page, language)
        if name != NOBODY:
            sessions[name] = context.storage_state()
        return page

    yield make
    for context in contexts:
        context.close()
    assert {who: texts for who, texts in heard.items() if texts} == {}


@pytest.fixture
def hands(browser: Browser, product: Product):
    """`hands("manager")`: the keyboard of this person, who has signed in with it. A stop that
    could not be seen, or a complaint of the browser, fails the test."""
    made: list[tuple[Keyboard, list[str]]] = []

    def make(name: str, **options: object) -> Keyboard:
        settings = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-US"}
        context = browser.new_context(**{**settings, **options})
        context.set_default_timeout(PATIENCE)
        heard = complaints(context)
        keyboard = Keyboard(context.new_page(), product)
        made.append((keyboard, heard))
        keyboard.sign_in(name)
        return keyboard

    yield make
    for keyboard, _heard in made:
        keyboard.page.context.close()
    assert [(keyboard.bad, heard) for keyboard, heard in made if keyboard.bad or heard] == []


@pytest.fixture
def context_of(browser: Browser, server: Server):
    """`context_of("shopper")`: a browser profile signed in as that person of the world."""
    contexts: list[BrowserContext] = []

    def make(person: str, locale: str = "en", **options: object) -> BrowserContext:
        client = sign_in_as(server.app, server.world.people[person])
        cookie = client.get_cookie("s")
        context = browser.new_context(**{"viewport": TABLET, **options})
        context.add_cookies(
            [
                {"name": name, "value": value, "url": server.url}
                for name, value in (("s", cookie.value), ("lang", locale))
            ]
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def watch(page: Page) -> list[str]:
    """Errors of scripts and refusals of the content security policy, as they come."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console",
        lambda message: (
            found.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    return found
