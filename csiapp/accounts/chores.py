"""What the periodic process does for accounts: mail, and forgetting what is over."""

from __future__ import annotations

from collections.abc import Callable

from csiapp.accounts import identity, mail, tokens
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.periodic import Chore, chores


def _in_transaction(work: Callable[[], object]) -> None:
    token = writing.set(True)
    try:
        work()
        db.session.commit()
    finally:
        db.session.close()
        writing.reset(token)


def forget() -> None:
    """Delete links and sessions that ended a month ago, and mail that went out."""
    _in_transaction(tokens.forget_expired)
    _in_transaction(identity.forget_ended_sessions)
    _in_transaction(mail.forget_sent)


def init_app() -> None:
    """Add our chores once."""
    names = {chore.name for chore in chores}
    for chore in (
        Chore("mail", 5, mail.send_waiting),
        Chore("forget accounts", 24 * 3600, forget),
    ):
        if chore.name not in names:
            chores.append(chore)
