"""Rows as they stand in a file become content, or a list of all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csiapp.standards.content import FORMAT, NUMERIC_TYPES
from csiapp.standards.exchange.cells import Refused, from_cell
from csiapp.standards.exchange.findings import Finding, Reading, Spot
from csiapp.standards.exchange.flattening import content_of
from csiapp.standards.exchange.tables import ITEM_TABLES, SETTINGS, TABLES, Row, Table
from csiapp.standards.exchange.words import Words


@dataclass(frozen=True, slots=True)
class RawCell:
    """What stands in a file. `column` is its letter, or the field's name in YAML."""

    value: Any
    column: str
    formula: bool = False


@dataclass(frozen=True, slots=True)
class RawRow:
    """`number` is the row of a sheet or the line of a text."""

    number: int
    cells: Mapping[str, RawCell]


RawTables = Mapping[str, Sequence[RawRow]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row that was read. Fields that could not be are not in `values`."""

    raw: RawRow
    values: Row


def read_tables(raw: RawTables, words: Words) -> Reading:
    """Everything that is wrong is found at once; only a file without a fault gives content."""
    findings: list[Finding] = []
    rows = {
        table.name: [_read_row(table, row, words, findings) for row in raw.get(table.name, ())]
        for table in TABLES
    }
    findings += _settings_findings(rows["set"])
    findings += _repeated(rows)
    findings += _orphans(rows)
    findings += _measure_findings(rows["standards"])
    findings += _option_findings(rows)
    spots = {
        row.values["code"]: Spot(name, row.raw.number)
        for name in ITEM_TABLES
        for row in rows[name]
        if "code" in row.values
    }
    if findings:
        return Reading(None, tuple(sorted(findings, key=_in_order)), spots)
    values = {name: [row.values for row in table] for name, table in rows.items()}
    return Reading(content_of(values), (), spots)


def _in_order(finding: Finding) -> tuple[int, int]:
    names = [table.name for table in TABLES]
    table = finding.spot.table
    return names.index(table) if table in names else -1, finding.spot.row


def _read_row(table: Table, raw: RawRow, words: Words, findings: list[Finding]) -> _Placed:
    values: Row = {}
    for column in table.columns:
        cell = raw.cells.get(column.name, RawCell(None, ""))
        spot = Spot(table.name, raw.number, cell.column)
        if cell.formula:
            findings.append(Finding(spot, "formula", column.name))
            continue
        try:
            values[column.name] = from_cell(column, cell.value, words)
        except Refused as refusal:
            findings.append(Finding(spot, refusal.reason, column.name, refusal.detail))
    return _Placed(raw, values)


def _at(row: _Placed, table: str, column: str, reason: str, **detail: str) -> Finding:
    cell = row.raw.cells.get(column)
    return Finding(Spot(table, row.raw.number, cell.column if cell else ""), reason, column, detail)


def _settings_findings(rows: Sequence[_Placed]) -> Iterator[Finding]:
    """The settings are all there, once, and of the right sort."""
    seen: set[tuple[Any, Any]] = set()
    for row in rows:
        if row.values.keys() < {"setting", "key", "value"}:
            return  # said already, cell by cell
        setting, key, value = (row.values[name] for name in ("setting", "key", "value"))
        if (setting, key) in seen:
            yield _at(row, "set", "setting", "repeated", value=str(setting))
        seen.add((setting, key))
        if not _fits(setting, key, value):
            yield _at(row, "set", "value", "setting_wrong")
    missing = set(SETTINGS[:6]) - {setting for setting, _key in seen}
    for setting in sorted(missing):
        yield Finding(Spot("set"), "setting_missing", "setting", {"value": setting})


def _fits(setting: str, key: str | None, value: Any) -> bool:
    match setting:
        case "format":
            return key is None and value == FORMAT
        case "name":
            return key in {"zh", "en"} and (value is None or isinstance(value, str))
        case "factor_points":
            return key is not None and isinstance(value, int) and 0 <= value <= 1000
        case "cap":
            whole = isinstance(value, int) and 0 <= value <= 1000
            return whole and key is not None and key.isascii() and key.isdigit()
        case "critical_fail_below":
            return key is None and str(value).replace(".", "", 1).isdigit()
        case _:
            return key is None and isinstance(value, str)


def _repeated(rows: Mapping[str, Sequence[_Placed]]) -> Iterator[Finding]:
    """A code belongs to one item of the whole set."""
    first: dict[str, str] = {}
    for name in ITEM_TABLES:
        for row in rows[name]:
            code = row.values.get("code")
            if code is None:
                continue
            if code in first:
                yield _at(row, name, "code", "repeated", value=code)
            first.setdefault(code, name)


def _orphans(rows: Mapping[str, Sequence[_Placed]]) -> Iterator[Finding]:
    for table in TABLES:
        if not table.above:
            continue
        known = {row.values.get("code") for row in rows[table.above]}
        link = table.columns[0].name
        for row in rows[table.name]:
            parent = row.values.get(link)
            if parent is not None and parent not in known:
                yield _at(row, table.name, link, "no_parent", value=parent, above=table.above)


def _measure_findings(rows: Sequence[_Placed]) -> Iterator[Finding]:
    """Only what the type of measure has; a target of the right sort."""
    for row in rows:
        kind = row.values.get("type")
        if kind is None:
            continue
        for name in ("op", "unit", "tolerance"):
            if kind not in NUMERIC_TYPES and row.values.get(name) is not None:
                yield _at(row, "standards", name, "not_of_measure")
        target = row.values.get("target")
        if target is None:
            continue
        if kind == "choice":
            yield _at(row, "standards", "target", "not_of_measure")
        elif isinstance(target, bool) != (kind == "yes_no"):
            yield _at(row, "standards", "target", "no_flag" if kind == "yes_no" else "no_number")


def _option_findings(rows: Mapping[str, Sequence[_Placed]]) -> Iterator[Finding]:
    types = {row.values.get("code"): row.values.get("type") for row in rows["standards"]}
    for row in rows["options"]:
        parent = row.values.get("standard")
        if parent in types and types[parent] != "choice":
            yield _at(row, "options", "standard", "not_of_measure")
