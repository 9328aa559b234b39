"""What changed between two versions of a standard set, item by item.

Items are matched by code, so that rewording, reordering and moving keep their identity.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from csiapp.standards.content import StandardsContent

Kind = Literal["added", "removed", "moved", "wording", "measure", "target", "weight", "settings"]
Level = Literal["set", "step", "sub_step", "key_factor", "standard"]

CHILDREN: dict[Level, tuple[str, Level]] = {
    "set": ("steps", "step"),
    "step": ("sub_steps", "sub_step"),
    "sub_step": ("key_factors", "key_factor"),
    "key_factor": ("standards", "standard"),
}
_KIND_OF_FIELD: dict[str, Kind] = {
    "name": "wording",
    "purpose": "wording",
    "moments": "wording",
    "operation_steps": "wording",
    "customer_demand": "wording",
    "statement": "wording",
    "importance": "weight",
    "points": "weight",
}
_ORDER: tuple[Kind, ...] = (
    "added", "removed", "moved", "wording", "measure", "target", "weight", "settings",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One item that differs. ``before`` and ``after`` are its own fields, without the items under
    it; ``before`` is ``None`` for what was added, ``after`` for what was removed.

    Kinds: ``target`` is a measure's target, ``measure`` its type, unit, operator, tolerance or
    options; ``weight`` importance or points; ``moved`` another parent or another place among its
    siblings; ``settings`` any other field.
    """

    code: str
    level: Level
    kinds: tuple[Kind, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class Item(NamedTuple):
    """One node: its own fields, and the codes of the items under it."""

    level: Level
    parent: str
    fields: dict[str, Any]
    children: list[str]


def diff(old: StandardsContent, new: StandardsContent) -> list[Change]:
    """The items that differ, in the order of the new tree, then those removed.

    Empty exactly when both contents are equal. Raises ``ValueError`` when a code stands twice.
    """
    before, after = items_of(old), items_of(new)
    moved = _moved(before, after)
    changes = [
        change
        for code, item in after.items()
        if (change := _change(code, before.get(code), item, moved=code in moved))
    ]
    changes += [
        Change(code, item.level, ("removed",), item.fields, None)
        for code, item in before.items()
        if code not in after
    ]
    return changes


def items_of(content: StandardsContent) -> dict[str, Item]:
    """Every item by code, in the order of the tree. The set itself stands under the code ``""``,
    so that a new name or code of the whole set is a change of one item."""
    found: dict[str, Item] = {}

    def add(node: Mapping[str, Any], level: Level, parent: str, code: str) -> None:
        if code in found:
            raise ValueError(f"the code {code} stands twice")
        under, below = CHILDREN.get(level, ("", level))
        children: Sequence[Mapping[str, Any]] = node[under] if under else ()
        fields = {name: value for name, value in node.items() if name != under}
        found[code] = Item(level, parent, fields, [child["code"] for child in children])
        for child in children:
            add(child, below, code, child["code"])

    add(content, "set", "", "")
    return found


def _change(code: str, old: Item | None, new: Item, *, moved: bool) -> Change | None:
    if old is None or old.level != new.level:
        return Change(code, new.level, ("added",), None, new.fields)
    kinds: set[Kind] = {"moved"} if moved else set()
    for name in old.fields.keys() | new.fields.keys():
        was, now = old.fields.get(name), new.fields.get(name)
        if was == now and name in old.fields and name in new.fields:
            continue
        if name == "measure":
            kinds |= _measure_kinds(was or {}, now or {})
        else:
            kinds.add(_KIND_OF_FIELD.get(name, "settings"))
    if not kinds:
        return None
    named = tuple(kind for kind in _ORDER if kind in kinds)
    return Change(code, new.level, named, old.fields, new.fields)


def _measure_kinds(was: Mapping[str, Any], now: Mapping[str, Any]) -> set[Kind]:
    names = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    return {"target" if name == "target" else "measure" for name in names}


def _moved(before: Mapping[str, Item], after: Mapping[str, Item]) -> set[str]:
    """Codes with another parent, and the fewest siblings whose move explains the new order."""
    moved = {
        code
        for code, item in after.items()
        if code in before and before[code].parent != item.parent
    }
    for parent, item in after.items():
        if parent not in before:
            continue
        places = {code: place for place, code in enumerate(before[parent].children)}
        stayed = [code for code in item.children if code in places]
        keep = _longest_rising([places[code] for code in stayed])
        moved.update(code for code in stayed if places[code] not in keep)
    return moved


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising subsequence of distinct numbers."""
    tails: list[int] = []
    previous: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(tails, number)
        previous[number] = tails[place - 1] if place else None
        tails[place : place + 1] = [number]
    members: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        members.add(last)
        last = previous[last]
    return members
