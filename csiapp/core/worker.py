"""The RQ worker: one warm parent, one fork per job, one transaction per job."""

from __future__ import annotations

import contextlib
import gc
import logging
import time
import uuid
from types import FrameType
from typing import Any

import redis
from flask import Flask
from rq import Worker, get_current_job
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from csiapp.core import jobs
from csiapp.core.extensions import db
from csiapp.core.relay import RegisteredJob, queue_connection

log = logging.getLogger(__name__)

BEGIN_ANEW_AFTER = 1.0  # seconds

_app: Flask | None = None


def run_promised_job(outbox_id: str) -> None:
    """What every job of the queue runs: the outbox row behind it, under its scope."""
    if _app is None:
        raise RuntimeError("jobs run in a worker process")
    job = get_current_job()
    with _app.app_context():
        try:
            jobs.perform(uuid.UUID(outbox_id))
        except BaseException:
            if job is not None and not job.retries_left:
                jobs.fail(uuid.UUID(outbox_id))
            raise


class ForkWorker(Worker):
    """Forks for each job; the child opens its own database connections."""

    max_connection_wait_time = 5.0
    stop_asked = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stop_asked = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: Any, queue: Any) -> Any:
        if _app is not None:
            with _app.app_context():
                db.engine.dispose(close=False)
        return super().main_work_horse(job, queue)


def work(app: Flask, *, burst: bool = False) -> None:
    """Serve the queues until told to stop. Call after everything heavy is warm: the
    forks then share the parent's memory."""
    global _app  # noqa: PLW0603 - the forked child finds the application here
    _app = app
    with app.app_context():
        db.engine.dispose()
        connection = queue_connection()
        connection.connection_pool.disconnect()
    gc.collect()
    gc.freeze()
    if burst:
        _worker(connection).work(burst=True, with_scheduler=True, logging_level="WARNING")
        return
    log.info("worker ready: queues %s", ", ".join(jobs.QUEUES))
    while not _served(connection):
        log.warning("the queue went away: the worker begins anew")


def _worker(connection: redis.Redis) -> ForkWorker:
    return ForkWorker(
        list(jobs.QUEUES),
        connection=connection,
        serializer=JSONSerializer,
        job_class=RegisteredJob,
        worker_ttl=30,
        maintenance_interval=15,
        job_monitoring_interval=5,
    )


def _served(connection: redis.Redis) -> bool:
    """Serve; True when told to stop, False when the queue is not there. RQ gives up when it
    goes away while a job runs; the job itself needs no queue and is let finish."""
    worker: ForkWorker | None = None
    try:
        with contextlib.suppress(redis.RedisError):
            worker = _worker(connection)
            worker.work(with_scheduler=True, logging_level="WARNING")
        if worker is not None and worker.horse_pid:
            worker.wait_for_horse()
        if worker is not None and worker.stop_asked:
            return True
        time.sleep(BEGIN_ANEW_AFTER)
    except (redis.RedisError, StopRequested):  # what RQ's signal handler raises
        return True
    return False
