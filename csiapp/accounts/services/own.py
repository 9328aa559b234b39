"""What people do with their own account: sign in and out, password, language, theme."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts import identity, passwords, tokens
from csiapp.accounts.identity import SignedIn
from csiapp.accounts.mail import post, public_url
from csiapp.accounts.models import User, UserSession
from csiapp.core.clock import utcnow
from csiapp.core.errors import Gone, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.i18n import get_locale


def normal_email(email: str) -> str:
    """One spelling per address, as stored."""
    return email.strip().lower()


def sign_in(email: str, password: str, user_agent: str) -> SignedIn | None:
    """A new session, or None. Never says, nor shows by its time, which part was wrong."""
    found = db.session.execute(
        sa.select(User.id, User.password_hash).where(User.email == normal_email(email), User.active)
    ).one_or_none()
    db.session.rollback()  # hashing is slow: no lock is held meanwhile
    user_id, stored = found or (None, None)
    if not passwords.password_fits(password, stored):
        return None
    user = db.session.get_one(User, user_id)
    if stored is not None and passwords.needs_rehash(stored):
        user.password_hash = passwords.hash_password(password)
    return identity.begin_session(user, user_agent)


def change_password(who: SignedIn, current: str, new: str, user_agent: str) -> SignedIn:
    """Set another password and sign out everywhere else. Raises Invalid."""
    user = db.session.get_one(User, who.id)
    if not passwords.password_fits(current, user.password_hash):
        raise Invalid(_("This is not your present password."))
    set_password(user, new)
    return identity.begin_session(user, user_agent)


def confirm(who: SignedIn, password: str) -> None:
    """Note that the person typed the password again just now. Raises Invalid."""
    stored = db.session.scalar(sa.select(User.password_hash).where(User.id == who.id))
    if not passwords.password_fits(password, stored):
        raise Invalid(_("This is not your present password."))
    db.session.get_one(UserSession, who.session_id).confirmed_at = utcnow()
    db.session.flush()


def set_password(user: User, new: str) -> None:
    """A new password ends all sessions and all links to set one. Raises Invalid."""
    problem = passwords.problem_with(new, user.email)
    if problem:
        raise Invalid(problem)
    user.password_hash = passwords.hash_password(new)
    db.session.flush()
    identity.revoke_sessions_of(user.id)
    tokens.end_resets_of(user.id)


def set_preferences(
    user_id: uuid.UUID, *, locale: str | None = None, theme: str | None = None
) -> None:
    """Remember the language or the appearance that a person chose."""
    user = db.session.get_one(User, user_id)
    user.locale = locale or user.locale
    user.theme = theme or user.theme
    db.session.flush()


def end_own_session(who: SignedIn, session_id: uuid.UUID) -> None:
    """Sign out one of the person's own browsers. Raises NotFound."""
    own = sa.select(UserSession).where(UserSession.id == session_id, UserSession.user_id == who.id)
    if db.session.scalar(own) is None:
        raise NotFound
    identity.revoke_session(session_id)


def request_reset(email: str) -> None:
    """Mail a link to set a new password, if the address has an account. Silent if not."""
    user = db.session.scalar(sa.select(User).where(User.email == normal_email(email), User.active))
    if user is None:
        return
    _row, secret = tokens.issue(tokens.Purpose.RESET, user.email, user_id=user.id)
    url = public_url("links.reset_password", secret=secret)
    post("reset", user.email, user.locale or get_locale(), name=user.name, url=url)


def reset_password(secret: str, new: str) -> None:
    """Use the link up and set the password. Raises Gone or Invalid (the link stays good)."""
    row = tokens.find_usable(secret, tokens.Purpose.RESET)
    user = db.session.get(User, row.user_id) if row.user_id else None
    if user is None or not user.active:
        raise Gone
    tokens.consume(secret, tokens.Purpose.RESET)
    set_password(user, new)
