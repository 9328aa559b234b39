"""The four levels of the tree, and the codes of items that a dealership makes itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from csiapp.standards.models import KeyFactor, ServiceStep, Standard, SubStep

LevelName = Literal["step", "sub_step", "key_factor", "standard"]
Item = ServiceStep | SubStep | KeyFactor | Standard

_LOCAL_CODE = re.compile(r"L[SBKT]\d+\Z")


@dataclass(frozen=True, slots=True)
class Level:
    """`parent_id` is the attribute that names the item above; steps have none."""

    name: LevelName
    model: type[Item]
    letter: str
    parent: Level | None = None
    parent_id: str = ""


STEP = Level("step", ServiceStep, "S")
SUB_STEP = Level("sub_step", SubStep, "B", STEP, "step_id")
KEY_FACTOR = Level("key_factor", KeyFactor, "K", SUB_STEP, "sub_step_id")
STANDARD = Level("standard", Standard, "T", KEY_FACTOR, "key_factor_id")

LEVELS: dict[str, Level] = {level.name: level for level in (STEP, SUB_STEP, KEY_FACTOR, STANDARD)}
BELOW: dict[str, Level] = {
    level.parent.name: level for level in LEVELS.values() if level.parent is not None
}


def level_of(row: Item) -> Level:
    return next(level for level in LEVELS.values() if isinstance(row, level.model))


def is_local(code: str) -> bool:
    """Whether the dealership made the item itself: no code of a network's master looks so."""
    return _LOCAL_CODE.match(code) is not None
