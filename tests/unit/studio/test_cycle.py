"""Train, check, announce, reward, review: where a set stands in each."""

from __future__ import annotations

import datetime as dt

import pytest

from csiapp.studio.cycle import Facts, Noted, Phase, Stand, cycle, review_stand
from csiapp.studio.learners import Part, trained_part
from tests.unit.studio.trees import learner

pytestmark = pytest.mark.unit

TODAY = dt.date(2026, 6, 1)


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def facts(**changed: object) -> Facts:
    given: dict[str, object] = {
        "today": TODAY,
        "published_on": day(-60),
        "train_by": None,
        "trained": Part(0, 0),
        "results_on": [],
        "noted": [],
        "next_review_on": None,
    }
    return Facts(**{**given, **changed})


def stand(phase: Phase, **changed: object) -> Stand:
    return cycle(facts(**changed)).of(phase).stand


def test_before_the_first_publication_everything_is_open():
    states = cycle(facts(published_on=None, noted=[Noted("reward", TODAY)])).phases
    assert {state.stand for state in states} == {Stand.OPEN}


@pytest.mark.parametrize(
    ("trained", "train_by", "expected"),
    [
        (Part(0, 10), None, Stand.OPEN),
        (Part(4, 10), None, Stand.UNDER_WAY),
        (Part(4, 10), day(0), Stand.UNDER_WAY),
        (Part(4, 10), day(-1), Stand.LATE),
        (Part(10, 10), day(-1), Stand.DONE),
        (Part(0, 0), None, Stand.OPEN),
    ],
)
def test_training_is_done_when_all_hold_it_and_late_after_its_day(trained, train_by, expected):
    assert stand(Phase.TRAIN, trained=trained, train_by=train_by) is expected


def test_a_result_or_a_note_is_a_check():
    assert stand(Phase.CHECK) is Stand.OPEN
    assert stand(Phase.CHECK, results_on=[day(-3)]) is Stand.DONE
    assert stand(Phase.CHECK, noted=[Noted("check", day(-3))]) is Stand.DONE


@pytest.mark.parametrize(
    ("results", "announced", "expected"),
    [
        ([], [], Stand.OPEN),
        ([day(-10)], [], Stand.DUE),
        ([day(-10)], [day(-10)], Stand.DONE),
        ([day(-10), day(-2)], [day(-5)], Stand.DUE),
    ],
)
def test_results_wait_to_be_announced(results, announced, expected):
    noted = [Noted("announce", on) for on in announced]
    assert stand(Phase.ANNOUNCE, results_on=results, noted=noted) is expected


def test_a_reward_of_the_version_before_does_not_count():
    assert stand(Phase.REWARD, noted=[Noted("reward", day(-61))]) is Stand.OPEN
    assert stand(Phase.REWARD, noted=[Noted("reward", day(-60))]) is Stand.DONE


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (None, Stand.OPEN),
        (day(15), Stand.UNDER_WAY),
        (day(14), Stand.DUE),
        (day(0), Stand.DUE),
        (day(-1), Stand.LATE),
    ],
)
def test_a_review_is_due_two_weeks_before_its_day_and_late_after_it(on, expected):
    assert review_stand(on, TODAY) is expected
    assert stand(Phase.REVIEW, next_review_on=on) is expected


def test_a_review_is_done_once_noted_until_the_next_one_is_due():
    noted = [Noted("review", day(-5))]
    assert stand(Phase.REVIEW, noted=noted) is Stand.DONE
    assert stand(Phase.REVIEW, noted=noted, next_review_on=day(90)) is Stand.DONE
    assert stand(Phase.REVIEW, noted=noted, next_review_on=day(3)) is Stand.DUE


def test_the_current_phase_is_the_first_that_is_not_done():
    found = cycle(facts(trained=Part(1, 1), results_on=[day(-1)]))
    assert found.current is Phase.ANNOUNCE
    assert cycle(facts()).current is Phase.TRAIN


def test_only_what_the_roles_concerned_must_hold_is_counted():
    people = [
        learner("SA", required="A B C", held="A C"),
        learner("RC", required="A", held="A"),
        learner("TE", required="A B"),
    ]
    assert trained_part(people, ["SA", "RC"], ["A", "B"]) == Part(2, 3)


def test_what_is_to_be_taught_again_counts_from_the_publication():
    person = learner("SA", required="A B", held="A B")
    person = type(person)(person.roles, person.required, person.held, {"A": day(-1), "B": day(-90)})
    assert trained_part([person], ["SA"], ["A", "B"], since=day(-60)) == Part(1, 2)
