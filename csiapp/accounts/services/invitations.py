"""Invitations: how people come to a role. One mail, one use, one membership."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts import tokens
from csiapp.accounts.mail import post, public_url
from csiapp.accounts.models import Dealership, Membership, Network, OneTimeToken, User
from csiapp.accounts.services.own import normal_email, set_password
from csiapp.accounts.wording import ROLE_NAMES
from csiapp.core.activity import record
from csiapp.core.clock import utcnow
from csiapp.core.db import Text2
from csiapp.core.errors import Conflict, Gone, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.permissions import SCOPE_KIND_OF_ROLE, Role
from csiapp.core.tenancy import ScopeKind, current_scope


def invite(email: str, role: Role, dealership_id: int | None) -> str:
    """Mail an invitation to a role in the scope's network; returns the link in it.

    Raises Invalid, NotFound, Conflict.
    """
    place = place_for(role, dealership_id)
    email = normal_email(email)
    user = db.session.scalar(sa.select(User).where(User.email == email))
    held = find_membership(user.id, role, dealership_id) if user else None
    if held is not None and held.active:
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
    own = user.locale if user else ""
    locale = own or db.session.get_one(Network, scope.network_id).locale
    url = public_url("links.invitation", secret=secret)
    post(
        "invitation",
        email,
        locale,
        network_id=scope.network_id,
        place=place.name,
        role=ROLE_NAMES[role],
        url=url,
    )
    record("person.invited", "invitation", row.id, {"role": role.value, "place": place.code})
    return url


@dataclass(frozen=True, slots=True)
class RolePlace:
    """Where a role is held. `code` is the dealership's, empty for the network itself."""

    name: Text2
    code: str


def place_for(role: Role, dealership_id: int | None) -> RolePlace:
    """The place of a role in the scope's network. Raises Invalid or NotFound."""
    if (SCOPE_KIND_OF_ROLE[role] is ScopeKind.TENANT) != (dealership_id is not None):
        raise Invalid(_("A dealership's role needs a dealership; other roles have none."))
    network_id = current_scope().network_id
    if dealership_id is None:
        return RolePlace(db.session.get_one(Network, network_id).name, "")
    dealership = db.session.get(Dealership, dealership_id)
    if dealership is None or dealership.network_id != network_id or not dealership.active:
        raise NotFound
    return RolePlace(dealership.name, dealership.code)


def withdraw(invitation_id: uuid.UUID) -> None:
    """Make an invitation of the scope's network useless. Raises NotFound."""
    row = db.session.scalar(
        sa.select(OneTimeToken).where(
            OneTimeToken.id == invitation_id,
            OneTimeToken.purpose == tokens.Purpose.INVITATION.value,
            OneTimeToken.network_id == current_scope().network_id,
            OneTimeToken.uses == 0,
            OneTimeToken.expires_at > utcnow(),
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
    record("invitation.accepted", "invitation", row.id, {"role": row.role})


def _locale_of_network() -> str:
    return db.session.get_one(Network, current_scope().network_id).locale


def find_membership(user_id: uuid.UUID, role: Role, dealership_id: int | None) -> Membership | None:
    """This role of this person in the scope's network, switched on or off."""
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
    membership = find_membership(user_id, role, dealership_id)
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
