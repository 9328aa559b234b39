"""Transactions outside a request: the request's own is in ``core/web.py``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from csiapp.core.db import writing
from csiapp.core.extensions import db


@contextlib.contextmanager
def own_transaction() -> Iterator[None]:
    """A transaction that writes, committed at the end of the block and undone by an exception.
    Enter the scope before it: what the block leaves open is closed under that scope."""
    token = writing.set(True)
    try:
        yield
        db.session.commit()
    finally:
        db.session.close()
        writing.reset(token)
