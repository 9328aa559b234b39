"""Jobs: promised in the transaction, sent after it, run under the same scope.

`enqueue` writes an outbox row; so a job exists exactly when the work that asked for it was
committed. The relay (core.relay) hands rows to RQ; the worker resolves the task's name in
the registry here and nowhere else, so a forged job name runs nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.models import Outbox
from csiapp.core.tenancy import Scope, ScopeKind, current_scope, entered

QUEUES = ("default", "low")
Task = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Registered:
    run: Task
    timeout: int
    on_failure: Task | None


registry: dict[str, Registered] = {}


def task(
    name: str, *, timeout: int = 120, on_failure: Task | None = None
) -> Callable[[Task], Task]:
    """Register a job. It takes JSON arguments, must be idempotent, and runs as one
    transaction. `on_failure(**args)` runs once no retry is left."""

    def register(function: Task) -> Task:
        if name in registry:
            raise ValueError(f"task {name} is registered twice")
        registry[name] = Registered(function, timeout, on_failure)
        return function

    return register


def enqueue(name: str, *, queue: str = "default", **args: Any) -> uuid.UUID:
    """Promise a job in the caller's transaction and scope; returns the job's id."""
    if name not in registry:
        raise LookupError(f"no task {name}")
    if queue not in QUEUES:
        raise LookupError(f"no queue {queue}")
    row = Outbox(task=name, queue=queue, args=args, scope=scope_to_json(current_scope()))
    db.session.add(row)
    db.session.flush()
    db.session.info.setdefault("promised_jobs", []).append(row.id)
    return row.id


def scope_to_json(scope: Scope) -> dict[str, Any]:
    return {
        "kind": scope.kind.value,
        "network_id": scope.network_id,
        "tenant_id": scope.tenant_id,
        "visit_id": str(scope.visit_id) if scope.visit_id else None,
        "shopper_id": str(scope.shopper_id) if scope.shopper_id else None,
        "actor": str(scope.actor) if scope.actor else None,
    }


def scope_from_json(data: dict[str, Any]) -> Scope:
    """The job's scope. A shopper's job acts for the dealership: what the shopper may not
    see (staff, standards) the scoring of the visit still needs."""
    kind = ScopeKind(data["kind"])
    return Scope(
        kind=ScopeKind.TENANT if kind is ScopeKind.VISIT else kind,
        network_id=data["network_id"],
        tenant_id=data["tenant_id"],
        shopper_id=uuid.UUID(data["shopper_id"]) if data["shopper_id"] else None,
        actor=uuid.UUID(data["actor"]) if data["actor"] else None,
    )


def perform(outbox_id: uuid.UUID) -> None:
    """Run one promised job as one transaction. A job that is done already does nothing."""
    token = writing.set(True)
    try:
        db.session.close()
        row = db.session.get(Outbox, outbox_id)
        if row is None or row.done_at is not None:
            db.session.close()
            return
        name, args, scope = row.task, dict(row.args), scope_from_json(row.scope)
        db.session.close()
        with entered(scope):
            try:
                registry[name].run(**args)
                done = db.session.get(Outbox, outbox_id)
                if done is not None:
                    done.done_at = utcnow()
                db.session.commit()
            finally:
                db.session.close()
    finally:
        writing.reset(token)


def fail(outbox_id: uuid.UUID) -> None:
    """No retry is left: let the task say so to its users, in a transaction of its own."""
    token = writing.set(True)
    try:
        db.session.close()
        row = db.session.get(Outbox, outbox_id)
        if row is None or row.done_at is not None:
            return
        name, args, scope = row.task, dict(row.args), scope_from_json(row.scope)
        db.session.close()
        with entered(scope):
            handler = registry[name].on_failure
            if handler is not None:
                handler(**args)
            done = db.session.get(Outbox, outbox_id)
            if done is not None:
                done.done_at = utcnow()
            db.session.commit()
    finally:
        db.session.close()
        writing.reset(token)
