"""A dealership's standards brought onto a newer master of the network, three ways.

`base` is the master that the dealership's version goes back to, `theirs` the newer master, `mine`
the dealership's version. What only one side changed is taken from it; what both changed
differently is a conflict, for a person to choose. The network's core is never the dealership's:
measure, weight, critical mark, kind, observers and place of critical standards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from csiapp.standards.checks import spread_points
from csiapp.standards.content import StandardsContent
from csiapp.standards.versioning import CHILDREN, Item, Level, items_of

Side = Literal["mine", "theirs"]
CORE = frozenset({"measure", "importance", "points", "critical", "kind", "observed_by"})


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """One field that a side changed. A `conflict` may be chosen; a `locked` one is theirs."""

    name: str
    base: Any
    mine: Any
    theirs: Any
    result: Any
    conflict: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that a side changed. What a side did is `added`, `removed`, `changed` or ``""``.

    `conflict`: the dealership retired what the network changed. `kept`: it is in the result.
    """

    code: str
    level: Level
    network: str
    yours: str
    kept: bool
    conflict: bool
    fields: tuple[FieldMerge, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """The keys of what a person may choose here."""
        whole = (self.code,) if self.conflict else ()
        return whole + tuple(choice_key(self.code, f.name) for f in self.fields if f.conflict)


@dataclass(frozen=True, slots=True)
class Merged:
    """`differences` stand in the order of the result, then those that are not in it."""

    content: StandardsContent
    differences: tuple[Difference, ...]


def choice_key(code: str, name: str) -> str:
    return f"{code}.{name}"


def merge(
    base: StandardsContent,
    mine: StandardsContent,
    theirs: StandardsContent,
    choices: Mapping[str, Side] | None = None,
) -> Merged:
    """The merged content and what differs.

    `choices` says for a conflict whose it shall be, by item code (retired, or back) or by
    `choice_key`; what is not chosen stays the dealership's. What the network removed is gone; an
    item that holds something kept stays. Points follow the factors' totals. Raises ValueError
    when a code stands for items of two levels, or no points are left for a standard.
    """
    merger = _Merger(items_of(base), items_of(mine), items_of(theirs), choices or {})
    items = merger.kept_items()
    content = _tree(merger, items)
    points = _points(content, base, mine, theirs)
    for code, share in points.items():
        items[code].fields["points"] = share
    content = _tree(merger, items)
    return Merged(content, tuple(merger.differences(items, content)))


@dataclass(slots=True)
class _Merger:
    base: Mapping[str, Item]
    mine: Mapping[str, Item]
    theirs: Mapping[str, Item]
    choices: Mapping[str, Side]
    fields: dict[str, list[FieldMerge]] = field(default_factory=dict)

    def kept_items(self) -> dict[str, Item]:
        """Code -> the merged item, without its children; with the items that must hold others."""
        kept = {code: self._item(code) for code in self._codes() if self._is_kept(code)}
        for code in list(kept):
            parent = kept[code].parent
            while code and parent not in kept:
                kept[parent] = self._item(parent)
                parent = kept[parent].parent
        return kept

    def _codes(self) -> list[str]:
        """All codes, the network's order first."""
        return list(dict.fromkeys([*self.theirs, *self.mine, *self.base]))

    def _is_kept(self, code: str) -> bool:
        if code in self.theirs:
            if code in self.mine or code not in self.base or self.is_core(code):
                return True
            return self.choices.get(code) == "theirs" and self._is_conflict(code)
        return code in self.mine and code not in self.base

    def _is_conflict(self, code: str) -> bool:
        """The dealership retired what the network changed since."""
        if code in self.mine or not (code in self.base and code in self.theirs):
            return False
        return not self.is_core(code) and self.base[code].fields != self.theirs[code].fields

    def is_core(self, code: str) -> bool:
        return code in self.theirs and bool(self.theirs[code].fields.get("critical"))

    def _item(self, code: str) -> Item:
        mine, theirs = self.mine.get(code), self.theirs.get(code)
        if mine is None or theirs is None:
            found = mine or theirs or self.base[code]
            return found._replace(fields=dict(found.fields), children=[])
        if mine.level != theirs.level:
            raise ValueError(f"the code {code} stands for items of two levels")
        base = self.base.get(code)
        merged: dict[str, Any] = {}
        for name in theirs.fields.keys() | mine.fields.keys():
            found_field = self._field(code, name)
            if found_field.result is not None:
                merged[name] = found_field.result
            if found_field.mine != found_field.base or found_field.theirs != found_field.base:
                self.fields.setdefault(code, []).append(found_field)
        ordered = {name: merged[name] for name in theirs.fields | mine.fields if name in merged}
        moved = base is None or mine.parent != base.parent
        parent = mine.parent if moved and not self.is_core(code) else theirs.parent
        return Item(theirs.level, parent, ordered, [])

    def _field(self, code: str, name: str) -> FieldMerge:
        base, mine, theirs = (
            side[code].fields.get(name) if code in side else None
            for side in (self.base, self.mine, self.theirs)
        )
        locked = code == "" or (self.is_core(code) and name in CORE)
        conflict = not locked and base != mine != theirs != base and name != "points"
        chosen = conflict and self.choices.get(choice_key(code, name)) == "theirs"
        result = theirs if locked or chosen or mine == base else mine
        return FieldMerge(name, base, mine, theirs, result, conflict, locked)

    def order(self, parent: str, members: Collection[str]) -> list[str]:
        """The children of an item: in the dealership's order where it made one, else the
        network's. Whoever stands in the other list alone comes after its neighbour there."""
        base, mine, theirs = (
            side[parent].children if parent in side else []
            for side in (self.base, self.mine, self.theirs)
        )
        own_order = [c for c in mine if c in base] != [c for c in base if c in mine]
        spine, other = (mine, theirs) if own_order else (theirs, mine)
        placed = [code for code in spine if code in members]
        for before, code in zip(["", *other], other, strict=False):
            if code in members and code not in placed:
                placed.insert(placed.index(before) + 1 if before in placed else 0, code)
        return placed + [code for code in members if code not in placed]

    def differences(
        self, items: Mapping[str, Item], content: StandardsContent
    ) -> Iterator[Difference]:
        places = list(items_of(content))
        gone = [code for code in self._codes() if code not in items]
        for code in [*places, *gone]:
            network, yours = self._did(code, self.theirs), self._did(code, self.mine)
            if not (network or yours):
                continue
            fields = tuple(
                replace(found, result=items[code].fields.get("points"))
                if found.name == "points"
                else found
                for found in self.fields.get(code, [])
            )
            level = next(s[code].level for s in (self.theirs, self.mine, self.base) if code in s)
            yield Difference(
                code, level, network, yours, code in items, self._is_conflict(code), fields
            )

    def _did(self, code: str, side: Mapping[str, Item]) -> str:
        if code not in side:
            return "removed" if code in self.base else ""
        if code not in self.base:
            return "added"
        was, now = self.base[code], side[code]
        return "" if (was.fields, was.parent) == (now.fields, now.parent) else "changed"


def _tree(merger: _Merger, items: Mapping[str, Item]) -> StandardsContent:
    below: dict[str, list[str]] = {}
    for code, item in items.items():
        if code:
            below.setdefault(item.parent, []).append(code)

    def node(code: str) -> dict[str, Any]:
        item = items[code]
        under = CHILDREN.get(item.level)
        if under is None:
            return dict(item.fields)
        children = [node(child) for child in merger.order(code, below.get(code, []))]
        return {**item.fields, under[0]: children}

    return cast(StandardsContent, node(""))


# ------------------------------------------------------------------------------------- points


def _points(merged: StandardsContent, *sides: StandardsContent) -> dict[str, int]:
    """Code -> points: a side's own where the factor is as it has it, else shared out again."""
    points: dict[str, int] = {}
    scored = _by_factor(merged)
    base, mine, theirs = (_by_factor(side) for side in sides)
    for factor, members in scored.items():
        was, own, new = (_vector(side.get(factor, ())) for side in (base, mine, theirs))
        codes = {standard["code"] for standard in members}
        if own == was and new.keys() == codes:
            points |= new
        elif new in (was, own) and own.keys() == codes:
            points |= own
        else:
            points |= _spread(merged, factor, members, new)
        points |= _core_points(members, new)
    return points


def _by_factor(content: StandardsContent) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in items_of(content).values():
        if item.level == "standard" and not item.fields.get("local"):
            found.setdefault(item.fields["factor"], []).append(item.fields)
    return found


def _vector(standards: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {standard["code"]: standard["points"] for standard in standards}


def _core_points(members: Sequence[Mapping[str, Any]], theirs: Mapping[str, int]) -> dict[str, int]:
    return {s["code"]: theirs[s["code"]] for s in members if s["critical"] and s["code"] in theirs}


def _spread(
    merged: StandardsContent,
    factor: str,
    members: Sequence[Mapping[str, Any]],
    theirs: Mapping[str, int],
) -> dict[str, int]:
    """Critical standards keep the network's points; the others share the rest by importance."""
    core = _core_points(members, theirs)
    free = [standard for standard in members if standard["code"] not in core]
    part = {
        "factor_points": {factor: merged["factor_points"].get(factor, 0) - sum(core.values())},
        "steps": [{"sub_steps": [{"key_factors": [{"standards": free}]}]}],
    }
    return core | spread_points(cast(StandardsContent, part))
