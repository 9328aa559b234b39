"""Spreadsheets from outside: looked through as a stream before anything of them is built.

A file of 300 kB can hold hundreds of megabytes of cells. What is too large, too deep or not what
it says is refused after reading as much of it as is allowed and no more.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE
LARGEST_MEMBER = 24 * MEGABYTE
LARGEST_TOTAL = 48 * MEGABYTE
MOST_MEMBERS = 200
MOST_SHEETS = 40
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_CELLS = 300_000
_CHUNK = 64 * 1024
_FORBIDDEN_XML = (b"<!DOCTYPE", b"<!ENTITY")
_FORBIDDEN_WIDE = tuple(
    sign.decode().encode(coding) for sign in _FORBIDDEN_XML for coding in ("utf-16-le", "utf-16-be")
)


class Unreadable(ValueError):
    """The file is no spreadsheet, or a damaged one."""


class TooMuch(Unreadable):
    """The file holds more than is read."""


@dataclass(frozen=True, slots=True)
class ReadCell:
    """`value` is text, int, Decimal, bool or None; of a formula there is no value."""

    value: str | int | Decimal | bool | None
    row: int
    column: str
    formula: bool = False


def check_archive(data: bytes) -> None:
    """Raises TooMuch or Unreadable. Counts what really comes out, not what the archive claims."""
    if len(data) > LARGEST_FILE:
        raise TooMuch("file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive)
    except Unreadable:
        raise
    except Exception as error:  # zlib.error and the like: whatever a damaged archive brings up
        raise Unreadable("archive") from error


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise TooMuch("members")
    total = 0
    for entry in entries:
        total += _checked_size(archive, entry)
        if total > LARGEST_TOTAL:
            raise TooMuch("total")


def _checked_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """The bytes of one entry, read in pieces; no piece may declare entities."""
    if entry.flag_bits & 1 or entry.file_size > LARGEST_MEMBER:
        raise TooMuch("member")
    size, tail = 0, b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST_MEMBER:
                raise TooMuch("member")
            seen = tail + chunk
            if any(sign in seen for sign in (*_FORBIDDEN_XML, *_FORBIDDEN_WIDE)):
                raise Unreadable("entities")
            tail = seen[-32:]
    return size


def read_sheets(data: bytes) -> dict[str, list[list[ReadCell]]]:
    """Sheet title -> rows of cells, without the empty rows; hidden sheets are left out.

    Raises TooMuch or Unreadable.
    """
    check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception as error:  # the library lets through whatever its parsers raise
        raise Unreadable("workbook") from error
    try:
        return _sheets(book)
    except Unreadable:
        raise
    except Exception as error:  # as above: damaged XML shows only while a sheet is read
        raise Unreadable("sheet") from error
    finally:
        book.close()


def _sheets(book: Any) -> dict[str, list[list[ReadCell]]]:
    sheets = book.worksheets
    if len(sheets) > MOST_SHEETS:
        raise TooMuch("sheets")
    found: dict[str, list[list[ReadCell]]] = {}
    cells = 0
    for sheet in sheets:
        if sheet.sheet_state != "visible":
            continue
        found[sheet.title] = []
        for row in _rows(sheet):
            cells += len(row)
            if cells > MOST_CELLS:
                raise TooMuch("cells")
            found[sheet.title].append(row)
    return found


def _rows(sheet: Any) -> Iterator[list[ReadCell]]:
    sheet.reset_dimensions()  # what the sheet says of its size is not to be trusted
    rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
    for number, row in enumerate(rows, 1):
        read = [_cell(cell, number, place) for place, cell in enumerate(row, 1) if _filled(cell)]
        if read and number > MOST_ROWS:
            raise TooMuch("rows")
        if read:
            yield read


def _filled(cell: Any) -> bool:
    return cell.value is not None and cell.value != ""


def _cell(cell: Any, row: int, column: int) -> ReadCell:
    letter = get_column_letter(column)
    if cell.data_type == "f":
        return ReadCell(None, row, letter, formula=True)
    value = cell.value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable("number")
        value = int(value) if value.is_integer() else Decimal(repr(value))
    elif not isinstance(value, bool | int):
        value = str(value).replace("_x005F_", "_")
    return ReadCell(value, row, letter)
