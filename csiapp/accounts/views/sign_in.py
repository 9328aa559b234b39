"""Signing in and out, and what works without signing in: language and appearance."""

from __future__ import annotations

import hashlib

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user

from csiapp.accounts import identity
from csiapp.accounts.access import person, signed_in
from csiapp.accounts.forms import SignInForm
from csiapp.accounts.identity import SignedIn
from csiapp.accounts.mail import settings
from csiapp.accounts.queries import demo_accounts
from csiapp.accounts.services import own
from csiapp.core import i18n, ui
from csiapp.core.extensions import limiter
from csiapp.core.permissions import Permission, public, require
from csiapp.core.web import redirect_to, render_page, safe_next

blueprint = Blueprint("accounts", __name__)

PREFERENCE_COOKIE_SECONDS = 365 * 24 * 3600


def account_key() -> str:
    """The account that a form is about, whether it exists or not."""
    email = own.normal_email(request.form.get("email", ""))
    return hashlib.sha256(email.encode()).hexdigest()[:32]


def account_and_address_key() -> str:
    return f"{account_key()} {get_remote_address()}"


@blueprint.route("/sign-in")
@public("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    going_to = safe_next(request.args.get("next"))
    if person() is not None:
        return redirect_to(going_to or url_for("home.index"))
    form = SignInForm(next=going_to, email=request.args.get("email", ""))
    return _sign_in_page(form)


@blueprint.post("/sign-in")
@public("nobody is signed in yet")
@limiter.limit("5 per minute", key_func=account_and_address_key)
@limiter.limit("20 per hour", key_func=account_key)
def check_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, status=422)
    before = person()
    who = own.sign_in(form.email.data, form.password.data, request.user_agent.string)
    if who is None:
        form.form_errors.append(_("The e-mail address or the password is wrong."))
        return _sign_in_page(form, status=422)
    if before is not None:
        identity.revoke_session(before.session_id)
    if request.cookies.get(i18n.COOKIE) in i18n.LOCALES or not who.locale:
        # chosen on the sign-in page, or never chosen: the language just read stays
        own.set_preferences(who.id, locale=i18n.get_locale())
    put_into_cookie(who)
    return redirect_to(safe_next(form.next.data) or url_for("home.index"))


def _sign_in_page(form: SignInForm, status: int = 200) -> Response:
    hints = demo_accounts() if settings().environment == "demo" else []
    return render_page("accounts/sign_in.html", status=status, form=form, demo_accounts=hints)


def put_into_cookie(who: SignedIn) -> None:
    """Begin the browser's session anew: nothing of the time before is carried over."""
    cookie.clear()
    cookie.permanent = True  # the server's own limits end it earlier
    login_user(who)
    g.pop("csrf_token", None)


@blueprint.post("/sign-out")
@require(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    identity.revoke_session(signed_in().session_id)
    logout_user()
    cookie.clear()
    flash(_("You are signed out."), "success")
    response = redirect_to(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.post("/preferences")
@public("language and appearance are chosen before signing in, too")
def preferences() -> ResponseReturnValue:
    """Language and appearance: kept in cookies, and with the account of who is signed in."""
    language, theme = request.form.get("language"), request.form.get("theme")
    if language not in (None, *i18n.LOCALES) or theme not in (None, *ui.THEMES):
        abort(422)
    who = person()
    if who is not None:
        own.set_preferences(who.id, locale=language, theme=theme)
    going_to = (safe_next(request.form.get("next")) or "/").removesuffix("?")
    response = redirect_to(going_to)
    for name, value in ((i18n.COOKIE, language), (ui.THEME_COOKIE, theme)):
        if value is not None:
            response.set_cookie(
                name,
                value,
                max_age=PREFERENCE_COOKIE_SECONDS,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
    return response
