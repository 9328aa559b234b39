"""One value as a cell, and one cell as a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from csiapp.core.spreadsheet import Cell
from csiapp.standards.content import plain_number
from csiapp.standards.exchange.tables import Column, Kind
from csiapp.standards.exchange.words import Words
from csiapp.standards.forms import one_line

LONGEST_CODE = 24
LONGEST_TEXT = 500
MOST_DECIMALS = 3
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_BETWEEN = re.compile(r"[,，、;；\n]")


class Refused(ValueError):
    """A cell says nothing that can be read; `reason` is a stable word."""

    def __init__(self, reason: str, **detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail: Mapping[str, str] = detail


# ---------------------------------------------------------------------------------- writing


def to_cell(column: Column, value: Any, words: Words, language: str) -> Cell:
    """The value as a person reads it: flags and words by name, numbers as numbers."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return _name("flags", "yes" if value else "no", words, language)
    match column.kind:
        case Kind.CODES:
            return ", ".join(value)
        case Kind.WORD:
            return _name(column.words, value, words, language)
        case Kind.NUMBER | Kind.WHOLE | Kind.TARGET:
            return _number_cell(value)
        case Kind.VALUE:
            return value  # type: ignore[no-any-return]  # a number or text, as it is
        case _:
            return str(value)


def _name(words: str, code: str, known: Words, language: str) -> str:
    """The name, where reading it gives the code again."""
    name = known.lists.get(words, {}).get(code, {}).get(language, "")
    return name if name and known.code(words, name) == code else code


def _number_cell(value: int | str) -> Cell:
    """A spreadsheet keeps numbers as floats: one that would not survive that is written as text."""
    if isinstance(value, int):
        return value
    try:
        exact = plain_number(repr(float(value))) == value
    except ValueError:
        return value
    return Decimal(value) if exact else value


# ---------------------------------------------------------------------------------- reading


def from_cell(column: Column, value: Any, words: Words) -> Any:
    """The value of a cell (text, number, flag, list of texts or None). Raises Refused."""
    if isinstance(value, str):
        value = one_line(value)
    if value is None or value == "":
        if column.required:
            raise Refused("required")
        return {Kind.CODES: [], Kind.TEXT: ""}.get(column.kind)
    return _READERS[column.kind](column, value, words)


def _code(column: Column, value: Any, words: Words) -> str:
    text = _plain_text(value)
    if column.words and words.lists.get(column.words):
        return _word(column, text, words)
    if len(text) > LONGEST_CODE:
        raise Refused("too_long", limit=str(LONGEST_CODE))
    if not _CODE.fullmatch(text):
        raise Refused("no_code", value=text)
    return text


def _text(_column: Column, value: Any, _words: Words) -> str:
    text = _plain_text(value)
    if len(text) > LONGEST_TEXT:
        raise Refused("too_long", limit=str(LONGEST_TEXT))
    return text


def _plain_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Refused("no_text")
    return value if isinstance(value, str) else str(plain_number(value))


def _word(column: Column, value: Any, words: Words) -> str:
    text = _plain_text(value)
    code = words.code(column.words, text)
    if code is None:
        raise Refused("unknown_word", value=text[:60])
    return code


def _codes(column: Column, value: Any, words: Words) -> list[str]:
    parts = value if isinstance(value, list) else _BETWEEN.split(_plain_text(value))
    if not all(isinstance(part, str) for part in parts):
        raise Refused("no_text")
    return [_code(column, part.strip(), words) for part in parts if part.strip()]


def _flag(_column: Column, value: Any, words: Words) -> bool:
    if isinstance(value, bool):
        return value
    code = words.code("flags", value) if isinstance(value, str) else None
    if code is None:
        raise Refused("no_flag")
    return code == "yes"


def _number(column: Column, value: Any, _words: Words) -> int | str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Refused("no_number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Refused("no_number") from None
    if not number.is_finite() or not column.least <= number <= column.most:
        raise Refused("out_of_range", least=str(column.least), most=f"{column.most:,}")
    plain = plain_number(number)
    if isinstance(plain, str) and len(plain.partition(".")[2]) > MOST_DECIMALS:
        raise Refused("too_exact", limit=str(MOST_DECIMALS))
    return plain


def _whole(column: Column, value: Any, words: Words) -> int:
    number = _number(column, value, words)
    if not isinstance(number, int):
        raise Refused("not_whole")
    return number


def _target(column: Column, value: Any, words: Words) -> bool | int | str:
    if isinstance(value, bool) or (isinstance(value, str) and words.code("flags", value)):
        return _flag(column, value, words)
    return _number(column, value, words)


def _value(_column: Column, value: Any, _words: Words) -> int | str:
    """A setting: text, or a number in its plain form."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Refused("no_text")
    return value if isinstance(value, str) else plain_number(value)


_READERS: Mapping[Kind, Callable[[Column, Any, Words], Any]] = {
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.WORD: _word,
    Kind.CODES: _codes,
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.TARGET: _target,
    Kind.VALUE: _value,
}
