"""A real worker process with two tasks made for tests: `python -m tests.support.worker`.

The settings come from the environment, as for any worker. `test.hire` waits, then adds one
person; running it twice adds one. `test.break` always fails.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from config import load_settings
from csiapp.app import create_app
from csiapp.core.extensions import db
from csiapp.core.jobs import registry, task
from csiapp.core.worker import work
from csiapp.training.models import StaffMember


def hire(number: str, wait: float = 0, started: str = "") -> None:
    if started:
        Path(started).touch()
    time.sleep(wait)
    known = db.session.scalar(sa.select(StaffMember.id).where(StaffMember.number == number))
    if known is None:
        person = StaffMember(
            name=f"Test {number}", number=number, roles=["SA"], joined_on=dt.date(2026, 1, 1)
        )
        db.session.add(person)


def give_up(number: str) -> None:
    hire(f"gave-up-{number}")


def fail(number: str) -> None:
    raise RuntimeError(f"{number} never works")


def register() -> None:
    """Register the tasks once per process."""
    if "test.hire" not in registry:
        task("test.hire", timeout=60)(hire)
        task("test.fail", timeout=60, on_failure=give_up)(fail)


if __name__ == "__main__":
    register()
    work(create_app(load_settings()), burst="--burst" in sys.argv)
