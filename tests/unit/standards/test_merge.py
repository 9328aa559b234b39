"""A dealership's standards and a newer master of the network, brought together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from csiapp.standards.content import StandardsContent, standards_in
from csiapp.standards.merge import Merged, merge
from csiapp.standards.versioning import items_of
from tests.unit.standards.trees import edited, key_factor_of, small, standard_of

pytestmark = pytest.mark.unit

TIMED = "ST020101"
CORE = "ST010201"


def free(content: StandardsContent) -> StandardsContent:
    """Without a core that only the network may change."""
    for placed in standards_in(content):
        placed.standard["critical"] = False
    return content


edits = edited().map(free)


def core() -> StandardsContent:
    """The small tree, with one standard of the core."""
    content = free(small())
    standard_of(content, CORE)["critical"] = True
    return content


def difference(merged: Merged, code: str) -> Any:
    return next(found for found in merged.differences if found.code == code)


@given(edits)
def test_who_changed_nothing_gets_what_the_network_has(theirs: StandardsContent) -> None:
    assert merge(free(small()), free(small()), theirs).content == theirs


@given(edits)
def test_when_the_network_changed_nothing_all_stays(mine: StandardsContent) -> None:
    assert merge(free(small()), mine, free(small())).content == mine


@given(edits)
def test_when_both_changed_the_same_that_is_the_result(same: StandardsContent) -> None:
    merged = merge(free(small()), same, same)
    assert merged.content == same
    assert not any(found.choices for found in merged.differences)


@given(edits, edits)
def test_nothing_of_either_side_is_lost_or_doubled_unawares(
    mine: StandardsContent, theirs: StandardsContent
) -> None:
    merged = merge(free(small()), mine, theirs)
    codes = set(items_of(merged.content))  # refuses a code that stands twice
    assert codes <= set(items_of(mine)) | set(items_of(theirs))
    assert set(items_of(mine)) & set(items_of(theirs)) <= codes
    told = {found.code for found in merged.differences}
    assert set(items_of(mine)) ^ codes <= told


@given(edits, edits)
def test_the_core_is_always_the_networks(mine: StandardsContent, theirs: StandardsContent) -> None:
    for placed in standards_in(theirs):
        placed.standard["critical"] = True
    merged = merge(free(small()), mine, theirs).content
    for placed in standards_in(theirs):
        found = standard_of(merged, placed.standard["code"])
        for name in ("measure", "importance", "points", "critical", "kind", "observed_by"):
            assert found[name] == placed.standard[name]  # type: ignore[literal-required]


def test_both_changed_one_field_so_somebody_chooses() -> None:
    mine, theirs = free(small()), free(small())
    standard_of(mine, TIMED)["measure"]["target"] = 2
    standard_of(theirs, TIMED)["measure"]["target"] = 4
    merged = merge(free(small()), mine, theirs)
    found = difference(merged, TIMED)
    assert found.choices == (f"{TIMED}.measure",)
    assert standard_of(merged.content, TIMED)["measure"]["target"] == 2
    chosen = merge(free(small()), mine, theirs, {f"{TIMED}.measure": "theirs"})
    assert standard_of(chosen.content, TIMED)["measure"]["target"] == 4


def test_changes_of_different_fields_go_together() -> None:
    mine, theirs = free(small()), free(small())
    standard_of(mine, TIMED)["evidence"] = "photo"
    standard_of(theirs, TIMED)["measure"]["target"] = 4
    merged = merge(free(small()), mine, theirs)
    standard = standard_of(merged.content, TIMED)
    assert (standard["evidence"], standard["measure"]["target"]) == ("photo", 4)
    assert difference(merged, TIMED).choices == ()


def test_what_the_dealership_retired_and_the_network_changed_is_a_choice() -> None:
    mine, theirs = free(small()), free(small())
    factor = key_factor_of(mine, "KF0201")
    factor["standards"] = [s for s in factor["standards"] if s["code"] != TIMED]
    standard_of(theirs, TIMED)["measure"]["target"] = 4
    merged = merge(free(small()), mine, theirs)
    assert difference(merged, TIMED).conflict
    assert TIMED not in items_of(merged.content)
    back = merge(free(small()), mine, theirs, {TIMED: "theirs"})
    assert standard_of(back.content, TIMED)["measure"]["target"] == 4


def test_a_choice_brings_back_nothing_that_the_network_left_alone() -> None:
    mine = free(small())
    del key_factor_of(mine, "KF0201")["standards"][0]
    merged = merge(free(small()), mine, free(small()), {TIMED: "theirs"})
    assert merged.content == mine


def test_a_retired_key_factor_comes_back_to_hold_what_the_network_adds() -> None:
    mine, theirs = free(small()), free(small())
    for step in mine["steps"]:
        for sub_step in step["sub_steps"]:
            sub_step["key_factors"] = [
                factor for factor in sub_step["key_factors"] if factor["code"] != "KF0201"
            ]
    new = standard_of(small(), TIMED) | {"code": "ST029999"}
    key_factor_of(theirs, "KF0201")["standards"].append(new)
    merged = merge(free(small()), mine, theirs).content
    assert [s["code"] for s in key_factor_of(merged, "KF0201")["standards"]] == ["ST029999"]


def test_what_the_network_removed_is_gone_but_what_is_the_dealerships_own_stays() -> None:
    mine, theirs = free(small()), free(small())
    own = standard_of(small(), TIMED) | {"code": "LT1", "local": True}
    key_factor_of(mine, "KF0201")["standards"].insert(0, own)
    for step in theirs["steps"]:
        for sub_step in step["sub_steps"]:
            sub_step["key_factors"] = [
                factor for factor in sub_step["key_factors"] if factor["code"] != "KF0201"
            ]
    merged = merge(free(small()), mine, theirs).content
    assert [s["code"] for s in key_factor_of(merged, "KF0201")["standards"]] == ["LT1"]
    assert standard_of(merged, "LT1")["points"] == own["points"]


def test_the_dealerships_order_stays_and_new_items_come_after_their_neighbours() -> None:
    mine, theirs = free(small()), free(small())
    mine["steps"].reverse()
    theirs["steps"].insert(1, theirs["steps"][0] | {"code": "S99", "sub_steps": []})
    merged = merge(free(small()), mine, theirs).content
    assert [step["code"] for step in merged["steps"]] == ["S03", "S02", "S01", "S99"]


def test_the_core_comes_back_and_keeps_its_measure() -> None:
    mine = core()
    for placed in list(standards_in(mine)):
        if placed.standard["code"] == CORE:
            placed.key_factor["standards"].remove(placed.standard)
    theirs = core()
    standard_of(theirs, CORE)["measure"]["target"] = 1
    merged = merge(core(), mine, theirs)
    assert standard_of(merged.content, CORE) == standard_of(theirs, CORE)
    assert not difference(merged, CORE).conflict


def test_points_are_shared_out_again_where_both_sides_changed_the_weights() -> None:
    mine, theirs = core(), core()
    base = core()
    for content in (base, mine, theirs):
        content["factor_points"] = {
            factor: sum(
                p.standard["points"]
                for p in standards_in(content)
                if p.standard["factor"] == factor
            )
            for factor in {p.standard["factor"] for p in standards_in(content)}
        }
    one, other = [
        p.standard["code"]
        for p in standards_in(base)
        if p.standard["factor"] == "SI" and not p.standard["critical"]
    ][:2]
    standard_of(mine, one)["importance"] = 1
    standard_of(mine, one)["points"] -= 1
    standard_of(theirs, other)["importance"] = 1
    standard_of(theirs, other)["points"] -= 1
    merged = merge(base, mine, theirs).content
    points = [p.standard["points"] for p in standards_in(merged) if p.standard["factor"] == "SI"]
    assert sum(points) == base["factor_points"]["SI"]
    assert standard_of(merged, CORE)["points"] == standard_of(base, CORE)["points"]


def test_a_code_of_two_levels_is_refused() -> None:
    theirs = free(small())
    theirs["steps"].append(theirs["steps"][0] | {"code": TIMED, "sub_steps": []})
    key_factor_of(theirs, "KF0201")["standards"].pop(0)
    with pytest.raises(ValueError, match=TIMED):
        merge(free(small()), free(small()), theirs)
