"""What is wrong with a file, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from csiapp.standards.content import StandardsContent


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file. Of a spreadsheet: table, row from 1, column letter. Of YAML: table,
    line from 1, name of the field. 0 and "" where the whole table or row is meant."""

    table: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` is a stable word; `name` is the column as the tables call it; `detail` fills the
    sentence."""

    spot: Spot
    reason: str
    name: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its content, or else all that is wrong with it.

    `spots` are the places of items by code, for whoever checks the content further.
    """

    content: StandardsContent | None
    findings: tuple[Finding, ...]
    spots: Mapping[str, Spot] = field(default_factory=dict)
