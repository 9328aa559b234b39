"""Spreadsheets from outside: bombs are refused before they open, formulas are marked."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest

from csiapp.core import spreadsheet_reading
from csiapp.core.spreadsheet import Sheet, workbook_bytes
from csiapp.core.spreadsheet_reading import TooMuch, Unreadable, read_sheets

pytestmark = pytest.mark.unit


def rewritten(member: str, body: bytes) -> bytes:
    """A small workbook in which one part says something else."""
    source = zipfile.ZipFile(io.BytesIO(workbook_bytes([Sheet("S", ["h"], [["x"]])])))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in source.namelist():
            archive.writestr(name, body if name == member else source.read(name))
    return target.getvalue()


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        b'<?xml version="1.0"?>' + before + b'<worksheet xmlns="' + main + b'"><sheetData>'
        + rows + b"</sheetData></worksheet>"
    )  # fmt: skip


def bomb() -> bytes:
    """289 kB that hold some 90 MB of cells."""
    row = b"<row>" + b'<c t="inlineStr"><is><t>aaaaaaaaaa</t></is></c>' * 20 + b"</row>"
    data = rewritten("xl/worksheets/sheet1.xml", sheet(row * 95_000))
    return data + b"\0" * max(0, 289_000 - len(data))


def test_a_bomb_is_refused_at_once() -> None:
    data = bomb()
    assert 280_000 < len(data) < 600_000

    began = time.perf_counter()
    with pytest.raises(TooMuch):
        read_sheets(data)
    assert time.perf_counter() - began < 1


def test_a_bomb_that_lies_about_its_size_is_refused_too() -> None:
    data = bytearray(bomb())
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    data[place + 24 : place + 28] = (1000).to_bytes(4, "little")

    with pytest.raises(Unreadable):
        read_sheets(bytes(data))


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le"])
def test_entities_are_refused(coding: str) -> None:
    body = sheet(b"", b'<!DOCTYPE x [<!ENTITY a "aaaa">]>').decode().encode(coding)
    with pytest.raises(Unreadable, match="entities"):
        read_sheets(rewritten("xl/worksheets/sheet1.xml", body))


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("LARGEST_FILE", 100, "file"),
        ("MOST_MEMBERS", 3, "members"),
        ("LARGEST_MEMBER", 50, "member"),
        ("LARGEST_TOTAL", 2000, "total"),
        ("MOST_ROWS", 1, "rows"),
        ("MOST_CELLS", 1, "cells"),
        ("MOST_SHEETS", 1, "sheets"),
    ],
)
def test_what_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    data = workbook_bytes([Sheet("A", ["h"], [["x"], ["y"]]), Sheet("B", ["h"], [])])
    assert read_sheets(data)

    monkeypatch.setattr(spreadsheet_reading, limit, value)
    with pytest.raises(TooMuch, match=reason):
        read_sheets(data)


@pytest.mark.parametrize("data", [b"", b"no spreadsheet", b"PK\x03\x04" + b"\0" * 50])
def test_what_is_no_spreadsheet_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_sheets(data)


def test_a_number_that_is_none_is_refused() -> None:
    for number in (b"1e400", b"-1e400", b"nan", b"9" * 5000):
        body = sheet(b"<row><c><v>" + number + b"</v></c></row>")
        with pytest.raises(Unreadable):
            read_sheets(rewritten("xl/worksheets/sheet1.xml", body))


def test_a_far_away_cell_costs_nothing() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "h"
    book.active["XFD2"] = "far"
    saved = io.BytesIO()
    book.save(saved)

    (rows,) = read_sheets(saved.getvalue()).values()
    assert [[cell.value for cell in row] for row in rows] == [["h"]]


def test_formulas_are_marked_and_not_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "plain", 2.5, 3, True])
    saved = io.BytesIO()
    book.save(saved)

    ((row,),) = read_sheets(saved.getvalue()).values()
    assert [(cell.column, str(cell.value), cell.formula) for cell in row] == [
        ("A", "None", True),
        ("B", "plain", False),
        ("C", "2.5", False),
        ("D", "3", False),
        ("E", "True", False),
    ]
