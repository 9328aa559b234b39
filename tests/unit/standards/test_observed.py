"""What is asked, but does not count yet."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.standards.observed import SCORED_ANEW, observed_standards

pytestmark = pytest.mark.unit

PUBLISHED = dt.date(2026, 3, 1)
ENFORCED = dt.date(2026, 4, 1)

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
codes = st.sampled_from(["ST1", "ST2", "ST3", "ST4"])
classes = st.sampled_from(["added", "removed", "wording", "measure", "target", "weight", "same"])
observing = st.dictionaries(codes, days.map(dt.date.isoformat))


@pytest.mark.parametrize("kind", sorted(SCORED_ANEW))
def test_what_is_scored_anew_counts_from_the_day_given(kind: str) -> None:
    assert observed_standards({}, {"ST1": kind}, ENFORCED, PUBLISHED) == {"ST1": "2026-04-01"}


@pytest.mark.parametrize("kind", ["same", "wording", "weight", "moved", "settings", "removed"])
def test_what_is_not_scored_anew_counts_at_once(kind: str) -> None:
    assert observed_standards({}, {"ST1": kind}, ENFORCED, PUBLISHED) == {}


@pytest.mark.parametrize("enforced", [None, PUBLISHED, PUBLISHED - dt.timedelta(days=1)])
def test_without_a_later_day_it_counts_from_the_publication(enforced: dt.date | None) -> None:
    observed = observed_standards({}, {"ST1": "target"}, enforced, PUBLISHED)
    assert observed == {"ST1": "2026-03-01"}


def test_what_the_version_before_observed_goes_on_unless_it_was_removed() -> None:
    before = {"ST1": "2026-03-20", "ST2": "2025-03-01", "ST3": "2026-03-20"}
    after = observed_standards(before, {"ST3": "removed"}, None, PUBLISHED)
    assert after == {"ST1": "2026-03-20", "ST2": "2025-03-01"}


def test_a_promised_day_does_not_come_earlier() -> None:
    before = {"ST1": "2026-05-01"}
    assert observed_standards(before, {"ST1": "target"}, ENFORCED, PUBLISHED) == before


@given(observing, st.dictionaries(codes, classes), st.none() | days, days)
def test_what_is_scored_anew_never_counts_before_it_is_published_or_was_promised(
    before: dict[str, str], changes: dict[str, str], enforced: dt.date | None, published: dt.date
) -> None:
    observed = observed_standards(before, changes, enforced, published)
    anew = {code for code, kind in changes.items() if kind in SCORED_ANEW}
    removed = {code for code, kind in changes.items() if kind == "removed"}
    assert observed.keys() == (before.keys() - removed) | anew
    for code, day in observed.items():
        assert day >= before.get(code, "")
        assert code not in anew or dt.date.fromisoformat(day) >= published
