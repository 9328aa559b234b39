"""What the periodic process does for accounts: mail, and forgetting what is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from csiapp.accounts import identity, mail, tokens
from csiapp.accounts.models import Network
from csiapp.core.extensions import db
from csiapp.core.periodic import add_chore
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.core.transactions import own_transaction

Found = TypeVar("Found")


def found_in_networks(find: Callable[[], Sequence[Found]]) -> list[Found]:
    """What other slices' chores have to do: `find` looks through one network after the other."""
    networks = db.session.scalars(sa.select(Network.id).order_by(Network.id)).all()
    db.session.close()
    found: list[Found] = []
    for network_id in networks:
        with entered(Scope(ScopeKind.NETWORK, network_id)):
            found += find()
            db.session.close()
    return found


def forget() -> None:
    """Delete links and sessions that ended a month ago, and mail that went out."""
    for delete in (tokens.forget_expired, identity.forget_ended_sessions, mail.forget_sent):
        with own_transaction():
            delete()


def init_app() -> None:
    """Add our chores once."""
    add_chore("mail", 5, mail.send_waiting)
    add_chore("forget accounts", 24 * 3600, forget)
