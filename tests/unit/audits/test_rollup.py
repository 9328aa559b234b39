"""Wave index, ranking, mean and delta; worked example EX3."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.exact import half_up, rounded
from csiapp.audits.rollup import delta, form_index, mean, rank, wave_index
from csiapp.reference import loader

pytestmark = pytest.mark.unit

EXAMPLE = loader.scoring_examples()["rollup"]
FORMS = ("visit", "phone", "facility")


def test_the_worked_example_is_reproduced_exactly() -> None:
    expected, dealers = EXAMPLE["expected"], EXAMPLE["dealers"]
    waves = {
        dealer["code"]: wave_index({f: dealer[f] for f in FORMS}, EXAMPLE["form_weights"])
        for dealer in dealers
    }
    shown = {code: wave.index for code, wave in waves.items()}
    exact_mean = mean(wave.exact for wave in waves.values())
    assert shown == expected["wave_index"]
    assert {c: float(rounded(w.exact, 4)) for c, w in waves.items()} == expected["exact"]
    assert exact_mean is not None
    assert half_up(exact_mean) == expected["network_mean"]
    assert rank(shown) == expected["rank"]
    assert {c: w.small_sample for c, w in waves.items()} == expected["small_sample"]
    changes = {d["code"]: delta(shown[d["code"]], d["previous"], comparable=True) for d in dealers}
    assert changes == expected["delta"]


def test_a_form_that_was_not_run_drops_out() -> None:
    wave = wave_index({"visit": [800, 900, 700], "phone": []}, {"visit": 70, "phone": 30})
    assert wave is not None
    assert (wave.exact, wave.small_sample) == (800, False)


def test_an_index_of_0_counts() -> None:
    wave = wave_index({"visit": [0], "phone": [800]}, {"visit": 50, "phone": 50})
    assert wave is not None
    assert wave.exact == 400


def test_a_form_without_weight_does_not_enter_the_index() -> None:
    wave = wave_index({"visit": [800], "records": [100]}, {"visit": 70, "records": 0})
    assert wave is not None
    assert wave.exact == 800


def test_nothing_visited_has_no_index() -> None:
    assert wave_index({"visit": []}, {"visit": 70}) is None
    assert wave_index({"records": [900]}, {"records": 0}) is None
    assert form_index([]) is None
    assert mean([]) is None


def test_ties_share_a_place_and_the_next_is_skipped() -> None:
    assert rank({"a": 900, "b": 850, "c": 850, "d": 800}) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_waves_that_cannot_be_compared_have_no_delta() -> None:
    assert delta(800, 790, comparable=False) is None


@given(st.dictionaries(st.integers(), st.integers(0, 1000), min_size=1))
def test_a_place_is_one_more_than_those_before_it(indices: dict[int, int]) -> None:
    places = rank(indices)
    for who, place in places.items():
        assert place == 1 + len([x for x in indices.values() if x > indices[who]])
    assert min(places.values()) == 1


@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 99))
def test_a_wave_of_one_form_is_that_form(finals: list[int], weight: int) -> None:
    wave = wave_index({"visit": finals}, {"visit": weight, "phone": 15})
    assert wave is not None
    assert wave.exact == Fraction(sum(finals), len(finals))
