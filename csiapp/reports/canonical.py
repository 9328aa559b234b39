"""Frozen dataclasses to canonical JSON and back, exactly and strictly.

Canonical means: the same value always gives the same characters (sorted keys, no spaces, ASCII
only), so its SHA-256 names the value. Strict means: a missing, unknown or mistyped field is an
error, never a guess. Fractions travel as ``"n/d"``, so nothing is rounded on the way.

A field that came later (:func:`later`) stands in the text only where it differs from its default,
so that what was frozen before it came is still read and keeps its hash.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

T = TypeVar("T")
_LATER = "later"


class Malformed(ValueError):
    """The JSON does not describe a value of the wanted type."""


def later(default: T) -> T:
    """The default of a dataclass field that frozen texts of before do not have."""
    return dataclasses.field(default=default, metadata={_LATER: True})


def dumps(value: object) -> str:
    """Canonical JSON text of a dataclass made of the types this module knows."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def typed(kind: type[T], data: object) -> T:
    """The ``kind`` whose parsed :func:`dumps` is ``data``. Raises :class:`Malformed`."""
    return typing.cast(T, _typed(kind, data, kind.__name__))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if not (_LATER in f.metadata and getattr(value, f.name) == f.default)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):  # datetime is a date
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


@functools.cache
def _fields_of(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind)}


@functools.cache
def _later_fields(kind: type) -> frozenset[str]:
    return frozenset(f.name for f in dataclasses.fields(kind) if _LATER in f.metadata)


def _typed(kind: Any, data: Any, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (arm for arm in typing.get_args(kind) if arm is not type(None))
        return None if data is None else _typed(inner, data, where)
    if origin is tuple:
        if not isinstance(data, list):
            raise _unlike(where, "a list")
        inner = typing.get_args(kind)[0]
        return tuple(_typed(inner, item, f"{where}[{n}]") for n, item in enumerate(data))
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast(type, kind), data, where)
    return _scalar(kind, data, where)


def _record(kind: type, data: Any, where: str) -> Any:
    fields = _fields_of(kind)
    needed = fields.keys() - _later_fields(kind)
    if not isinstance(data, dict) or not needed <= data.keys() <= fields.keys():
        raise _unlike(where, f"an object with the fields {sorted(fields)}")
    values = {name: _typed(fields[name], data[name], f"{where}.{name}") for name in data}
    try:
        return kind(**values)
    except ValueError as error:
        raise Malformed(f"{where}: {error}") from error


def _scalar(kind: Any, data: Any, where: str) -> Any:
    if kind in (bool, int, str):
        if type(data) is not kind:
            raise _unlike(where, kind.__name__)
        return data
    if not isinstance(data, str):
        raise _unlike(where, "text")
    try:
        if kind is date or kind is datetime:
            return kind.fromisoformat(data)
        return kind(data)  # Fraction or an enumeration
    except (ValueError, ZeroDivisionError) as error:
        raise Malformed(f"{where}: {error}") from error


def _unlike(where: str, wanted: str) -> Malformed:
    return Malformed(f"{where}: expected {wanted}")
