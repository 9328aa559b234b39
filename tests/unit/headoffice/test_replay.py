"""Indices and places of the network, before and after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.replay import Replayed
from csiapp.headoffice.replay import NetworkReplay, network_replay

pytestmark = pytest.mark.unit

WEIGHTS = {"visit": 70, "phone": 15, "facility": 15}


def visit(before: int, after: int | None, kind: str = "visit", *failures: str) -> Replayed:
    return Replayed(kind, before, after, failures, (), ())


def places(network: NetworkReplay) -> dict[int, tuple[int | None, int | None, int | None]]:
    return {s.dealership: (s.place_before, s.place_after, s.places_up) for s in network.standings}


def test_places_move_by_the_rounded_index_and_equals_share_one() -> None:
    found = network_replay(
        [(1, visit(900, 700)), (2, visit(800, 800)), (3, visit(800, 850)), (4, visit(700, 600))],
        WEIGHTS,
    )
    assert places(found) == {1: (1, 3, -2), 2: (2, 2, 0), 3: (2, 1, 1), 4: (4, 4, 0)}
    assert [s.dealership for s in found.standings] == [1, 2, 3, 4]
    assert found.movers == 2


def test_the_network_is_the_mean_of_its_dealerships_each_once() -> None:
    found = network_replay(
        [(1, visit(900, 900)), (1, visit(901, 900)), (2, visit(700, 800))], WEIGHTS
    )
    assert (found.before, found.after, found.change) == (800, 850, 50)  # 800.25 and 850


def test_a_dealership_of_which_nothing_would_count_has_no_place_and_moves_nobody() -> None:
    found = network_replay([(1, visit(900, None)), (2, visit(800, 810))], WEIGHTS)
    assert places(found) == {2: (1, 1, 0), 1: (None, None, None)}
    assert (found.before, found.after, found.movers) == (800, 810, 0)


def test_new_failures_are_counted_over_all_dealerships() -> None:
    found = network_replay(
        [(1, visit(900, 850, "visit", "ST1")), (2, visit(800, 800, "visit", "ST1", "ST2"))], WEIGHTS
    )
    assert found.everything.new_failures == {"ST1": 2, "ST2": 1}


def test_a_network_without_visits_has_no_index() -> None:
    found = network_replay([], WEIGHTS)
    assert (found.standings, found.before, found.after, found.change) == ((), None, None, None)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 1000), st.sampled_from(sorted(WEIGHTS))),
        max_size=30,
    )
)
def test_where_nothing_changes_nobody_moves(given_visits: list[tuple[int, int, str]]) -> None:
    found = network_replay([(d, visit(i, i, kind)) for d, i, kind in given_visits], WEIGHTS)
    assert found.movers == 0
    assert found.before == found.after
    assert all(s.summary.change == s.places_up == 0 for s in found.standings)
