"""Spreadsheets that are written: stable bytes, and nothing in them is a formula."""

from __future__ import annotations

import io
import time
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from csiapp.core.spreadsheet import Sheet, sheet_title, workbook_bytes

pytestmark = pytest.mark.unit

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|" /C calc"!A0', "＝1+1"]


def read(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_same_sheets_give_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = [Sheet("Standards", ["Code", "Target"], [["A1", 3]], [10, 8], {0: ["A1", "A2"]})]
    first = workbook_bytes(sheets, "Title")
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(4_000_000_000))

    assert workbook_bytes(sheets, "Title") == first


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_text_for_good(text: str) -> None:
    data = workbook_bytes([Sheet("S", [text], [[text]])])

    for cell in (read(data)["S"]["A1"], read(data)["S"]["A2"]):
        assert cell.data_type in {"s", "inlineStr"}
        assert cell.quotePrefix
        assert cell.value.replace("\n", "\r") == text
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in b"".join(archive.read(name) for name in archive.namelist())


def test_plain_text_and_numbers_are_what_they_were() -> None:
    data = workbook_bytes([Sheet("S", ["h"], [["三分钟内", 3, Decimal("2.5"), None, "007"]])])

    row = [cell.value for cell in read(data)["S"][2]]
    assert row == ["三分钟内", 3, 2.5, None, "007"]
    assert not read(data)["S"]["A2"].quotePrefix


def test_control_characters_are_left_out_and_escapes_are_kept_as_text() -> None:
    data = workbook_bytes([Sheet("S", [], [["a\x00b", "_x0041_"]])])

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert ">ab<" in sheet
    assert "_x005F_x0041_" in sheet


def test_a_drop_down_offers_the_words_also_when_they_hold_commas() -> None:
    data = workbook_bytes([Sheet("S", ["Kind"], [["x, y"]], (), {0: ["x, y", "z"]})])

    book = read(data)
    (rule,) = book["S"].data_validations.dataValidation
    assert rule.formula1 == "'lists'!$A$1:$A$2"
    assert "A2" in rule.sqref
    assert [row[0].value for row in book["lists"]["A1:A2"]] == ["x, y", "z"]
    assert book["lists"].sheet_state == "hidden"


def test_a_title_is_cut_to_what_the_format_allows() -> None:
    assert sheet_title("a/b:c" + "x" * 40) == "a b c" + "x" * 26


def test_text_longer_than_a_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        workbook_bytes([Sheet("S", [], [["x" * 40_000]])])
