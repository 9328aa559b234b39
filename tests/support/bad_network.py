"""The way between a browser and the server, and everything that happens on it.

A proxy of our own, because Playwright's offline switch does not reach what a service worker
fetches. `plight` is what befalls every request; `of_ten` is how many of each ten requests of the
tablet meet something else each time, by the dice of `seed`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import select
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from csiapp.core.db import new_id

PORTAL = b"<!doctype html><title>Hotel WiFi</title><h1>Welcome! Please sign in.</h1>"
SIGN_IN = "/sign-in"
BROKEN = {"Content-Type": "text/html", "X-Form-Page": "none"}
"""As our own page of a failure, marked like every answer of the addresses that are kept."""
PLIGHTS = ("cut", "lost", "fail", "fail_after", "hang", "hang_after", "sign_in", "portal")
"""Connection cut before or (`lost`) after the server did its work; 500 before or after it; no
answer for long, before or after it; a redirect to a sign-in page; somebody else's page."""

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class BadNetwork(ThreadingHTTPServer):
    """Listens on a port of its own and passes on to `target`."""

    daemon_threads = True

    def __init__(self, target: int, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Passage)
        self.target = target
        self.dice = random.Random(seed)
        self.plight = ""
        self.of_ten = 0
        self._fates: list[bool] = []
        self.next_events: list[str] = []
        """What befalls the next posts of events, in this order."""
        self.patience = 20.0
        """Seconds after which a hanging request is given up where the asker does not do so."""
        self.worker_ending = b""
        """Added to the service worker, as a new build would change it."""
        self.forget_ids = False
        """Every event gets a new id on its way: a server that could not tell a repeat."""
        self.passed: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def plight_of(self, method: str, path: str) -> str:
        with self._lock:
            plight = self.plight
            if not plight and method == "POST" and path.endswith("/events") and self.next_events:
                plight = self.next_events.pop(0)
            of_tablet = path.startswith("/api/") or path.endswith("/token")
            if not plight and of_tablet and self._unlucky():
                plight = self.dice.choice(PLIGHTS)
            self.passed.append((method, path, plight))
            return plight

    def _unlucky(self) -> bool:
        """Dealt, not thrown: a visit of few requests has its bad luck, too."""
        if not self.of_ten:
            return False
        if not self._fates:
            self._fates = [number < self.of_ten for number in range(10)]
            self.dice.shuffle(self._fates)
        return self._fates.pop()

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers hang up at any time."""


@contextlib.contextmanager
def bad_network(target: int, seed: int = 0) -> Iterator[BadNetwork]:
    network = BadNetwork(target, seed)
    thread = threading.Thread(target=network.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield network
    network.shutdown()
    network.server_close()
    thread.join()


class _Passage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BadNetwork

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        plight = self.server.plight_of(self.command, self.path.partition("?")[0])
        match plight:
            case "cut":
                self._hang_up()
            case "fail":
                self._answer(500, b"broken", BROKEN)
            case "sign_in":
                self._answer(303, b"", {"Location": SIGN_IN})
            case "portal":
                self._answer(200, PORTAL)
            case "hang":
                self._wait_until_given_up(plight)
                self._hang_up()
            case _:
                self._pass_on(body, plight)

    # the names that http.server calls
    do_GET = do_POST = do_PATCH = do_HEAD = handle_any  # noqa: N815

    def _pass_on(self, body: bytes, plight: str) -> None:
        try:
            status, headers, answer = self._ask(body)
        except OSError:  # the server is down
            self._hang_up()
            return
        if plight == "hang_after":
            self._wait_until_given_up(plight)
        if plight in ("lost", "hang_after"):
            self._hang_up()
        elif plight == "fail_after":
            self._answer(500, b"broken", BROKEN)
        else:
            self._answer(status, answer, headers)

    def _wait_until_given_up(self, plight: str) -> None:
        """Until the asker hangs up, or the plight that all requests had is over."""
        end, common = time.monotonic() + self.server.patience, self.server.plight == plight
        while time.monotonic() < end and (self.server.plight == plight or not common):
            if select.select([self.connection], [], [], 0.1)[0]:
                return

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        renamed: dict[str, str] = {}
        if self.server.forget_ids and self.path.endswith("/events"):
            body, renamed = _with_new_ids(body)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            data = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError from error
        finally:
            connection.close()
        kept = {k: v for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP}
        for new, old in renamed.items():
            data = data.replace(new.encode(), old.encode())
        if self.path == "/worker.js":
            kept.pop("ETag", None)
            data += self.server.worker_ending
        return answer.status, kept, data

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {"Content-Type": "text/html"}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_args: object) -> None:
        pass


def _with_new_ids(body: bytes) -> tuple[bytes, dict[str, str]]:
    batch = json.loads(body)
    renamed: dict[str, str] = {}
    for event in batch["events"]:
        renamed[str(new_id())] = event["id"]
        event["id"] = next(reversed(renamed))
    return json.dumps(batch).encode(), renamed
