"""Domain errors and the HTTP status each one means. Messages are for users."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal that the user can understand. `message` is a translated sentence."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Invalid(DomainError):
    status = 422


class SignInRequired(DomainError):
    status = 401


class Forbidden(DomainError):
    status = 403


class NotFound(DomainError):
    status = 404


class Conflict(DomainError):
    """The state moved on meanwhile: somebody else, or another tab, was faster."""

    status = 409


class Gone(DomainError):
    status = 410


class TooLarge(DomainError):
    status = 413
