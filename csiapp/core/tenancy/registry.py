"""Which tables are scoped. Filled as models are mapped, so no list can be forgotten."""

from __future__ import annotations

import functools
import re
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapper

from csiapp.core.tenancy.ownership import Owned

scoped_classes: dict[str, type[Any]] = {}


@event.listens_for(Mapper, "instrument_class")
def _on_mapped(mapper: Mapper[Any], cls: type[Any]) -> None:
    if issubclass(cls, Owned):
        scoped_classes[str(mapper.local_table)] = cls


@functools.lru_cache(maxsize=4)
def _pattern(tables: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(tables) or '(?!)'})\b", re.IGNORECASE)


def names_scoped_table(sql: str) -> bool:
    """Whether SQL text names a scoped table anywhere."""
    return _pattern(tuple(sorted(scoped_classes))).search(sql) is not None
