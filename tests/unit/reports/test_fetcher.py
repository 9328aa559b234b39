"""Hostile HTML, as if escaping had failed: nothing is fetched and nothing local gets in."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator

import pytest

from bench.pdf_fixture import picture

pytestmark = pytest.mark.pdf

SECRET = b"never-in-a-report"


class Listener:
    """A port of this machine that counts who knocks."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self.visits = 0
        self._open = True
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        while self._open:
            try:
                self._socket.accept()[0].close()
            except TimeoutError:
                continue
            self.visits += 1

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


HOSTILE = {
    "image from the web": '<img src="{web}/a.png">',
    "image from the disk": '<img src="{file}">',
    "inlined image": '<img src="data:image/png;base64,iVBORw0KGgo=">',
    "photo of another report": '<img src="photo:{other}">',
    "photo by path": '<img src="photo:../../{other}">',
    "our own scheme with another name": '<img src="app:secret">',
    "attached file": '<link rel="attachment" href="{file}">',
    "attached web page": '<link rel="attachment" href="{web}/">',
    "attached by a link": '<a rel="attachment" href="{file}">x</a>',
    "style sheet": '<link rel="stylesheet" href="{web}/a.css">',
    "imported style": "<style>@import url({web}/a.css);</style>",
    "imported local style": "<style>@import url({file});</style>",
    "font": "<style>@font-face {{ font-family: X; src: url({web}/x.ttf) }}</style>",
    "background": "<style>p {{ background: url({web}/a.png) }}</style>",
    "background of the page": "<style>@page {{ background: url({file}) }}</style>",
    "marker": "<style>li {{ list-style-image: url({web}/a.png) }}</style><ul><li>x</ul>",
    "generated content": "<style>p::before {{ content: url({file}) }}</style>",
    "object": '<object data="{file}">x</object>',
    "embedded": '<embed src="{web}/a.svg">',
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_report_reaches_nothing_outside_itself(engine, listener, tmp_path, attack):
    from csiapp.reports.fetcher import ForbiddenResource

    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)
    html = HOSTILE[attack].format(
        web=f"http://127.0.0.1:{listener.port}", file=secret.as_uri(), other="ab" * 32
    )
    with pytest.raises(ForbiddenResource):
        engine.html_to_pdf(f"<title>x</title><p>x</p>{html}", {})
    assert listener.visits == 0


@pytest.mark.parametrize(
    "html",
    [
        '<base href="{web}/"><img src="a.png">',
        '<base href="{folder}/"><img src="secret.txt">',
        '<iframe src="{file}"></iframe>',
        '<meta http-equiv="refresh" content="0; url={web}/">',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{file}" width="9"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{web}/a.png" width="9"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="{file}#a"/></svg>',
        '<script src="{web}/a.js"></script>',
        '<form action="{web}/"><input name="a"></form>',
        '<img src="secret.txt">',
    ],
)
def test_what_is_not_refused_is_not_followed_either(engine, listener, tmp_path, html, monkeypatch):
    from csiapp.reports.fetcher import ForbiddenResource

    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)
    monkeypatch.chdir(tmp_path)
    filled = html.format(
        web=f"http://127.0.0.1:{listener.port}", file=secret.as_uri(), folder=tmp_path.as_uri()
    )
    try:
        pdf = engine.html_to_pdf(f"<title>x</title><p>x</p>{filled}", {})
    except ForbiddenResource:
        pdf = b""
    assert listener.visits == 0
    assert SECRET not in pdf
    assert b"/EmbeddedFile" not in pdf


def test_the_photos_of_the_report_are_served(engine):
    from csiapp.reports.photos import Resource

    body = picture(1)
    sha256 = hashlib.sha256(body).hexdigest()
    html = f'<title>x</title><img alt="x" src="photo:{sha256}">'
    pdf = engine.html_to_pdf(html, {sha256: Resource(body, "image/jpeg")})
    assert b"/DCTDecode" in pdf


def test_even_a_direct_call_opens_no_address(engine, listener, tmp_path):
    from csiapp.reports.fetcher import ForbiddenResource, ReportFetcher

    fetcher = ReportFetcher({})
    for url in (f"http://127.0.0.1:{listener.port}/", tmp_path.as_uri(), "photo:", "", "app:x"):
        with pytest.raises(ForbiddenResource):
            fetcher.open(url)
    assert listener.visits == 0
    assert not fetcher.handlers
