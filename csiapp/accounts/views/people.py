"""The people of a network: list, invite, change a role, switch off, sign out."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts import queries
from csiapp.accounts.access import signed_in
from csiapp.accounts.forms import InviteForm, PeopleFilter, RoleForm
from csiapp.accounts.mail import mail_is_kept
from csiapp.accounts.services import invitations, people
from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, Role, require
from csiapp.core.web import SAFE_METHODS, page_number, redirect_to, render_page

blueprint = Blueprint("people", __name__)


@blueprint.before_request
def ask_for_the_password_again() -> Response | None:
    """Who changes people typed the password a short while ago: an open laptop is not enough."""
    if request.endpoint == "people.index" or signed_in().fresh:
        return None
    back = request.path if request.method in SAFE_METHODS else url_for("people.index")
    return redirect_to(url_for("account.confirm", next=back))


@blueprint.route("")
@require(Permission.PEOPLE_MANAGE)
def index() -> ResponseReturnValue:
    form = PeopleFilter(request.args)
    if not form.validate():
        raise Invalid
    page = queries.page_of_people(
        page_number(), text=form.q.data or "", role=form.role.data, state=form.state.data
    )
    return render_page(
        "accounts/people.html",
        "accounts/_people.html",
        form=form,
        page=page,
        invitations=queries.open_invitations(),
        mail_is_kept=mail_is_kept(),
        address_of=lambda number: url_for("people.index", **{**request.args, "page": number}),
    )


def _dealerships() -> list[tuple[int, str]]:
    return [(d.id, f"{d.code} {tr(d.name)}") for d in queries.list_dealerships()]


@blueprint.route("/invite")
@require(Permission.PEOPLE_MANAGE)
def new_invitation() -> ResponseReturnValue:
    return _invite_page(InviteForm(dealerships=_dealerships()))


@blueprint.post("/invite")
@require(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    form = InviteForm(dealerships=_dealerships())
    if not form.validate():
        return _invite_page(form, 422)
    try:
        invitations.invite(form.email.data, Role(form.role.data), form.dealership_id)
    except (Conflict, Invalid) as error:
        form.email.errors = [error.message]
        return _invite_page(form, 422)
    flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "success")
    return redirect_to(url_for("people.index"))


def _invite_page(form: InviteForm, status: int = 200) -> Response:
    return render_page("accounts/invite.html", status=status, form=form)


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
@require(Permission.PEOPLE_MANAGE)
def withdraw(invitation_id: uuid.UUID) -> ResponseReturnValue:
    invitations.withdraw(invitation_id)
    flash(_("The invitation does not work any more."), "success")
    return redirect_to(url_for("people.index"))


@blueprint.route("/mail")
@require(Permission.PEOPLE_MANAGE)
def mail() -> ResponseReturnValue:
    """Where no mail is sent (never in production): invitations, to try them out."""
    if not mail_is_kept():
        raise NotFound
    return render_page("accounts/mail.html", mails=queries.kept_invitation_mails())


@blueprint.route("/<uuid:membership_id>")
@require(Permission.PEOPLE_MANAGE)
def show(membership_id: uuid.UUID) -> ResponseReturnValue:
    return _person_page(membership_id)


def _person_page(
    membership_id: uuid.UUID, form: RoleForm | None = None, *, status: int = 200, problem: str = ""
) -> Response:
    row = queries.get_person(membership_id)
    held = row.membership
    if form is None:
        form = RoleForm(
            None,  # not from the request: what the person has now
            dealerships=_dealerships(),
            role=held.role,
            dealership=str(held.dealership_id or ""),
        )
    return render_page("accounts/person.html", status=status, row=row, form=form, problem=problem)


@blueprint.post("/<uuid:membership_id>/role")
@require(Permission.PEOPLE_MANAGE)
def change_role(membership_id: uuid.UUID) -> ResponseReturnValue:
    queries.get_membership(membership_id)
    form = RoleForm(dealerships=_dealerships())
    if not form.validate():
        return _person_page(membership_id, form, status=422)
    try:
        people.change_role(membership_id, Role(form.role.data), form.dealership_id)
    except (Conflict, Invalid) as error:
        form.role.errors = [error.message]
        return _person_page(membership_id, form, status=422)
    flash(_("The role is changed. The person has to sign in again."), "success")
    return redirect_to(url_for("people.index"))


@blueprint.post("/<uuid:membership_id>/deactivate")
@require(Permission.PEOPLE_MANAGE)
def deactivate(membership_id: uuid.UUID) -> ResponseReturnValue:
    try:
        people.deactivate(membership_id)
    except Invalid as error:
        return _person_page(membership_id, status=422, problem=error.message)
    flash(_("The access is switched off."), "success")
    return redirect_to(url_for("people.show", membership_id=membership_id))


@blueprint.post("/<uuid:membership_id>/reactivate")
@require(Permission.PEOPLE_MANAGE)
def reactivate(membership_id: uuid.UUID) -> ResponseReturnValue:
    people.reactivate(membership_id)
    flash(_("The access is switched on again."), "success")
    return redirect_to(url_for("people.show", membership_id=membership_id))


@blueprint.post("/<uuid:membership_id>/sign-out")
@require(Permission.PEOPLE_MANAGE)
def sign_out(membership_id: uuid.UUID) -> ResponseReturnValue:
    people.sign_out_everywhere(membership_id)
    flash(_("The person is signed out everywhere."), "success")
    return redirect_to(url_for("people.show", membership_id=membership_id))
