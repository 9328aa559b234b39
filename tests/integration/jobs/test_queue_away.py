"""The queue goes away while a worker is in the middle of a job, and comes back."""

from __future__ import annotations

import contextlib

import pytest

from csiapp.serving.valkey import running_valkey
from tests.integration.jobs.test_outbox import hired, promise, relayed, wait_for

pytestmark = pytest.mark.db


@pytest.fixture
def own_valkey(tmp_path):
    """A Valkey that the test may stop; leaving the stack stops it."""
    with contextlib.ExitStack() as stack:
        stack.folder = tmp_path / "valkey"
        stack.url = stack.enter_context(running_valkey(stack.folder))
        yield stack


@pytest.fixture
def valkey_url(own_valkey) -> str:
    return own_valkey.url


def test_a_worker_finishes_its_job_and_goes_on_when_the_queue_is_back(
    queue_app, world, worker_process, own_valkey, tmp_path
):
    started = tmp_path / "started"
    promise(queue_app, world, "test.hire", number="1", wait=2, started=str(started))
    relayed(queue_app)
    worker = worker_process()
    wait_for(started.exists)
    own_valkey.close()
    wait_for(lambda: hired(queue_app, world) == ["1"])

    own_valkey.enter_context(running_valkey(own_valkey.folder))
    promise(queue_app, world, "test.hire", number="2")
    wait_for(lambda: relayed(queue_app) == 1)
    wait_for(lambda: hired(queue_app, world) == ["1", "2"])
    assert worker.poll() is None


def test_a_worker_that_begins_before_the_queue_waits_for_it(
    queue_app, world, worker_process, own_valkey, tmp_path
):
    own_valkey.close()
    worker = worker_process()
    wait_for(lambda: b"begins anew" in (tmp_path / "worker-0.log").read_bytes())
    own_valkey.enter_context(running_valkey(own_valkey.folder))
    promise(queue_app, world, "test.hire", number="1")
    wait_for(lambda: relayed(queue_app) == 1)
    wait_for(lambda: hired(queue_app, world) == ["1"])

    own_valkey.close()
    worker.terminate()
    worker.wait(15)  # raises when it does not end
