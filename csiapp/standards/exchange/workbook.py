"""A set as a workbook: one sheet per table, drop-downs where words are chosen, a sheet to read
first and one with all codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from csiapp.core.spreadsheet import Cell, Sheet, sheet_title, workbook_bytes
from csiapp.core.spreadsheet_reading import ReadCell, read_sheets
from csiapp.standards.content import StandardsContent
from csiapp.standards.exchange.cells import to_cell
from csiapp.standards.exchange.findings import Finding, Reading, Spot
from csiapp.standards.exchange.flattening import rows_of
from csiapp.standards.exchange.reading import RawCell, RawRow, read_tables
from csiapp.standards.exchange.tables import TABLES, Column, Kind, Row, Table
from csiapp.standards.exchange.words import Words

_SHORT = ("kinds", "measures", "operators", "units", "evidence", "flags")
"""Lists that a cell is chosen from; codes are looked up on the sheet of codes."""


def write_workbook(
    content: StandardsContent,
    words: Words,
    language: str,
    readme: Sequence[str],
    *,
    empty: bool = False,
) -> bytes:
    """The workbook in one language; the same content gives the same bytes. An `empty` one has the
    settings and no items: a template to fill in. `readme` are the lines of the first sheet."""
    tables: Mapping[str, Sequence[Row]] = rows_of(content)
    if empty:
        tables = {"set": tables["set"]}
    sheets = [Sheet(words.tables["readme"][language], [], [[line] for line in readme], [110])]
    sheets += [_sheet(table, tables.get(table.name, ()), words, language) for table in TABLES]
    sheets.append(_codes(words, language))
    return workbook_bytes(sheets, content["name"].get(language, ""))


def _sheet(table: Table, rows: Sequence[Row], words: Words, language: str) -> Sheet:
    return Sheet(
        words.tables[table.name][language],
        [words.columns[f"{table.name}.{column.name}"][language] for column in table.columns],
        [
            [to_cell(column, row[column.name], words, language) for column in table.columns]
            for row in rows
        ],
        [column.width for column in table.columns],
        {
            place: _choices(column, words, language)
            for place, column in enumerate(table.columns)
            if column.words in _SHORT and column.kind in {Kind.WORD, Kind.FLAG}
        },
    )


def _choices(column: Column, words: Words, language: str) -> list[str]:
    codes = words.lists[column.words]
    if column.words == "flags":
        return [codes[code][language] for code in ("yes", "no")]
    plain = Column(column.name, Kind.WORD, column.words)
    return [str(to_cell(plain, code, words, language)) for code in codes]


def _codes(words: Words, language: str) -> Sheet:
    """Every code with its name, list by list."""
    rows: list[list[Cell]] = [
        [words.tables[f"list.{name}"][language], code, names[code].get(language) or code]
        for name, names in words.lists.items()
        if name not in {*_SHORT, "settings"}
        for code in names
    ]
    header = [words.columns[f"codes.{name}"][language] for name in ("list", "code", "name")]
    return Sheet(words.tables["codes"][language], header, rows, [24, 16, 60])


def read_workbook(data: bytes, words: Words) -> Reading:
    """The content of a workbook in either language, or all that is wrong with it.

    Raises :class:`csiapp.core.spreadsheet_reading.Unreadable` for what is no workbook.
    """
    sheets = {words.table(title): rows for title, rows in _titled(read_sheets(data), words)}
    findings: list[Finding] = []
    raw: dict[str, list[RawRow]] = {}
    for table in TABLES:
        if table.name not in sheets:
            findings.append(Finding(Spot(table.name), "sheet_missing"))
            continue
        raw[table.name] = _raw_rows(table, sheets[table.name], words, findings)
    if findings:
        return Reading(None, tuple(findings))
    return read_tables(raw, words)


def _titled(
    sheets: Mapping[str, list[list[ReadCell]]], words: Words
) -> list[tuple[str, list[list[ReadCell]]]]:
    """The sheets by the whole title: the format cuts long ones."""
    whole = {sheet_title(text): text for texts in words.tables.values() for text in texts.values()}
    return [(whole.get(title, title), rows) for title, rows in sheets.items()]


def _raw_rows(
    table: Table, rows: Sequence[Sequence[ReadCell]], words: Words, findings: list[Finding]
) -> list[RawRow]:
    header: dict[str, str] = {}
    for cell in rows[0] if rows and rows[0][0].row == 1 else ():
        name = words.column(table.name, str(cell.value or ""))
        if name is None or name in header.values():
            spot = Spot(table.name, 1, cell.column)
            findings.append(Finding(spot, "column_unknown", "", {"value": str(cell.value)[:60]}))
        else:
            header[cell.column] = name
    findings += [
        Finding(Spot(table.name, 1), "column_missing", column.name)
        for column in table.columns
        if column.name not in header.values()
    ]
    return [_raw_row(row, header) for row in rows[1:] if any(c.column in header for c in row)]


def _raw_row(row: Sequence[ReadCell], header: Mapping[str, str]) -> RawRow:
    filled = {cell.column: cell for cell in row}
    cells = {}
    for letter, name in header.items():
        cell = filled.get(letter)
        cells[name] = RawCell(cell.value, letter, cell.formula) if cell else RawCell(None, letter)
    return RawRow(row[0].row, cells)
