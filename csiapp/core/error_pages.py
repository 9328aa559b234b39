"""Every failure as a clear answer: a page, a toast for htmx, or JSON for the tablet."""

from __future__ import annotations

import logging

import redis
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from csiapp.core.errors import DomainError
from csiapp.core.extensions import db
from csiapp.core.storage import StorageError
from csiapp.core.web import asked_by_tablet, wants_fragment

log = logging.getLogger(__name__)

TEXTS = {
    400: (_l("The request was not understood"), _l("Go back, reload the page and try again.")),
    401: (_l("Please sign in"), _l("Your session is over. Sign in again to go on.")),
    403: (
        _l("Not allowed"),
        _l("Your role does not include this. Ask the person who invited you."),
    ),
    404: (_l("Not found"), _l("It does not exist, or you cannot see it. Check the address.")),
    405: (_l("Not possible here"), _l("Go back, reload the page and try again.")),
    409: (
        _l("Somebody was faster"),
        _l("This was changed meanwhile. Reload the page, look, and do it again if needed."),
    ),
    410: (
        _l("No longer valid"),
        _l("This link was used already or is too old. Ask for a new one."),
    ),
    413: (_l("Too large"), _l("The file or text is too large. Send a smaller one.")),
    422: (_l("Please check your input"), _l("Something in the form cannot be accepted.")),
    429: (_l("Too many tries"), _l("Wait a few minutes, then try again.")),
    500: (
        _l("Something went wrong here"),
        _l("Nothing was saved. It has been noted; please try again in a moment."),
    ),
    503: (
        _l("Not available right now"),
        _l("A part of the system does not answer. Nothing was saved; try again in a moment."),
    ),
}


PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def init_app(app: Flask) -> None:
    """Register one handler per kind of failure."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(StorageError, _unavailable)
    app.register_error_handler(redis.RedisError, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, message: str = "", *, code: str = "") -> Response:
    """The answer for a status, with an optional sentence of its own."""
    db.session.rollback()
    title, advice = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    if request.path.startswith("/api/") or asked_by_tablet():
        body = {"error": {"status": status, "code": code, "message": message or str(advice)}}
        return make_response(jsonify(body), status)
    context = {"status": status, "title": title, "text": message or advice}
    if wants_fragment():
        response = make_response(render_template("errors/_toast.html", **context), status)
        response.headers["HX-Reswap"] = "none"
        return response
    return make_response(render_template("errors/error.html", **context), status)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # an unknown host: no page can name an address
        return make_response(_("This address is not served here."), 400, PLAIN)
    if error.response is not None and error.code is None:
        return make_response(error.response)
    response = answer(error.code or 500)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "Location"}:
            response.headers[name] = value
    return response


def _csrf(_error: CSRFError) -> Response:
    return answer(400, _("The form is too old. Reload the page and send it again."), code="csrf")


def _domain(error: DomainError) -> Response:
    return answer(error.status, error.message)


def _integrity(error: IntegrityError) -> Response:
    log.warning("conflict: %s", error.orig)
    return answer(409)


def _unavailable(error: Exception) -> Response:
    log.error("unavailable: %s", error)
    return answer(503)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected failure", exc_info=error)
    return answer(500)
