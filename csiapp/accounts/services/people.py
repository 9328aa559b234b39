"""What an administrator does with the people of one network. Each change signs the person
out, so that no open page goes on with what they may do no more."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts import tokens
from csiapp.accounts.identity import revoke_sessions_of
from csiapp.accounts.models import Membership, User
from csiapp.accounts.queries import get_membership
from csiapp.accounts.services.invitations import find_membership, place_for
from csiapp.core.activity import record
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import current_scope


def change_role(membership_id: uuid.UUID, role: Role, dealership_id: int | None) -> None:
    """Another role, or another place. Raises NotFound, Invalid, Conflict."""
    membership = get_membership(membership_id)
    place = place_for(role, dealership_id)
    if (membership.role, membership.dealership_id) == (role.value, dealership_id):
        return
    if find_membership(membership.user_id, role, dealership_id) is not None:
        raise Conflict(_("This person has this role already."))
    if role is not Role.ADMIN:
        _keep_an_administrator(membership)
    tokens.end_invitations_to(membership)
    before = membership.role
    membership.role, membership.dealership_id = role.value, dealership_id
    db.session.flush()
    revoke_sessions_of(membership.user_id)
    detail = {"before": before, "role": role.value, "place": place.code}
    record("person.role_changed", "person", membership.user_id, detail)


def deactivate(membership_id: uuid.UUID) -> None:
    """Switch one role off; it can be switched on again. Raises NotFound, Invalid."""
    membership = get_membership(membership_id)
    if not membership.active:
        return
    _keep_an_administrator(membership)
    tokens.end_invitations_to(membership)
    membership.active = False
    db.session.flush()
    revoke_sessions_of(membership.user_id)
    record("person.deactivated", "person", membership.user_id, {"role": membership.role})


def reactivate(membership_id: uuid.UUID) -> None:
    """Switch a role on again. Raises NotFound."""
    membership = get_membership(membership_id)
    if membership.active:
        return
    membership.active = True
    db.session.flush()
    record("person.reactivated", "person", membership.user_id, {"role": membership.role})


def sign_out_everywhere(membership_id: uuid.UUID) -> None:
    """End all sessions of a person. Raises NotFound."""
    membership = get_membership(membership_id)
    revoke_sessions_of(membership.user_id)
    record("person.signed_out", "person", membership.user_id)


def _keep_an_administrator(membership: Membership) -> None:
    """The last administrator stays one. The rows are locked: of two who go, one is refused."""
    administrators = db.session.scalars(
        sa.select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.network_id == current_scope().network_id,
            Membership.role == Role.ADMIN.value,
            Membership.active,
            User.active,
        )
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    ).all()
    if list(administrators) == [membership.id]:
        raise Invalid(_("The last administrator cannot be removed: appoint another one first."))
