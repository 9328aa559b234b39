"""The request hook: every endpoint is marked, every scope is entered here, deny by default."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from csiapp.accounts.identity import SignedIn, load_signed_in
from csiapp.accounts.scope_loader import Address, Located, locate
from csiapp.core import tenancy
from csiapp.core.clock import today
from csiapp.core.errors import NotFound, SignInRequired
from csiapp.core.extensions import db, login
from csiapp.core.permissions import Permission, access_of
from csiapp.core.security import refuse_cross_site, refuse_nul
from csiapp.core.web import SAFE_METHODS, begin_request, wants_fragment

BearerLoader = Callable[[str, uuid.UUID], Located | None]
"""From a bearer token and the visit of the URL to its scope. Set by audits."""

BEARER_MARK = "_csiapp_bearer"


def bearer(view: Any) -> Any:
    """Mark a view of the tablet API: it is reached with a visit's token, without cookies."""
    setattr(view, BEARER_MARK, True)
    return view


def person() -> SignedIn | None:
    """The signed-in person, or None."""
    return cast(SignedIn, current_user) if current_user.is_authenticated else None


def signed_in() -> SignedIn:
    """The signed-in person; views behind a permission always have one."""
    found = person()
    if found is None:
        raise SignInRequired
    return found


def init_app(app: Flask) -> None:
    # its context processor would ask the database for the person, on error pages too
    login.init_app(app, add_context_processor=False)
    login.session_protection = None
    login.user_loader(load_signed_in)
    app.before_request(refuse_cross_site)
    app.before_request(refuse_nul)
    app.before_request(_take_place)
    app.before_request(_enter)
    app.teardown_request(_leave)
    app.url_defaults(_add_place)


def _take_place() -> None:
    """Move the place names out of the view's arguments: views never take a tenant."""
    args = request.view_args or {}
    path = request.path
    visit_id = args.get("visit_id") if path.startswith(("/v/", "/api/v/")) else None
    g.address = Address(
        network=args.pop("network", None),
        dealership=args.pop("dealership", None),
        shopper_area=path.startswith("/s/"),
        visit_id=visit_id,
    )


def _add_place(endpoint: str, values: dict[str, Any]) -> None:
    """Links within a place need not repeat it."""
    at: Address | None = getattr(g, "address", None)
    if at is None:
        return
    for name, slug in (("network", at.network), ("dealership", at.dealership)):
        if slug is not None and current_app.url_map.is_endpoint_expecting(endpoint, name):
            values.setdefault(name, slug)


def _enter() -> ResponseReturnValue | None:
    """Check the mark, find the person and the scope, and put it in force."""
    begin_request()
    if request.endpoint == "static":
        return None
    if request.endpoint is None:
        _speak_to(person())  # "not found", in their language
        return None
    view = current_app.view_functions[request.endpoint]
    needed = access_of(view)
    if needed is None:
        raise RuntimeError(f"{request.endpoint} carries neither @require nor @public")
    if getattr(view, BEARER_MARK, False):
        put_in_force(_by_bearer())
        return None
    who = person()
    _speak_to(who)
    if not isinstance(needed, Permission):
        return None
    if who is None:
        return _ask_to_sign_in()
    located = locate(who, needed, g.address)
    if located is not None:
        put_in_force(located)
    return None


def _speak_to(who: SignedIn | None) -> None:
    """Language, appearance and time zone of whom the page is for."""
    if who is not None:
        g.signed_in, g.locale, g.theme = who, who.locale, who.theme
        g.timezone = who.places[0].timezone if who.places else None


def put_in_force(located: Located) -> None:
    """Enter a scope for the rest of the request. Close the session first if it was used."""
    g.place = located
    g.timezone = located.timezone
    g.scope_token = tenancy.enter(located.scope)


def _by_bearer() -> Located:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise SignInRequired(_("Sign in again to send your answers. Nothing is lost."))
    loader: BearerLoader = current_app.extensions["csiapp.bearer_loader"]
    located = loader(token, g.address.visit_id)
    if located is None:
        raise SignInRequired(_("Sign in again to send your answers. Nothing is lost."))
    return located


def _ask_to_sign_in() -> Response:
    """A page asks for the password; htmx is told to load it; an API gets 401."""
    if request.path.startswith("/api/"):
        raise SignInRequired(_("Sign in again to go on."))
    going_to = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
    url = url_for("accounts.sign_in", next=going_to)
    if wants_fragment():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))


def _leave(_error: BaseException | None) -> None:
    db.session.close()
    token = g.pop("scope_token", None)
    if token is not None:
        tenancy.leave(token)


def permitted(permission: Permission) -> bool:
    """Whether the scope in force holds a permission (for showing a button, not for safety)."""
    scope = tenancy.scope_or_none()
    return scope is not None and permission in scope.permissions


def require_place() -> Located:
    """The place of the request. NotFound where the URL names none."""
    found: Located | None = getattr(g, "place", None)
    if found is None:
        raise NotFound
    return found


def today_here() -> dt.date:
    """The day it is at the place of the request."""
    return today(require_place().timezone)
