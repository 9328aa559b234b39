"""Passwords: argon2id with OWASP's parameters, and the two rules a new one must keep."""

from __future__ import annotations

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

MIN_LENGTH = 12
MAX_LENGTH = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(4)
"""One hash takes 19 MiB and a core: a burst of sign-ins waits in line instead."""


def _normal(password: str) -> str:
    """One spelling of the same characters: an input method may send full-width digits."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    with _at_once:
        return _hasher.hash(_normal(password))


_NOBODY = hash_password(secrets.token_hex())


def password_fits(password: str, stored: str | None) -> bool:
    """Whether this is the password. Takes the same time when there is no password to fit."""
    with _at_once:
        try:
            _hasher.verify(stored or _NOBODY, _normal(password[:MAX_LENGTH]))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with older parameters."""
    return _hasher.check_needs_rehash(stored)


def problem_with(password: str, email: str) -> str | None:
    """Why a new password is refused, as a translated sentence; None when it is good."""
    if len(password) < MIN_LENGTH:
        return str(_("Use at least %(count)s characters.", count=MIN_LENGTH))
    if len(password) > MAX_LENGTH:
        return str(_("Use at most %(count)s characters.", count=MAX_LENGTH))
    if _normal(password).casefold() == email.casefold():
        return str(_("The e-mail address cannot be the password."))
    return None
