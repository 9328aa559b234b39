"""From the outbox to the queue. Sending twice is harmless: a job that is done does nothing."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from typing import Any

import redis
import sqlalchemy as sa
from flask import current_app
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from csiapp.core.clock import utcnow
from csiapp.core.extensions import db
from csiapp.core.jobs import fail, registry
from csiapp.core.models import Outbox
from csiapp.core.transactions import own_transaction

log = logging.getLogger(__name__)

ENTRY = "csiapp.job"
"""The one function name that a queue may hold (core.worker resolves the task behind it)."""

RETRY_SECONDS = (10, 60, 300)
UNFINISHED_AFTER = dt.timedelta(minutes=10)
MAX_ATTEMPTS = 4
IN_LINE = (JobStatus.QUEUED, JobStatus.SCHEDULED)


class RegisteredJob(Job):
    """A job whose function is ours whatever name the queue holds: a job written into
    Valkey by somebody else cannot name code to run."""

    @property
    def func(self) -> Any:
        from csiapp.core.worker import run_promised_job  # the worker imports this module

        return run_promised_job


def queue_connection() -> redis.Redis:
    """The connection to Valkey; made on first use."""
    connection: redis.Redis | None = current_app.extensions.get("csiapp.valkey")
    if connection is None:
        connection = redis.Redis.from_url(
            current_app.config["VALKEY_URL"],
            socket_connect_timeout=2,
            socket_timeout=10,
            health_check_interval=30,
        )
        current_app.extensions["csiapp.valkey"] = connection
    return connection


def send_promised(ids: Sequence[uuid.UUID] | None = None, limit: int = 100) -> int:
    """Hand unsent outbox rows (these, or the oldest) to the queue; returns how many.

    Raises redis.RedisError when the queue is down; the rows then stay unsent.
    """
    query = sa.select(Outbox).where(Outbox.sent_at.is_(None)).order_by(Outbox.created_at)
    if ids is not None:
        query = query.where(Outbox.id.in_(list(ids)))
    with own_transaction():
        rows = db.session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()
        for row in rows:
            _send(row)
            row.sent_at = utcnow()
            row.attempts += 1
        return len(rows)


def _send(row: Outbox) -> None:
    queue = Queue(
        row.queue,
        connection=queue_connection(),
        serializer=JSONSerializer,
        job_class=RegisteredJob,
    )
    try:
        queue.enqueue_call(
            ENTRY,
            args=[str(row.id)],
            timeout=registry[row.task].timeout,
            result_ttl=0,
            failure_ttl=7 * 24 * 3600,
            retry=Retry(max=len(RETRY_SECONDS), interval=list(RETRY_SECONDS)),
            job_id=_job_id(row, row.attempts),
            description=row.task,
            unique=True,
        )
    except DuplicateJobError:
        log.info("job %s is queued already", row.id)


def _job_id(row: Outbox, attempt: int) -> str:
    return f"{row.id}-{attempt}"


def _in_line(rows: Sequence[Outbox]) -> set[uuid.UUID]:
    """Those whose last sending nobody has taken out of the queue yet."""
    sent = RegisteredJob.fetch_many(
        [_job_id(row, row.attempts - 1) for row in rows], queue_connection(), JSONSerializer
    )
    return {
        row.id
        for row, job in zip(rows, sent, strict=True)
        if job is not None and job.get_status(refresh=False) in IN_LINE
    }


def send_soon(ids: Sequence[uuid.UUID]) -> None:
    """Right after a commit: send what it promised. When the queue is down the relay does."""
    try:
        send_promised(ids)
    except redis.RedisError:
        log.warning("queue down: %d job(s) wait in the outbox", len(ids))


def sweep_unfinished() -> int:
    """Send again what was sent long ago and never finished (a worker died); give up, and
    let the task tell its users, after MAX_ATTEMPTS. A long line, or a worker that is away, is
    no failure: what still waits in the queue is left there and looked at later."""
    now = utcnow()
    late = sa.and_(Outbox.done_at.is_(None), Outbox.sent_at < now - UNFINISHED_AFTER)
    query = sa.select(Outbox).where(late).order_by(Outbox.sent_at).limit(100)
    with own_transaction():
        rows = db.session.scalars(query).all()
        waiting = _in_line(rows) if rows else set()
        given_up = [
            row.id for row in rows if row.attempts >= MAX_ATTEMPTS and row.id not in waiting
        ]
        for row in rows:
            if row.id in waiting:
                row.sent_at = now
            elif row.attempts < MAX_ATTEMPTS:
                row.sent_at = None
    for outbox_id in given_up:
        fail(outbox_id)
    return len(rows)


def forget_finished(older_than: dt.timedelta = dt.timedelta(days=30)) -> None:
    """Delete outbox rows of jobs that were done long ago."""
    with own_transaction():
        db.session.execute(sa.delete(Outbox).where(Outbox.done_at < utcnow() - older_than))
