"""Teach before score: which standards of a version are asked, but do not count yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

SCORED_ANEW = frozenset({"added", "measure", "target"})
"""Classes of change after which people have something to learn that they are scored on."""


def observed_standards(
    previous_observed: Mapping[str, str],
    changes: Mapping[str, str],
    enforce_from: dt.date | None,
    publish_on: dt.date,
) -> dict[str, str]:
    """Standard code -> the first day that counts (ISO date, at the dealership).

    `changes` are the standards that differ from the version before: code -> the class of change
    that the publisher confirmed; a rewording that changes the meaning is confirmed as `measure`.
    Whatever is scored anew counts from `enforce_from`. What the version before still observed on
    `publish_on` goes on being observed, unless it was removed; of two days the later holds.
    Nothing is observed until a day that has come: `None` means "from the first day".
    """
    observed = {
        code: day
        for code, day in previous_observed.items()
        if dt.date.fromisoformat(day) > publish_on and changes.get(code) != "removed"
    }
    if enforce_from is not None and enforce_from > publish_on:
        for code, kind in changes.items():
            if kind in SCORED_ANEW:
                observed[code] = max(observed.get(code, ""), enforce_from.isoformat())
    return observed


def observed_on(observed: Mapping[str, str], day: dt.date) -> frozenset[str]:
    """The standards that do not count yet on a day at the dealership."""
    return frozenset(code for code, first in observed.items() if day < dt.date.fromisoformat(first))
