"""The tables that a set is written as: one per level of the tree, in the order of the tree.

A row names the row above it by its code; rows of one parent are in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from csiapp.standards.content import LANGUAGES


class Kind(Enum):
    """What a cell holds."""

    CODE = "code"
    TEXT = "text"
    WORD = "word"
    CODES = "codes"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    TARGET = "target"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Column:
    """`words` names the list that words and codes are from. `least` and `most` bound a number."""

    name: str
    kind: Kind = Kind.CODE
    words: str = ""
    required: bool = False
    width: int = 12
    least: int = 0
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """`above` is the table of the parents; the first column then holds the parent's code."""

    name: str
    columns: tuple[Column, ...]
    above: str = ""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


Row = dict[str, Any]
"""Column name -> value: text, list of codes, flag, whole number or decimal text, or None."""


def _texts(name: str, width: int = 40) -> tuple[Column, ...]:
    return tuple(Column(f"{name}.{code}", Kind.TEXT, width=width) for code in LANGUAGES)


def _code(name: str = "code") -> Column:
    return Column(name, Kind.CODE, required=True)


def _flag(name: str) -> Column:
    return Column(name, Kind.FLAG, "flags", required=True, width=10)


TABLES = (
    Table(
        "set",
        (
            Column("setting", Kind.WORD, "settings", required=True, width=30),
            Column("key", width=10),
            Column("value", Kind.VALUE, width=50),
        ),
    ),
    Table(
        "steps",
        (
            _code(),
            *_texts("name", 24),
            *_texts("purpose"),
            Column("primary_factor", words="factors", required=True),
            _flag("customer_present"),
        ),
    ),
    Table(
        "moments",
        (
            _code("step"),
            _code(),
            Column("contact_role", words="roles", required=True),
            *_texts("text"),
        ),
        above="steps",
    ),
    Table(
        "sub_steps",
        (
            _code("step"),
            _code(),
            *_texts("name", 28),
            Column("executed_by", Kind.CODES, "roles", width=16),
            Column("management_tools", Kind.CODES, "tools", width=20),
        ),
        above="steps",
    ),
    Table("operations", (_code("sub_step"), *_texts("text", 50)), above="sub_steps"),
    Table(
        "key_factors",
        (
            _code("sub_step"),
            _code(),
            *_texts("name", 28),
            *_texts("customer_demand"),
            Column("importance", Kind.WHOLE, required=True, least=1, most=5),
            _flag("is_key"),
            Column("indicator", words="indicators"),
            Column("determinants", Kind.CODES, width=14),
        ),
        above="sub_steps",
    ),
    Table(
        "standards",
        (
            _code("key_factor"),
            _code(),
            Column("kind", Kind.WORD, "kinds", required=True, width=16),
            *_texts("statement", 44),
            Column("type", Kind.WORD, "measures", required=True, width=14),
            Column("op", Kind.WORD, "operators"),
            Column("target", Kind.TARGET, "flags"),
            Column("unit", Kind.WORD, "units", width=14),
            Column("tolerance", Kind.NUMBER),
            Column("importance", Kind.WHOLE, required=True, least=1, most=5),
            Column("points", Kind.WHOLE, required=True, most=1000),
            Column("factor", words="factors", required=True),
            Column("indicator", words="indicators", required=True),
            _flag("critical"),
            _flag("na_allowed"),
            Column("evidence", Kind.WORD, "evidence", required=True, width=16),
            Column("observed_by", Kind.CODES, "observers", width=18),
            Column("courses", Kind.CODES, "courses", width=18),
            Column("local", Kind.FLAG, "flags"),
        ),
        above="key_factors",
    ),
    Table(
        "options",
        (
            _code("standard"),
            _code(),
            *_texts("label", 36),
            Column("score", Kind.NUMBER, required=True, most=1),
        ),
        above="standards",
    ),
)
BY_NAME = {table.name: table for table in TABLES}
ITEM_TABLES = ("steps", "sub_steps", "key_factors", "standards")
SETTINGS = ("format", "code", "name", "model", "critical_fail_below", "factor_points", "cap")
