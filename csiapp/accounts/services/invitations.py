"""Invitations: how people come to a role. One mail, one use, one membership."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts import tokens
from csiapp.accounts.mail import post, public_url
from csiapp.accounts.models import Dealership, Membership, Network, OneTimeToken, User
from csiapp.accounts.services.own import normal_email, set_password
from csiapp.accounts.wording import ROLE_NAMES
from csiapp.core.activity import record
from csiapp.core.db import Text2, utcnow
from csiapp.core.errors import Conflict, Gone, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.permissions import SCOPE_KIND_OF_ROLE, Role
from csiapp.core.tenancy import ScopeKind, current_scope


def invite(email: str, role: Role, dealership_id: int | None) -> OneTimeToken:
    """Mail an invitation to a role in the scope's network. Raises Invalid, NotFound, Conflict."""
    place = place_for(role, dealership_id)
    email = normal_email(email)
    user = db.session.scalar(sa.select(User).where(User.email == email))
    if user is not None and _holds(user.id, role, dealership_id):
        raise Conflict(_("This person has this role already."))
    scope = current_scope()
    row, secret = tokens.issue(
        tokens.Purpose.INVITATION,
        email,
        user_id=user.id if user else None,
        network_id=scope.network_id,
        dealership_id=dealership_id,
        role=role,
        created_by=scope.actor,
    )
    locale = user.locale if user else db.session.get_one(Network, scope.network_id).locale
    post(
        "invitation",
        email,
        locale,
        network_id=scope.network_id,
        place=place,
        role=ROLE_NAMES[role],
        url=public_url("links.invitation", secret=secret),
    )
    record("person.invited", "invitation", row.id, {"role": role, "dealership": dealership_id})
    return row


def place_for(role: Role, dealership_id: int | None) -> Text2:
    """The name of the place of a role in the scope's network. Raises Invalid or NotFound."""
    if (SCOPE_KIND_OF_ROLE[role] is ScopeKind.TENANT) != (dealership_id is not None):
        raise Invalid(_("A dealership's role needs a dealership; other roles have none."))
    network_id = current_scope().network_id
    if dealership_id is None:
        return db.session.get_one(Network, network_id).name
    dealership = db.session.get(Dealership, dealership_id)
    if dealership is None or dealership.network_id != network_id or not dealership.active:
        raise NotFound
    return dealership.name


def withdraw(invitation_id: uuid.UUID) -> None:
    """Make an invitation of the scope's network useless. Raises NotFound."""
    row = db.session.scalar(
        sa.select(OneTimeToken).where(
            OneTimeToken.id == invitation_id,
            OneTimeToken.purpose == tokens.Purpose.INVITATION.value,
            OneTimeToken.network_id == current_scope().network_id,
            OneTimeToken.uses == 0,
        )
    )
    if row is None:
        raise NotFound
    row.expires_at = utcnow()
    record("invitation.withdrawn", "invitation", row.id)


def accept(secret: str, *, name: str, password: str) -> None:
    """Use an invitation up, in its network's scope, whose actor is the invited person: an
    account is made when there is none. Raises Gone or Invalid; the link then stays good.

    A person who has a password keeps it: the mail proves the address, not more.
    """
    row = tokens.consume(secret, tokens.Purpose.INVITATION)
    scope = current_scope()
    if row.network_id != scope.network_id or row.role is None:
        raise Gone
    user = db.session.get(User, scope.actor)
    if user is None:
        user = User(id=scope.actor, email=row.email, name=name, locale=_locale_of_network())
        db.session.add(user)
        db.session.flush()
    if user.email != row.email or not user.active:
        raise Gone
    if user.password_hash is None:
        set_password(user, password)
    _join(user.id, Role(row.role), row.dealership_id)
    detail = {"role": row.role, "dealership": row.dealership_id}
    record("invitation.accepted", "invitation", row.id, detail)


def _locale_of_network() -> str:
    return db.session.get_one(Network, current_scope().network_id).locale


def _holds(user_id: uuid.UUID, role: Role, dealership_id: int | None) -> bool:
    membership = _membership(user_id, role, dealership_id)
    return membership is not None and membership.active


def _membership(user_id: uuid.UUID, role: Role, dealership_id: int | None) -> Membership | None:
    return db.session.scalar(
        sa.select(Membership).where(
            Membership.user_id == user_id,
            Membership.network_id == current_scope().network_id,
            Membership.dealership_id.is_(None)
            if dealership_id is None
            else Membership.dealership_id == dealership_id,
            Membership.role == role.value,
        )
    )


def _join(user_id: uuid.UUID, role: Role, dealership_id: int | None) -> None:
    membership = _membership(user_id, role, dealership_id)
    if membership is None:
        membership = Membership(
            user_id=user_id,
            network_id=current_scope().network_id,
            dealership_id=dealership_id,
            role=role.value,
        )
        db.session.add(membership)
    membership.active = True
    db.session.flush()
