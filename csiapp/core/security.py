"""Headers of every answer, and refusal of requests that no page of ours sends."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, abort, request

from csiapp.core.web import SAFE_METHODS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def refuse_cross_site() -> None:
    """Browsers say where an unsafe request comes from; another site's is refused."""
    if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def refuse_nul() -> None:
    """No key types U+0000, and PostgreSQL stores and compares none: a request with it in its
    address or its form is refused before anything is asked."""
    if any("\0" in text for text in _sent_text()):
        abort(400)


def _sent_text() -> Iterator[str]:
    yield request.path
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            yield name
            yield value


def init_app(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer, error pages included."""

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "private, no-store")
            response.vary.update(["HX-Request", "HX-History-Restore-Request", "Cookie"])
        return response
