"""The person's own account: sessions, password."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts import identity, queries
from csiapp.accounts.access import signed_in
from csiapp.accounts.forms import ChangePasswordForm, ConfirmForm
from csiapp.accounts.services import own
from csiapp.accounts.views.sign_in import put_into_cookie
from csiapp.core.errors import Invalid
from csiapp.core.extensions import limiter
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, safe_next

blueprint = Blueprint("account", __name__)


@blueprint.route("/account")
@require(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    return _account_page(ChangePasswordForm(email=signed_in().email))


def _account_page(form: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    who = signed_in()
    return render_page(
        "accounts/account.html",
        status=status,
        form=form,
        sessions=queries.sessions_of(who.id),
        this_session=who.session_id,
    )


def _whose() -> str:
    return str(signed_in().id)


@blueprint.post("/account/password")
@require(Permission.SIGNED_IN)
@limiter.limit("5 per minute; 20 per hour", key_func=_whose)
def change_password() -> ResponseReturnValue:
    who = signed_in()
    form = ChangePasswordForm(email=who.email)
    if not form.validate():
        return _account_page(form, 422)
    try:
        again = own.change_password(
            who, form.password.data, form.new_password.data, request.user_agent.string
        )
    except Invalid as error:
        form.password.errors = [error.message]
        return _account_page(form, 422)
    put_into_cookie(again)
    flash(_("The password is changed. All other devices are signed out."), "success")
    return redirect_to(url_for("account.show"))


@blueprint.route("/account/confirm")
@require(Permission.SIGNED_IN)
def confirm() -> ResponseReturnValue:
    form = ConfirmForm(next=safe_next(request.args.get("next")))
    return render_page("accounts/confirm.html", form=form)


@blueprint.post("/account/confirm")
@require(Permission.SIGNED_IN)
@limiter.limit("5 per minute; 20 per hour", key_func=_whose)
def check_password() -> ResponseReturnValue:
    form = ConfirmForm()
    if not form.validate():
        return render_page("accounts/confirm.html", status=422, form=form)
    try:
        own.confirm(signed_in(), form.password.data)
    except Invalid as error:
        form.password.errors = [error.message]
        return render_page("accounts/confirm.html", status=422, form=form)
    return redirect_to(safe_next(form.next.data) or url_for("home.index"))


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@require(Permission.SIGNED_IN)
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    own.end_own_session(signed_in(), session_id)
    flash(_("That device is signed out."), "success")
    return redirect_to(url_for("account.show"))


@blueprint.post("/account/sessions/end-others")
@require(Permission.SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    who = signed_in()
    identity.revoke_sessions_of(who.id, keep=who.session_id)
    flash(_("All other devices are signed out."), "success")
    return redirect_to(url_for("account.show"))
