"""A whole tree takes the place of a draft's: only what differs is touched, as one change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from csiapp.standards.levels import LEVELS, Item, Level
from csiapp.standards.models import Standard
from csiapp.standards.rows import StepRows
from csiapp.standards.services.edits import Edit

_OF_THE_ROW = frozenset({"id", "tenant_id", "network_id", "version_id"})


class RowsByCode(NamedTuple):
    """The rows of a tree by level and code, each level in its order."""

    levels: Mapping[str, Mapping[str, Item]]

    def level_of(self, code: str) -> str | None:
        return next((name for name, rows in self.levels.items() if code in rows), None)


def rows_by_code(steps: Sequence[StepRows]) -> RowsByCode:
    levels: dict[str, dict[str, Item]] = {name: {} for name in LEVELS}
    for step in steps:
        levels["step"][step.row.code] = step.row
        for sub_step in step.sub_steps:
            levels["sub_step"][sub_step.row.code] = sub_step.row
            for factor in sub_step.key_factors:
                levels["key_factor"][factor.row.code] = factor.row
                levels["standard"] |= {row.code: row for row in factor.standards}
    return RowsByCode(levels)


def replace_rows(
    edit: Edit,
    there: RowsByCode,
    wanted: Sequence[Sequence[Item]],
    *,
    keeping: AbstractSet[str] = frozenset(),
) -> set[str]:
    """Make a draft's tree the rows `wanted`, by level; gives the factors whose standards weigh
    otherwise now. Columns in `keeping` stay as they are in rows that are there.

    Items keep their rows: only what differs is touched, and undoing it brings back just that.
    """
    placed: dict[uuid.UUID, uuid.UUID] = {}
    factors: set[str] = set()
    for level, rows in zip(LEVELS.values(), wanted, strict=True):
        new: list[Item] = []
        for row in rows:
            present = there.levels[level.name].get(row.code)
            placed[row.id] = present.id if present is not None else row.id
            values = _values(row, level, placed, keeping)
            if present is None:
                for name, value in values.items():
                    setattr(row, name, value)
                new.append(row)
                factors |= _weighing(row)
            else:
                weighed = _weighing(present)
                if {"importance", "factor", "local"} & set(edit.change(present, **values)):
                    factors |= weighed | _weighing(present)
        edit.add(*new)
    for level, rows in reversed(list(zip(LEVELS.values(), wanted, strict=True))):
        codes = {row.code for row in rows}
        for code, row in there.levels[level.name].items():
            if code not in codes:
                factors |= _weighing(row)
                edit.remove(row)
    return factors


def _values(
    row: Item, level: Level, placed: Mapping[uuid.UUID, uuid.UUID], keeping: AbstractSet[str]
) -> dict[str, Any]:
    """The columns that are replaced, with the row above as it is in the draft."""
    values = {
        column.key: getattr(row, column.key)
        for column in row.__table__.columns
        if column.key not in _OF_THE_ROW and column.key not in keeping
    }
    if level.parent_id:
        values[level.parent_id] = placed[values[level.parent_id]]
    return values


def _weighing(row: Item) -> set[str]:
    """The factor that a standard of the network weighs in."""
    return {row.factor} if isinstance(row, Standard) and not row.local else set()
