"""A job exists exactly when its transaction committed, and has one effect."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from rq import Queue
from rq.serializers import JSONSerializer

from csiapp.core import relay
from csiapp.core.clock import utcnow
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.jobs import enqueue
from csiapp.core.models import Outbox
from csiapp.core.relay import queue_connection, send_promised, sweep_unfinished
from csiapp.core.tenancy import entered
from csiapp.training.models import StaffMember

pytestmark = pytest.mark.db


def promise(app, world, name: str, *, commit: bool = True, **args: object) -> None:
    """Promise a job in the scope of dealership "near", as a service would."""
    with app.app_context():
        token = writing.set(True)
        with entered(world.tenant()):
            enqueue(name, **args)
            if commit:
                db.session.commit()
            db.session.rollback()
            db.session.close()
        writing.reset(token)


def hired(app, world) -> list[str]:
    with app.app_context(), entered(world.tenant()):
        numbers = sorted(db.session.scalars(sa.select(StaffMember.number)))
        db.session.close()
    return numbers


def queued(app) -> int:
    with app.app_context():
        return len(Queue("default", connection=queue_connection(), serializer=JSONSerializer))


def relayed(app) -> int:
    with app.app_context():
        return send_promised()


def wait_for(condition, seconds: float = 45) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_rolled_back_transaction_promises_nothing(queue_app, world):
    promise(queue_app, world, "test.hire", commit=False, number="1")
    assert relayed(queue_app) == 0
    assert queued(queue_app) == 0


def test_jobs_promised_while_the_queue_is_down_are_sent_once_it_is_back(
    queue_app, world, monkeypatch
):
    with monkeypatch.context() as down:
        down.setitem(queue_app.config, "VALKEY_URL", "unix:///nonexistent/valkey.sock")
        queue_app.extensions.pop("csiapp.valkey")
        for n in range(20):
            promise(queue_app, world, "test.hire", number=str(n))
        with pytest.raises(redis.ConnectionError):
            relayed(queue_app)
        queue_app.extensions.pop("csiapp.valkey")
    assert relayed(queue_app) == 20
    assert relayed(queue_app) == 0
    assert queued(queue_app) == 20


def test_a_relay_that_dies_after_sending_sends_again_and_the_effect_is_one(
    queue_app, world, worker_process, monkeypatch
):
    promise(queue_app, world, "test.hire", number="1")

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    with queue_app.app_context(), monkeypatch.context() as dying:
        dying.setattr(relay, "utcnow", dies)
        with pytest.raises(KeyboardInterrupt):
            send_promised()
    assert relayed(queue_app) == 1
    worker_process("--burst").wait(45)
    assert hired(queue_app, world) == ["1"]


def test_a_job_written_by_somebody_else_runs_no_code_of_theirs(
    queue_app, world, worker_process, tmp_path
):
    trace = tmp_path / "trace"
    with queue_app.app_context():
        queue = Queue("default", connection=queue_connection(), serializer=JSONSerializer)
        queue.enqueue_call("os.system", args=[f"touch {trace}"])
    worker_process("--burst").wait(45)
    assert not trace.exists()


def test_a_killed_work_horse_is_noticed_and_the_job_done_once(
    queue_app, world, worker_process, tmp_path
):
    """The first attempt is killed with signal 9 while it works; the retry is due after 10 s."""
    started = tmp_path / "started"
    promise(queue_app, world, "test.hire", number="1", wait=3, started=str(started))
    relayed(queue_app)
    worker = worker_process()
    wait_for(started.exists)
    os.kill(child_of(worker.pid), signal.SIGKILL)
    wait_for(lambda: hired(queue_app, world) == ["1"])
    with queue_app.app_context():
        assert db.session.scalars(sa.select(Outbox)).one().done_at is not None


def test_a_job_whose_worker_died_is_sent_again_by_the_sweeper(
    queue_app, world, worker_process, tmp_path, monkeypatch
):
    started = tmp_path / "started"
    promise(queue_app, world, "test.hire", number="1", wait=2, started=str(started))
    relayed(queue_app)
    worker = worker_process()
    wait_for(started.exists)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)
    assert hired(queue_app, world) == []
    monkeypatch.setattr(relay, "UNFINISHED_AFTER", dt.timedelta(0))
    with queue_app.app_context():
        assert sweep_unfinished() == 1
    assert relayed(queue_app) == 1
    worker_process("--burst").wait(45)
    assert hired(queue_app, world) == ["1"]


def test_a_job_that_waits_for_a_worker_for_hours_is_neither_doubled_nor_given_up(
    queue_app, world, worker_process, monkeypatch
):
    promise(queue_app, world, "test.hire", number="1")
    relayed(queue_app)
    monkeypatch.setattr(relay, "UNFINISHED_AFTER", dt.timedelta(0))
    for _ in range(relay.MAX_ATTEMPTS + 1):
        with queue_app.app_context():
            sweep_unfinished()
        relayed(queue_app)
    assert queued(queue_app) == 1
    worker_process("--burst").wait(45)
    assert hired(queue_app, world) == ["1"]


def test_a_job_that_keeps_failing_tells_its_task_in_the_end(queue_app, world, monkeypatch):
    promise(queue_app, world, "test.fail", number="1")
    monkeypatch.setattr(relay, "UNFINISHED_AFTER", dt.timedelta(0))
    with queue_app.app_context():
        token = writing.set(True)
        db.session.execute(sa.update(Outbox).values(sent_at=utcnow(), attempts=4))
        db.session.commit()
        db.session.close()
        writing.reset(token)
        sweep_unfinished()
    assert hired(queue_app, world) == ["gave-up-1"]


def child_of(pid: int) -> int:
    """The work-horse: the child of the worker that is working."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[-1])
