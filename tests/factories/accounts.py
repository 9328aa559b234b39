"""Passwords, invitations and resets for tests."""

from __future__ import annotations

import re
import uuid

import sqlalchemy as sa

from csiapp.accounts.models import MailOutbox, User
from csiapp.accounts.passwords import hash_password
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.web import App

PASSWORD = "a long enough sentence"


def give_password(app: App, user_id: uuid.UUID, password: str = PASSWORD) -> None:
    """Let a person of the world sign in through the page."""
    with app.app_context():
        token = writing.set(True)
        db.session.get_one(User, user_id).password_hash = hash_password(password)
        db.session.commit()
        db.session.close()
        writing.reset(token)


def link_in_newest_mail(app: App, recipient: str) -> str:
    """The path of the address in the last mail to somebody."""
    with app.app_context():
        body = db.session.scalars(
            sa.select(MailOutbox.body)
            .where(MailOutbox.recipient == recipient)
            .order_by(MailOutbox.created_at.desc())
        ).first()
        db.session.close()
    assert body is not None, f"no mail to {recipient}"
    found = re.search(r"http://[^/\s]+(/\S+)", body)
    assert found is not None, body
    return found[1]
