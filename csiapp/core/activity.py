"""Append-only log of every change that matters, one hash chain per dealership or network.

An entry's hash covers its content and the hash before it, so that a later edit by
anybody, the owner of the database included, breaks the chain visibly.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import sqlalchemy as sa

from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry, NetworkActivityEntry
from csiapp.core.tenancy import ScopeKind, current_scope, unsafe_sql

GENESIS = "0" * 64


def record(
    verb: str, subject_type: str, subject_id: object, detail: dict[str, Any] | None = None
) -> None:
    """Add an entry in the caller's transaction. `detail` holds ids and values, no names."""
    scope = current_scope()
    model = _chain()
    _lock_chain(scope.network_id, scope.tenant_id)
    last = db.session.scalars(sa.select(model).order_by(model.seq.desc()).limit(1)).first()
    entry = model(
        seq=last.seq + 1 if last else 1,
        at=utcnow(),
        actor=scope.actor,
        verb=verb,
        subject_type=subject_type,
        subject_id=str(subject_id),
        detail=detail or {},
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    db.session.add(entry)
    db.session.flush()


def entry_hash(entry: ActivityEntry) -> str:
    """SHA-256 over the canonical JSON of an entry and the hash before it."""
    parts = [
        entry.previous_hash,
        entry.seq,
        entry.at.isoformat(),
        str(entry.actor),
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        entry.detail,
    ]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def newest_first() -> sa.Select[ActivityEntry]:
    """The chain of the scope in force, for paging."""
    model = _chain()
    return sa.select(model).order_by(model.seq.desc())


def first_broken_link() -> int | None:
    """The `seq` of the first entry that does not fit its chain, or None when all fit."""
    model = _chain()
    previous, expected = GENESIS, 1
    for entry in db.session.scalars(sa.select(model).order_by(model.seq)):
        fits = entry.seq == expected and entry.previous_hash == previous
        if not fits or entry.hash != entry_hash(entry):
            return entry.seq
        previous, expected = entry.hash, expected + 1
    return None


def _chain() -> type[ActivityEntry]:
    """The network's chain in a network scope, else the dealership's. Both have one shape."""
    in_network = current_scope().kind is ScopeKind.NETWORK
    return cast(type[ActivityEntry], NetworkActivityEntry if in_network else ActivityEntry)


def _lock_chain(network_id: int, tenant_id: int | None) -> None:
    """One writer per chain. SQLite has one writer anyway (BEGIN IMMEDIATE)."""
    if db.session.get_bind().dialect.name == "postgresql":
        with unsafe_sql("advisory lock of the activity chain"):
            db.session.execute(
                sa.text("SELECT pg_advisory_xact_lock(:space, :chain)"),
                {"space": network_id % 2**31, "chain": (tenant_id or 0) % 2**31},
            )
