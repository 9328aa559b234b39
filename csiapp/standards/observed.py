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
    Whatever is scored anew is entered with `enforce_from`, or with the day of publication when
    none is given. Entries of the version before go on, past days too, unless the standard was
    removed: a day alone does not make a standard count that no course teaches yet. Of two days
    the later holds. A set's first version has no `changes`, so it is scored at once.
    """
    day = max(enforce_from or publish_on, publish_on).isoformat()
    observed = {
        code: before for code, before in previous_observed.items() if changes.get(code) != "removed"
    }
    for code, kind in changes.items():
        if kind in SCORED_ANEW:
            observed[code] = max(observed.get(code, day), day)
    return observed
