"""What the publisher may decide about a change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from csiapp.standards.content import StandardsContent
from csiapp.standards.decisions import (
    Decision,
    classes_of_standards,
    decided,
    needs_decision,
    possible_classes,
    proposed,
    redefined,
)
from csiapp.standards.versioning import Change, diff
from tests.unit.standards.trees import edited, key_factor_of, small, standard_of

pytestmark = pytest.mark.unit

TIMED = "ST020101"


def changed(**fields: Any) -> Change:
    content = small()
    standard_of(content, TIMED).update(fields)  # type: ignore[typeddict-item]
    (change,) = diff(small(), content)
    return change


REWORDED = {"zh": "改写", "en": "Reworded"}
RETARGETED = standard_of(small(), TIMED)["measure"] | {"target": 2}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"statement": REWORDED}, Decision("wording", "brief")),
        ({"measure": RETARGETED}, Decision("target", "retrain")),
        ({"statement": REWORDED, "measure": RETARGETED}, Decision("target", "retrain")),
        ({"importance": 1, "points": 2}, Decision("weight", "none")),
        ({"evidence": "photo"}, Decision("settings", "none")),
    ],
)
def test_the_heaviest_kind_is_proposed(fields: dict[str, Any], expected: Decision) -> None:
    assert proposed(changed(**fields)) == expected


def test_a_new_wording_may_be_the_same_or_a_new_meaning() -> None:
    assert possible_classes(changed(statement=REWORDED)) == ("wording", "same", "measure")
    heavier = changed(statement=REWORDED, importance=1)
    assert possible_classes(heavier) == ("weight", "measure")


@pytest.mark.parametrize("fields", [{"measure": RETARGETED}, {"importance": 1}])
def test_what_is_measured_or_weighed_otherwise_cannot_be_talked_down(
    fields: dict[str, Any],
) -> None:
    change = changed(**fields)
    assert possible_classes(change) == (proposed(change).kind,)


def test_a_reworded_key_factor_is_briefed_and_never_a_new_measure() -> None:
    content = small()
    key_factor_of(content, "KF0201")["name"] = REWORDED
    (change,) = diff(small(), content)
    assert possible_classes(change) == ("wording", "same")
    assert proposed(change).training == "brief"


def test_an_added_key_factor_is_briefed_and_its_standards_are_taught() -> None:
    content = small()
    factor = key_factor_of(content, "KF0201")
    factor["standards"].clear()
    trainings = {c.level: proposed(c).training for c in diff(content, small()) if c.before is None}
    assert trainings == {"standard": "retrain"}
    del content["steps"][1]["sub_steps"][0]["key_factors"][0]
    trainings = {c.level: proposed(c).training for c in diff(content, small()) if c.before is None}
    assert trainings["key_factor"] == "brief"


def test_points_that_only_follow_need_no_decision() -> None:
    change = changed(points=99)
    assert not needs_decision(change)
    assert decided([change], {}) == {}


def test_the_publishers_word_stands_and_the_rest_is_as_proposed() -> None:
    change = changed(statement=REWORDED)
    given_words = {TIMED: {"class": "measure"}}
    assert decided([change], given_words) == {TIMED: Decision("measure", "brief")}
    assert decided([change], {}) == {TIMED: proposed(change)}


@pytest.mark.parametrize(
    "words", [{"class": "added"}, {"class": ""}, {"training": "later"}, {"class": "target"}]
)
def test_a_decision_that_does_not_fit_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=TIMED):
        decided([changed(statement=REWORDED)], {TIMED: words})


@given(edited(), edited())
def test_every_proposal_is_a_possible_class(one: StandardsContent, other: StandardsContent) -> None:
    for change in diff(one, other):
        assert proposed(change).kind == possible_classes(change)[0]


def test_what_a_version_keeps_says_what_is_scored_anew_and_what_means_something_else() -> None:
    change = changed(statement=REWORDED)
    kept = {TIMED: {"class": "measure", "training": "none"}, "KF0201": {"class": "same"}}
    assert classes_of_standards([change], kept) == {TIMED: "measure"}
    assert redefined(kept) == {TIMED}
