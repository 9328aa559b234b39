"""The network in one wave: worked example EX3 end to end, factors, changes, grades."""

from __future__ import annotations

import uuid
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.headoffice.overview import (
    Basis,
    Change,
    FactorScores,
    NetworkWave,
    Result,
    Why,
    change,
    comparability_of,
    factor_means,
    grade_of,
    network_comparability,
    roll_up,
    spread,
    version_pairs,
)
from csiapp.headoffice.programme import programme
from csiapp.reference import loader

pytestmark = pytest.mark.unit

EXAMPLE = loader.scoring_examples()["rollup"]
WEIGHTS = EXAMPLE["form_weights"]
CODES = {"visit": "MS-VISIT", "phone": "MS-PHONE", "facility": "MS-FACILITY"}
WAVE = uuid.UUID(int=1)


def result(dealership: int, index: int, kind: str = "visit", model: str = "M", failed: int = 0):
    return Result(WAVE, dealership, kind, Basis(CODES.get(kind, kind), model), index, failed)


def example() -> NetworkWave:
    return roll_up(
        [
            result(number, index, kind)
            for number, dealer in enumerate(EXAMPLE["dealers"], 1)
            for kind in CODES
            for index in dealer[kind]
        ],
        WEIGHTS,
    )


def test_the_worked_example_comes_out_over_the_whole_network():
    wave, expected = example(), EXAMPLE["expected"]
    assert wave.indices == dict(enumerate(expected["wave_index"].values(), 1))
    assert wave.index == expected["network_mean"]
    few = {dealership: s.score.small_sample for dealership, s in wave.standings.items()}
    assert list(few.values()) == list(expected["small_sample"].values())


def test_the_programme_weighs_forms_as_the_example_does_and_leaves_records_out():
    weights = dict(programme().weights)
    assert weights.pop("records") == 0
    assert weights == WEIGHTS


def test_visits_without_a_critical_failure_are_clean():
    wave = roll_up([result(1, 800, failed=2), result(1, 900), result(2, 700, failed=1)], WEIGHTS)
    assert (wave.visits, wave.clean) == (3, 1)
    assert wave.standings[1].critical_failures == 2


def test_a_dealership_with_only_forms_that_do_not_count_has_no_index():
    wave = roll_up([result(1, 800, "records"), result(2, 900)], {**WEIGHTS, "records": 0})
    assert wave.indices == {2: 900}
    assert wave.index == 900
    assert wave.standings[1].visits == 1


def test_nothing_published_is_no_index():
    assert roll_up([], WEIGHTS).index is None


def test_forms_that_do_not_count_do_not_keep_waves_from_being_compared():
    weights = {**WEIGHTS, "records": 0}
    now = roll_up([result(1, 800), result(1, 500, "records")], weights)
    before = roll_up([result(1, 790)], weights)
    assert change(now, before) == Change(points=10)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([result(1, 790)], Change(points=10)),
        ([result(1, 800)], Change(points=0)),
        ([], Change(why=Why.FIRST)),
        ([result(1, 790), result(1, 700, "phone")], Change(why=Why.FORMS)),
        ([result(1, 790, model="N")], Change(why=Why.MODEL)),
    ],
)
def test_a_change_is_stated_only_where_forms_and_model_are_the_same(before, expected):
    now, earlier = roll_up([result(1, 800)], WEIGHTS), roll_up(before, WEIGHTS)
    assert change(now, earlier) == expected
    assert change(now.standings[1], earlier.standings.get(1)) == expected


def test_without_an_index_now_there_is_nothing_to_say_about_a_change():
    assert change(roll_up([], WEIGHTS), roll_up([result(1, 800)], WEIGHTS)) == Change()


def test_factor_scores_are_means_of_visits_weighted_over_the_forms():
    half, one = Fraction(1, 2), Fraction(1)
    means = factor_means(
        [
            FactorScores(1, "visit", {"SI": half, "SA": one}),
            FactorScores(1, "visit", {"SI": one}),
            FactorScores(1, "phone", {"SI": Fraction(0)}),
            FactorScores(2, "records", {"SI": one}),
        ],
        {"visit": 70, "phone": 30, "records": 0},
    )
    # SI: visits (1/2 + 1) / 2 = 3/4, phone 0: 0.7 x 3/4; SA was asked in one visit alone
    assert means == {1: {"SI": Fraction(21, 40), "SA": one}, 2: {}}


@pytest.mark.parametrize(
    ("index", "grade"),
    [(1000, "A"), (900, "A"), (899, "B"), (800, "B"), (799, "C"), (700, "C"), (699, "D"), (0, "D")],
)
def test_grades_begin_where_the_reference_forms_say(index, grade):
    assert grade_of(index, programme().grades) == grade


def test_every_grade_is_counted_also_the_empty_ones():
    assert spread([950, 901, 640], programme().grades) == {"A": 2, "B": 0, "C": 0, "D": 1}


@given(st.dictionaries(st.integers(1, 20), st.lists(st.integers(0, 1000), min_size=1), min_size=1))
def test_each_dealership_counts_once_however_often_it_was_visited(visits):
    wave = roll_up([result(d, index) for d, own in visits.items() for index in own], WEIGHTS)
    means = [Fraction(sum(own), len(own)) for own in visits.values()]
    assert abs(wave.index - sum(means) / len(means)) <= Fraction(1, 2)
    assert wave.visits == sum(len(own) for own in visits.values())


def under(version: int, dealership: int, index: int, kind: str = "visit") -> Result:
    basis = Basis(CODES.get(kind, kind), "M")
    return Result(WAVE, dealership, kind, basis, index, 0, uuid.UUID(int=version))


def test_waves_under_standards_that_changed_too_much_are_not_compared():
    before, now = roll_up([under(1, 1, 800)], WEIGHTS), roll_up([under(2, 1, 900)], WEIGHTS)
    assert version_pairs(now, before) == {(uuid.UUID(int=1), uuid.UUID(int=2))}
    for share, expected in (
        (Fraction(4, 5), Change(points=100)),
        (Fraction(79, 100), Change(why=Why.STANDARDS)),
    ):
        shares = dict.fromkeys(version_pairs(now, before), share)
        assert network_comparability(now, before, shares) == share
        assert change(now, before, share) == expected
        standing, earlier = now.standings[1], before.standings[1]
        assert comparability_of(standing, earlier, shares) == share


def test_versions_stand_against_each_other_form_by_form():
    before = roll_up([under(1, 1, 800), under(5, 1, 700, "phone")], WEIGHTS)
    now = roll_up([under(2, 1, 800), under(5, 1, 700, "phone"), under(3, 2, 500)], WEIGHTS)
    ids = [uuid.UUID(int=number) for number in range(6)]
    assert version_pairs(now, before) == {(ids[1], ids[2]), (ids[5], ids[5])}


def test_the_network_compares_by_the_mean_of_its_dealerships_and_each_by_its_worst_form():
    before = roll_up([under(1, 1, 800), under(1, 2, 800), under(1, 3, 800)], WEIGHTS)
    now = roll_up([under(2, 1, 800), under(1, 2, 800), under(9, 4, 800)], WEIGHTS)
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    shares = {(one, two): Fraction(1, 2), (one, one): Fraction(1)}
    assert network_comparability(now, before, shares) == Fraction(3, 4)
    assert network_comparability(now, roll_up([], WEIGHTS), {}) == 1
    assert comparability_of(now.standings[1], None, {}) == 1
