"""What a version changed, item by item."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.standards.content import StandardsContent, make_measure
from csiapp.standards.versioning import diff
from tests.unit.standards.trees import edited, key_factor_of, reference, small, standard_of

pytestmark = pytest.mark.unit


def changed(new: StandardsContent) -> dict[str, tuple[str, ...]]:
    return {change.code: change.kinds for change in diff(small(), new)}


def test_a_version_does_not_differ_from_itself() -> None:
    assert diff(reference(), reference()) == []


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"statement": {"zh": "改写", "en": "Reworded"}}, ("wording",)),
        ({"importance": 5}, ("weight",)),
        ({"points": 99}, ("weight",)),
        ({"critical": True}, ("settings",)),
        ({"courses": []}, ("settings",)),
        ({"critical": True, "points": 99}, ("weight", "settings")),
    ],
)
def test_the_kind_of_a_change(fields: dict[str, Any], kinds: tuple[str, ...]) -> None:
    content = small()
    standard_of(content, "ST020101").update(fields)  # type: ignore[typeddict-item]
    assert changed(content) == {"ST020101": kinds}


def test_a_target_is_told_from_the_rest_of_its_measure() -> None:
    content = small()
    standard_of(content, "ST020101")["measure"]["target"] = 2
    standard_of(content, "ST020102")["measure"]["tolerance"] = 99
    standard_of(content, "ST020201")["measure"] = make_measure("yes_no", target=True)
    assert changed(content) == {
        "ST020101": ("target",),
        "ST020102": ("measure",),
        "ST020201": ("measure", "target"),
    }


def test_a_change_shows_both_sides_without_the_items_below() -> None:
    content = small()
    key_factor_of(content, "KF0201")["is_key"] = False
    (change,) = diff(small(), content)
    assert (change.level, change.kinds) == ("key_factor", ("settings",))
    assert change.before is not None
    assert change.after is not None
    assert (change.before["is_key"], change.after["is_key"]) == (True, False)
    assert "standards" not in change.after


def test_moving_one_step_is_one_change() -> None:
    content = reference()
    content["steps"].insert(0, content["steps"].pop(9))
    changes = diff(reference(), content)
    assert [(change.code, change.kinds) for change in changes] == [("S10", ("moved",))]


def test_an_item_under_another_parent_has_moved() -> None:
    content = small()
    standards = key_factor_of(content, "KF0201")["standards"]
    key_factor_of(content, "KF0202")["standards"].append(standards.pop(0))
    assert changed(content) == {"ST020101": ("moved",)}


def test_taking_away_and_adding_move_nothing_else() -> None:
    content = small()
    standards = key_factor_of(content, "KF0203")["standards"]
    gone = standards.pop(1)
    standards.insert(0, gone | {"code": "ST029999"})
    assert changed(content) == {"ST029999": ("added",), "ST020302": ("removed",)}


def test_a_removed_item_takes_what_is_under_it_along() -> None:
    content = small()
    del content["steps"][0]
    codes = {"S01", "S01.1", "KF0101", "KF0102", "ST010101", "ST010102", "ST010201"}
    assert changed(content) == dict.fromkeys(codes, ("removed",))


def test_the_set_as_a_whole_can_change_too() -> None:
    content = small() | {"code": "OTHER", "name": {"zh": "另一套", "en": "Other"}}
    assert changed(content) == {"": ("wording", "settings")}


def test_a_code_that_stands_twice_is_refused() -> None:
    content = small()
    content["steps"].append(content["steps"][0])
    with pytest.raises(ValueError, match="S01 stands twice"):
        diff(small(), content)


@given(edited())
def test_no_version_differs_from_itself(content: StandardsContent) -> None:
    assert diff(content, deepcopy(content)) == []


@given(edited(), edited())
def test_nothing_differs_exactly_when_both_are_equal(
    one: StandardsContent, other: StandardsContent
) -> None:
    assert (diff(one, other) == []) == (one == other)


@given(edited(), edited())
def test_looked_at_from_the_other_side_added_is_removed(
    one: StandardsContent, other: StandardsContent
) -> None:
    there, back = diff(one, other), diff(other, one)

    def codes(changes: Any, kind: str) -> set[str]:
        return {change.code for change in changes if kind in change.kinds}

    assert codes(there, "added") == codes(back, "removed")
    for kind in ("wording", "target", "measure", "weight", "settings"):
        assert codes(there, kind) == codes(back, kind)


@given(st.permutations(range(6)))
def test_moved_steps_are_as_few_as_explain_the_order(order: list[int]) -> None:
    old, new = reference(), reference()
    del old["steps"][6:]
    new["steps"] = [old["steps"][place] for place in order]
    moved = [change.code for change in diff(old, new)]
    kept = [place for place in order if f"S{place + 1:02}" not in moved]
    assert kept == sorted(kept)
    for code in moved:  # none of them could have stayed as well
        back = sorted([*kept, int(code[1:]) - 1])
        assert [place for place in order if place in back] != back
