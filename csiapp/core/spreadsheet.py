"""Spreadsheets as bytes: the same input gives the same file, and no cell is ever a formula.

What a cell is given stays exactly what it is; text that a spreadsheet program could take for a
formula is marked as text for good (also when a person edits the cell later).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | Decimal | None

LONGEST_CELL = 32_767  # of the file format
SPARE_ROWS = 500  # below the last row, where drop-downs are offered too
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_EPOCH = dt.datetime(*_LONG_AGO, tzinfo=dt.UTC).replace(tzinfo=None)  # the format knows no zone
_TITLE_SIGNS = re.compile(r"[\\*?:/\[\]]")


@dataclass(frozen=True)
class Sheet:
    """One sheet: a header row that stays in view, and rows below it.

    `widths` are in characters, one per column; `choices` gives a column (from 0) its drop-down.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def workbook_bytes(sheets: Sequence[Sheet], title: str = "") -> bytes:
    """The sheets as an .xlsx file. Raises ValueError for text that no cell can hold."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = title
    book.properties.creator = ""
    book.properties.created = book.properties.modified = _EPOCH
    lists: list[tuple[str, ...]] = []
    for sheet in sheets:
        _fill(book.create_sheet(sheet_title(sheet.title)), sheet, lists)
    if lists:
        _keep_lists(book, lists)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()
    return _without_times(written.getvalue())


def sheet_title(title: str) -> str:
    """A title as the file format allows it: 31 signs, some not."""
    return _TITLE_SIGNS.sub(" ", title)[:31]


def _fill(target: Worksheet, sheet: Sheet, lists: list[tuple[str, ...]]) -> None:
    bold, grey = Font(bold=True), PatternFill("solid", fgColor="E8EDF3")
    for column, name in enumerate(sheet.header, 1):
        cell = _put(target, 1, column, name)
        cell.font, cell.fill = bold, grey
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    target.freeze_panes = "A2" if sheet.header else None
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(sheet.rows, 2 if sheet.header else 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                _put(target, number, column, value).alignment = wrapped
    for column, width in enumerate(sheet.widths, 1):
        target.column_dimensions[get_column_letter(column)].width = width
    for column, words in sorted(sheet.choices.items()):
        _offer(target, column + 1, len(sheet.rows) + 1 + SPARE_ROWS, tuple(words), lists)


def _put(target: Worksheet, row: int, column: int, value: Cell) -> Any:
    cell = target.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return cell
    if len(value) > LONGEST_CELL:
        raise ValueError(f"a cell holds at most {LONGEST_CELL} signs")
    cell.value = _ESCAPE.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # the library takes what begins with "=" for a formula
    if value.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True
    return cell


def _offer(
    target: Worksheet, column: int, last: int, words: tuple[str, ...], lists: list[tuple[str, ...]]
) -> None:
    """A drop-down. Its words are on a hidden sheet, where they may hold commas and be long."""
    if words not in lists:
        lists.append(words)
    place = get_column_letter(lists.index(words) + 1)
    letter = get_column_letter(column)
    rule = DataValidation(
        type="list", formula1=f"'lists'!${place}$1:${place}${len(words)}", allow_blank=True
    )
    rule.add(f"{letter}2:{letter}{last}")
    target.add_data_validation(rule)


def _keep_lists(book: Workbook, lists: Sequence[tuple[str, ...]]) -> None:
    hidden = book.create_sheet("lists")
    hidden.sheet_state = "hidden"
    for column, words in enumerate(lists, 1):
        for row, word in enumerate(words, 1):
            _put(hidden, row, column, word)


def _without_times(data: bytes) -> bytes:
    """The same archive with the same fixed time on every entry."""
    stable = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stable, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return stable.getvalue()
