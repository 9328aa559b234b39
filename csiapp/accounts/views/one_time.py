"""Links from mails: look at them with GET, use them up with POST.

Mail scanners open every link; so opening one changes nothing.
"""

from __future__ import annotations

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts import queries
from csiapp.accounts.access import put_in_force
from csiapp.accounts.forms import AcceptForm, NewPasswordForm, ResetRequestForm
from csiapp.accounts.queries import Invitation
from csiapp.accounts.services import invitations, own
from csiapp.accounts.views.sign_in import account_and_address_key
from csiapp.core.extensions import limiter
from csiapp.core.permissions import public
from csiapp.core.web import redirect_to, render_page

blueprint = Blueprint("links", __name__)


@blueprint.route("/reset")
@public("who forgot the password cannot sign in")
def request_reset() -> ResponseReturnValue:
    return render_page("accounts/request_reset.html", form=ResetRequestForm())


@blueprint.post("/reset")
@public("who forgot the password cannot sign in")
@limiter.limit("3 per hour", key_func=account_and_address_key)
def send_reset() -> ResponseReturnValue:
    form = ResetRequestForm()
    if not form.validate():
        return render_page("accounts/request_reset.html", status=422, form=form)
    own.request_reset(form.email.data)
    flash(_("If this address has an account, a mail with a link is on its way to it."), "info")
    return redirect_to(url_for("accounts.sign_in"))


@blueprint.route("/reset/<secret>")
@public("the link is the key")
def reset_password(secret: str) -> ResponseReturnValue:
    email = queries.email_of_reset(secret)
    return render_page(
        "accounts/new_password.html", form=NewPasswordForm(email=email), secret=secret
    )


@blueprint.post("/reset/<secret>")
@public("the link is the key")
def set_new_password(secret: str) -> ResponseReturnValue:
    form = NewPasswordForm(email=queries.email_of_reset(secret))
    if not form.validate():
        return render_page("accounts/new_password.html", status=422, form=form, secret=secret)
    own.reset_password(secret, form.new_password.data)
    flash(_("The new password is set. Sign in with it."), "success")
    return redirect_to(url_for("accounts.sign_in"))


@blueprint.route("/invitation/<secret>")
@public("the link is the key")
def invitation(secret: str) -> ResponseReturnValue:
    return _invitation_page(secret, queries.invitation_behind(secret))


@blueprint.post("/invitation/<secret>")
@public("the link is the key")
def join(secret: str) -> ResponseReturnValue:
    found = queries.invitation_behind(secret)
    form = AcceptForm(email=found.email)
    if found.needs_password and not form.validate():
        return _invitation_page(secret, found, form, status=422)
    put_in_force(found.located)
    invitations.accept(secret, name=form.name.data or "", password=form.new_password.data or "")
    flash(_("Welcome. Sign in to begin."), "success")
    return redirect_to(url_for("accounts.sign_in", email=found.email))


def _invitation_page(
    secret: str, found: Invitation, form: AcceptForm | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_page(
        "accounts/invitation.html",
        status=status,
        form=form or AcceptForm(email=found.email),
        secret=secret,
        invitation=found,
    )
