"""How demo data is written: as the person who would do it, at the time it would be done."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator

from csiapp.core.clock import time_is
from csiapp.core.extensions import db
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.core.transactions import own_transaction


@contextlib.contextmanager
def at_work(scope: Scope, moment: dt.datetime) -> Iterator[None]:
    """One transaction of one person at one moment; committed at the end."""
    with entered(scope), time_is(moment), own_transaction():
        yield
    db.session.info.pop("promised_jobs", None)


def in_network(network_id: int, actor: uuid.UUID) -> Scope:
    return Scope(ScopeKind.NETWORK, network_id, actor=actor)


def in_dealership(network_id: int, dealership_id: int, actor: uuid.UUID) -> Scope:
    return Scope(ScopeKind.TENANT, network_id, tenant_id=dealership_id, actor=actor)
