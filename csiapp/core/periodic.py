"""The periodic process: relays the outbox each second, sweeps and cleans now and then."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

import redis
import sqlalchemy as sa
from flask import Flask

from csiapp.core.errors import DomainError
from csiapp.core.extensions import db
from csiapp.core.relay import forget_finished, send_promised, sweep_unfinished
from csiapp.core.tenancy import Scope, entered
from csiapp.core.transactions import own_transaction

log = logging.getLogger(__name__)


@dataclass
class Chore:
    """Something to do every so many seconds. Failures are logged and tried again."""

    name: str
    every: float
    run: Callable[[], object]
    due: float = field(default=0.0)


chores: list[Chore] = [
    Chore("relay", 1, send_promised),
    Chore("sweep", 60, sweep_unfinished),
    Chore("forget", 24 * 3600, forget_finished),
]
"""Slices add theirs with `add_chore`, such as mail and expired tokens."""


def add_chore(name: str, every: float, run: Callable[[], object]) -> None:
    """Once, however many apps a process makes."""
    if name not in {chore.name for chore in chores}:
        chores.append(Chore(name, every, run))


def done_in(scope: Scope, subject: str, work: Callable[[], bool]) -> bool:
    """A chore's work at one dealership, in a transaction of its own; whether anything was done.
    A refusal is logged and tried again: it hinders nobody else's."""
    try:
        with entered(scope), own_transaction():
            return work()
    except DomainError as refusal:
        log.warning("%s: %s", subject, refusal.message)
        return False


def run_forever(app: Flask) -> None:
    """Until SIGTERM or SIGINT."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    while not stop.wait(0.5):
        with app.app_context():
            run_due(time.monotonic())


def run_due(now: float) -> None:
    """Run every chore whose time has come."""
    for chore in chores:
        if now < chore.due:
            continue
        chore.due = now + chore.every
        try:
            chore.run()
        except (redis.RedisError, sa.exc.SQLAlchemyError, OSError) as error:
            log.warning("%s: %s", chore.name, error)
        finally:
            db.session.close()
