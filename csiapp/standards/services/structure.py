"""Changes of the tree itself: items are added, moved, split off as copies, and retired.

What a dealership adds is local: it gets a code of its own, and its standards score beside the
network's index, never in it. Codes and row ids of items stay when they move.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal, cast

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.db import new_id
from csiapp.core.errors import Conflict, Forbidden, Invalid
from csiapp.core.extensions import db
from csiapp.core.i18n import tr
from csiapp.standards import queries
from csiapp.standards.levels import (
    BELOW,
    KEY_FACTOR,
    LEVELS,
    STANDARD,
    STEP,
    SUB_STEP,
    Item,
    Level,
    LevelName,
)
from csiapp.standards.models import KeyFactor, Standard, SubStep
from csiapp.standards.services.editing import (
    ItemChange,
    KeyFactorChange,
    StandardChange,
    StepChange,
    SubStepChange,
    fingerprint,
    item_seen,
    key_factor_values,
    standard_values,
    step_values,
    sub_step_values,
)
from csiapp.standards.services.edits import Edit, columns_of, editing
from csiapp.standards.services.points import share_out

# ---------------------------------------------------------------------------------------- order


def order_seen(codes: Sequence[str]) -> str:
    return fingerprint(list(codes))


def order_steps(set_id: uuid.UUID, codes: Sequence[str], seen: str) -> None:
    """Put the steps into this order. Codes stay; only places change.

    Raises Conflict when the order is not the one seen, or `codes` are not the draft's steps.
    """
    with editing(set_id, "steps_ordered", "standard_version") as edit:
        steps = queries.siblings(edit.draft.id, STEP)
        before = [step.code for step in steps]
        if order_seen(before) != seen or sorted(codes) != sorted(before):
            raise Conflict(
                _("The steps were moved by somebody else meanwhile. This is how they stand now.")
            )
        edit.detail |= {"before": before, "after": list(codes)}
        places = {code: place for place, code in enumerate(codes)}
        _number(edit, sorted(steps, key=lambda step: places[step.code]))


def move_item(
    set_id: uuid.UUID, level: LevelName, code: str, direction: Literal["up", "down"]
) -> None:
    """Move an item by one place among its siblings. At the end it stays. Raises NotFound."""
    with editing(set_id, "item_moved", level, code) as edit:
        row = queries.find_item(edit.draft.id, LEVELS[level], code)
        rows = list(queries.siblings(edit.draft.id, LEVELS[level], _parent_of(row)))
        place = rows.index(row)
        other = place - 1 if direction == "up" else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            _number(edit, rows)


def place_item(
    set_id: uuid.UUID, level: LevelName, code: str, parent: str, after: str | None
) -> None:
    """Put an item below `parent` (empty for a step), right after a sibling; without `after`
    first, with `after` None last.

    Raises NotFound, Forbidden for a locked standard that would leave its key factor, and
    Conflict when the sibling does not stand there any more.
    """
    with editing(set_id, "item_moved", level, code) as edit:
        at = LEVELS[level]
        row = queries.find_item(edit.draft.id, at, code)
        target = queries.find_item(edit.draft.id, at.parent, parent).id if at.parent else None
        if target != _parent_of(row) and isinstance(row, Standard) and row.locked:
            raise Forbidden(
                _("The network keeps this standard in its key factor. It can move within it.")
            )
        left = [r for r in queries.siblings(edit.draft.id, at, _parent_of(row)) if r is not row]
        rows = [r for r in queries.siblings(edit.draft.id, at, target) if r is not row]
        rows.insert(_place_after(rows, after), row)
        if target != _parent_of(row):
            edit.change(row, **{at.parent_id: target})
            _number(edit, left)
        _number(edit, rows)


def _place_after(rows: Sequence[Item], after: str | None) -> int:
    if after is None:
        return len(rows)
    codes = [row.code for row in rows]
    if after and after not in codes:
        raise Conflict(_("Somebody moved the items meanwhile. This is how they stand now."))
    return codes.index(after) + 1 if after else 0


def _parent_of(row: Item) -> uuid.UUID | None:
    if isinstance(row, Standard):
        return row.key_factor_id
    if isinstance(row, KeyFactor):
        return row.sub_step_id
    return row.step_id if isinstance(row, SubStep) else None


def _number(edit: Edit, rows: Sequence[Item]) -> None:
    for place, row in enumerate(rows, 1):
        edit.change(row, position=place)


# ----------------------------------------------------------------------------------------- new


def add_step(set_id: uuid.UUID, change: StepChange) -> str:
    """A new step at the end; its code."""
    return _add(set_id, STEP, "", step_values(change, None))


def add_sub_step(set_id: uuid.UUID, parent: str, change: SubStepChange) -> str:
    """A new sub-step at the end of a step; its code. Raises NotFound."""
    return _add(set_id, SUB_STEP, parent, sub_step_values(change, None))


def add_key_factor(set_id: uuid.UUID, parent: str, change: KeyFactorChange) -> str:
    """A new key factor at the end of a sub-step; its code. Raises NotFound."""
    values = key_factor_values(change, None) | {"determinants": []}
    return _add(set_id, KEY_FACTOR, parent, values)


def add_standard(set_id: uuid.UUID, parent: str, change: StandardChange) -> str:
    """A new standard at the end of a key factor; its code. It is local: never critical, and its
    points are its importance, its weight in the local section. Raises NotFound."""
    values = standard_values(change, None)
    return _add(set_id, STANDARD, parent, values | _local(change.importance))


def add_item(set_id: uuid.UUID, parent: str, change: ItemChange) -> str:
    """The new item that the change describes, at the end of its parent; its code."""
    if isinstance(change, StandardChange):
        return add_standard(set_id, parent, change)
    if isinstance(change, KeyFactorChange):
        return add_key_factor(set_id, parent, change)
    if isinstance(change, SubStepChange):
        return add_sub_step(set_id, parent, change)
    return add_step(set_id, change)


def _local(importance: int) -> dict[str, Any]:
    return {"critical": False, "locked": False, "local": True, "points": importance}


def _add(set_id: uuid.UUID, level: Level, parent: str, values: dict[str, Any]) -> str:
    with editing(set_id, "item_added", level.name) as edit:
        target = queries.find_item(edit.draft.id, level.parent, parent) if level.parent else None
        if isinstance(target, KeyFactor):
            values |= queries.wording_factor(edit.draft, target)
        row = level.model(
            id=new_id(),
            code=next_code(level),
            position=len(queries.siblings(edit.draft.id, level, target and target.id)) + 1,
            **({level.parent_id: target.id} if target else {}),
            **values,
        )
        edit.detail["code"] = row.code
        edit.add(row)
        return row.code


def next_code(level: Level) -> str:
    """A code for a new local item: unused in every set and version of the dealership."""
    model = level.model
    newest = db.session.scalar(
        sa.select(model.code)
        .where(model.code.like(f"L{level.letter}%"))
        .order_by(sa.func.length(model.code).desc(), model.code.desc())
        .limit(1)
    )
    number = int(newest[2:]) + 1 if newest and newest[2:].isdigit() else 1
    return f"L{level.letter}{number}"


def split_item(set_id: uuid.UUID, level: LevelName, code: str) -> str:
    """A copy of an item with all that is below it, right after it; the copy's code.

    The copy is the dealership's own: every item of it gets a local code, and its standards are
    local ones. Raises NotFound.
    """
    with editing(set_id, "item_split", level, code) as edit:
        row = queries.find_item(edit.draft.id, LEVELS[level], code)
        parent = _parent_of(row)
        later = list(queries.siblings(edit.draft.id, LEVELS[level], parent))
        copy = _copy(edit, row, LEVELS[level], parent, row.position)
        later.insert(later.index(row) + 1, copy)
        _number(edit, later)
        edit.detail["copy"] = copy.code
        return copy.code


def _copy(edit: Edit, row: Item, level: Level, parent: uuid.UUID | None, position: int) -> Item:
    own: dict[str, Any] = {"id": new_id(), "code": next_code(level), "position": position}
    if level.parent_id:
        own[level.parent_id] = parent
    if isinstance(row, Standard):
        own |= _local(row.importance)
    copy = level.model(**(columns_of(row) | own))
    edit.add(copy)
    below = BELOW.get(level.name)
    if below:
        for place, child in enumerate(queries.siblings(edit.draft.id, below, row.id), 1):
            _copy(edit, child, below, copy.id, place)
    return copy


# -------------------------------------------------------------------------------------- retired


def tree_seen(level: LevelName, rows: dict[str, Sequence[Item]]) -> str:
    """Covers an item and everything below it, as :func:`queries.subtree` gives them."""
    return fingerprint([item_seen(row) for name in LEVELS for row in rows.get(name, ())] + [level])


def retire_item(set_id: uuid.UUID, level: LevelName, code: str, seen: str) -> None:
    """Take an item and all that is below it out of the draft. What is published keeps it.

    The points of its standards go to the others of their factors. Raises NotFound, Conflict when
    it is not as it was seen, Forbidden when a locked standard would go, Invalid when the last
    step would go, or a factor would be left without a standard.
    """
    with editing(set_id, "item_retired", level, code) as edit:
        rows = queries.subtree(edit.draft.id, LEVELS[level], code)
        if tree_seen(level, rows) != seen:
            raise Conflict(_("Somebody else changed this meanwhile. Look at it before you go on."))
        standards = cast(Sequence[Standard], rows.get("standard", ()))
        _refuse_locked(standards)
        (row,) = rows[level]
        left = list(queries.siblings(edit.draft.id, LEVELS[level], _parent_of(row)))
        left.remove(row)
        if level == "step" and not left:
            raise Invalid(_("A set needs at least one service step."))
        for name in reversed(LEVELS):
            for gone in rows.get(name, ()):
                edit.remove(gone)
        _number(edit, left)
        for factor in sorted({s.factor for s in standards if not s.local}):
            share_out(edit, factor)


def _refuse_locked(standards: Sequence[Standard]) -> None:
    locked = [standard for standard in standards if standard.locked]
    if locked:
        names = "; ".join(str(tr(standard.statement)) for standard in locked[:3])
        raise Forbidden(
            _(
                "The network keeps this at every dealership, so it cannot be retired: %(names)s",
                names=names,
            )
        )
