"""What time it is, and which day that is where a dealership stands."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from zoneinfo import ZoneInfo

_set_time: ContextVar[dt.datetime | None] = ContextVar("set_time", default=None)


def utcnow() -> dt.datetime:
    """Now, aware, in UTC, to the microsecond."""
    return _set_time.get() or dt.datetime.now(dt.UTC)


@contextlib.contextmanager
def time_is(moment: dt.datetime) -> Iterator[None]:
    """Let a block happen at another time: demo data lives through past waves."""
    token = _set_time.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _set_time.reset(token)


def day_at(zone: str, moment: dt.datetime) -> dt.date:
    """The day that an instant falls on at a place. For hours of each day it is not UTC's."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str) -> dt.date:
    """The day it is now at a place."""
    return day_at(zone, utcnow())
