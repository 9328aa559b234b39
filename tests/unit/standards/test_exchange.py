"""A set goes out as a workbook or as YAML and comes back the same; faults are named one by one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csiapp.core.spreadsheet_reading import Unreadable
from csiapp.standards.content import StandardsContent, canonical_json
from csiapp.standards.exchange import Reading, read_workbook, read_yaml, write_workbook, write_yaml
from tests.unit.standards.exchanged import UNITS, WORDS, altered, contents, words_of
from tests.unit.standards.trees import reference, small

pytestmark = pytest.mark.unit

REFERENCE_WORDS = words_of(
    *{
        standard["measure"]["unit"]
        for step in reference()["steps"]
        for sub_step in step["sub_steps"]
        for factor in sub_step["key_factors"]
        for standard in factor["standards"]
        if "unit" in standard["measure"]
    }
)


def workbook(content: StandardsContent, language: str = "en") -> bytes:
    return write_workbook(content, REFERENCE_WORDS, language, ["Read me"])


@cache
def small_workbook() -> bytes:
    return workbook(small())


def found(data: bytes) -> list[tuple[str, int, str, str]]:
    reading = read_workbook(data, REFERENCE_WORDS)
    assert reading.content is None
    return [(f.spot.table, f.spot.row, f.spot.column, f.reason) for f in reading.findings]


@settings(max_examples=10, deadline=None)
@given(contents(), st.sampled_from(["zh", "en"]))
def test_a_workbook_brings_back_what_went_out_byte_for_byte(
    content: StandardsContent, language: str
) -> None:
    data = write_workbook(content, WORDS, language, ["Read me"])
    back = read_workbook(data, WORDS)

    assert back.findings == ()
    assert canonical_json(back.content) == canonical_json(content)
    assert write_workbook(back.content, WORDS, language, ["Read me"]) == data


@settings(max_examples=40, deadline=None)
@given(contents())
def test_yaml_brings_back_what_went_out_byte_for_byte(content: StandardsContent) -> None:
    data = write_yaml(content)
    back = read_yaml(data, WORDS)

    assert back.findings == ()
    assert canonical_json(back.content) == canonical_json(content)
    assert write_yaml(back.content) == data


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_reference_set_survives_a_spreadsheet_program(language: str) -> None:
    back = read_workbook(
        altered(workbook(reference(), language), lambda book: None), REFERENCE_WORDS
    )

    assert canonical_json(back.content) == canonical_json(reference())


def test_the_order_of_keys_does_not_change_a_byte() -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    content = reference()
    content["factor_points"] = dict(sorted(content["factor_points"].items()))
    other = turned(content)
    other["factor_points"] = content["factor_points"]

    assert write_yaml(other) == write_yaml(content)
    assert workbook(other) == workbook(content)


def put(sheet: str, cell: str, value: Any) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "reason"),
    [
        ("standards", "B2", "=1+1", "formula"),
        ("standards", "B2", None, "required"),
        ("standards", "B3", "ST010101", "repeated"),
        ("standards", "A2", "KF9999", "no_parent"),
        ("standards", "C2", "nonsense", "unknown_word"),
        ("standards", "D2", "x" * 501, "too_long"),
        ("standards", "H2", "many", "no_number"),
        ("standards", "H2", -1, "out_of_range"),
        ("standards", "J2", 0.12345, "too_exact"),
        ("standards", "K2", 9, "out_of_range"),
        ("standards", "L2", 2.5, "not_whole"),
        ("standards", "O2", "perhaps", "no_flag"),
        ("steps", "A2", "two words", "no_code"),
        ("sub_steps", "E2", "SA, XX", "unknown_word"),
        ("options", "A2", "ST010101", "not_of_measure"),
        ("set", "C2", 9, "setting_wrong"),
    ],
)
def test_a_fault_is_named_with_its_sheet_row_and_column(
    sheet: str, cell: str, value: Any, reason: str
) -> None:
    faults = found(altered(small_workbook(), put(sheet, cell, value)))

    assert (sheet, int(cell[1:]), cell[0], reason) in faults


def test_all_faults_are_found_at_once() -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["standards"]["C2"] = "nonsense"
        book["standards"]["C9"] = "nonsense"
        book["key_factors"]["G4"] = 7

    faults = found(altered(small_workbook(), change))
    assert [(table, row) for table, row, _c, _r in faults] == [
        ("key_factors", 4),
        ("standards", 2),
        ("standards", 9),
    ]


def test_text_that_begins_with_a_sign_is_text_and_no_formula() -> None:
    content = reference()
    content["steps"][0]["name"] = {"zh": "=1+1", "en": "@home"}

    back = read_workbook(workbook(content), REFERENCE_WORDS)

    assert back.content is not None
    assert back.content["steps"][0]["name"] == {"zh": "=1+1", "en": "@home"}


def test_a_sheet_or_column_that_is_gone_or_new_is_named() -> None:
    def change(book: openpyxl.Workbook) -> None:
        del book["moments"]
        book["steps"]["I1"] = "remark"
        book["options"]["E1"] = None

    assert found(altered(small_workbook(), change)) == [
        ("steps", 1, "I", "column_unknown"),
        ("moments", 0, "", "sheet_missing"),
        ("options", 1, "", "column_missing"),
    ]


def test_an_empty_template_has_drop_downs_and_no_items() -> None:
    data = write_workbook(reference(), REFERENCE_WORDS, "en", ["Read me"], empty=True)

    back = read_workbook(data, REFERENCE_WORDS)
    assert back.content is not None
    assert back.content["steps"] == []
    assert back.content["factor_points"] == reference()["factor_points"]

    def check(book: openpyxl.Workbook) -> None:
        assert len(book["standards"].data_validations.dataValidation) == 8

    altered(data, check)


def yaml_findings(text: str) -> list[tuple[str, int, str]]:
    reading: Reading = read_yaml(text.encode(), WORDS)
    assert reading.content is None
    return [(f.spot.table, f.spot.row, f.reason) for f in reading.findings]


def test_a_fault_of_a_yaml_text_is_named_with_its_line() -> None:
    text = write_yaml(reference()).decode().replace("importance: 4", "importance: 40", 1)
    line = text[: text.index("importance: 40")].count("\n")

    (fault,) = [
        f for f in read_yaml(text.encode(), REFERENCE_WORDS).findings if f.name == "importance"
    ]
    item_line = text.splitlines().index("    - code: KF0101") + 1
    assert fault.reason == "out_of_range"
    assert item_line == fault.spot.row <= line
    assert yaml_findings("a: ]") == [("", 1, "syntax")]
    assert ("set", 1, "key_unknown") in yaml_findings("colour: red")


def test_a_number_of_thousands_of_digits_is_out_of_range_and_no_failure() -> None:
    text = write_yaml(reference()).decode().replace("importance: 4", f"importance: {'9' * 5000}", 1)

    (fault,) = read_yaml(text.encode(), REFERENCE_WORDS).findings
    assert (fault.name, fault.reason) == ("importance", "out_of_range")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a: &x [1]\nb: *x", "alias"),
        ("中".encode("gbk"), "encoding"),
        (b"- 1", "yaml"),
        (b"[" * 50, "yaml"),
        (b"a" * (6 * 1024 * 1024), "file"),
    ],
)
def test_yaml_that_could_be_endless_or_is_none_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_yaml(data, WORDS)


def test_units_are_words_of_the_file() -> None:
    assert WORDS.code("units", "The Minute") == UNITS[0]
    assert WORDS.code("units", "minute名") == "minute"
