"""Which day an instant falls on is asked of the clock, with a zone: UTC's day is another one for
hours of each day, and what is wrong then is right whenever somebody looks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

CLOCK = Path("csiapp/core/clock.py")
IN_UTC = re.compile(r"utcnow\(\)\.date\(\)|_at\.date\(\)")
BY_HAND = re.compile(r"astimezone\(ZoneInfo\([^\n]*\)\.date\(\)")


@pytest.mark.parametrize("folder", ["csiapp", "tests"])
def test_nobody_takes_the_day_of_utc_or_makes_a_day_by_hand(folder):
    found = [
        f"{path}:{number}"
        for path in Path(folder).rglob("*.py")
        if path not in (CLOCK, Path(__file__).relative_to(Path.cwd()))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if IN_UTC.search(line) or BY_HAND.search(line)
    ]
    assert found == []
