"""A form as an XLSForm workbook: read again by the project's reader, and by pyxform."""

from __future__ import annotations

import io

import pytest
from pyxform.xls2xform import convert

from csiapp.audits.builder.xlsform import CHOICES, SETTINGS, SURVEY, xlsform
from csiapp.core.spreadsheet import workbook_bytes
from csiapp.core.spreadsheet_reading import read_sheets
from tests.unit.audits import examples


def with_follow_up():
    """The visit form, with a follow-up on the first number that may also be "never"."""
    form = examples.form()
    questions = [q for section in form["sections"] for q in section["questions"]]
    parent = next(q for q in questions if q["never_allowed"])
    child = questions[questions.index(parent) + 1]
    child["shown_if"] = {"field": parent["code"], "any_of": ["never"], "at_least": 10}
    return form, parent["code"], child["code"]


def rows_of(form):
    sheets = {sheet.title: sheet for sheet in xlsform(form, "MS-VISIT", 3)}
    return {
        title: [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]
        for title, sheet in sheets.items()
    }


def test_the_workbook_has_the_three_sheets_and_opens_again():
    data = workbook_bytes(xlsform(examples.form(), "MS-VISIT", 3))
    sheets = read_sheets(data)
    assert list(sheets) == ["survey", "choices", "settings"]
    for title, header in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
        assert [cell.value for cell in sheets[title][0]] == list(header)
    assert not any(cell.formula for rows in sheets.values() for row in rows for cell in row)
    assert data == workbook_bytes(xlsform(examples.form(), "MS-VISIT", 3))


def test_both_languages_stand_in_their_columns():
    rows = rows_of(examples.form())["survey"]
    asked = [row for row in rows if row["standard_id"]]
    assert len(asked) == sum(len(s["questions"]) for s in examples.form()["sections"])
    for row in asked:
        assert row["label::English (en)"]
        assert row["label::中文 (zh)"]


def test_a_follow_up_is_relevant_and_a_duration_is_computed():
    form, parent, child = with_follow_up()
    rows = {row["name"]: row for row in rows_of(form)["survey"]}
    assert rows[child]["relevant"] == (
        f"(${{{parent}}} = 'never') or (${{{parent}_value}} != '' and ${{{parent}_value}} >= 10)"
    )
    computed = [row for row in rows.values() if row["type"] == "calculate"]
    assert computed
    assert all("decimal-date-time" in row["calculation"] for row in computed)


def test_every_list_that_is_asked_has_its_choices():
    rows = rows_of(examples.form())
    lists = {row["list_name"] for row in rows["choices"]}
    wanted = {
        row["type"].removeprefix("select_one ")
        for row in rows["survey"]
        if str(row["type"]).startswith("select_one ")
    }
    assert wanted <= lists


def test_a_section_that_a_scenario_leaves_out_is_not_relevant_in_it():
    form = examples.form()
    scenario = next(s for s in form["scenarios"] if s["sections_excluded"])
    rows = {row["name"]: row for row in rows_of(form)["survey"] if row["type"] == "begin_group"}
    for code in scenario["sections_excluded"]:
        assert f"!= '{scenario['code']}'" in rows[f"section_{code}"]["relevant"]


@pytest.mark.parametrize("kind", ["visit", "phone", "facility", "records"])
def test_pyxform_takes_every_reference_form(kind):
    data = workbook_bytes(xlsform(examples.form(kind), f"F-{kind}", 1))
    assert "<h:html" in convert(io.BytesIO(data), file_type=".xlsx").xform


def test_pyxform_takes_a_form_with_a_follow_up():
    form, parent, _ = with_follow_up()
    data = workbook_bytes(xlsform(form, "MS-VISIT", 1))
    found = convert(io.BytesIO(data), file_type=".xlsx").xform
    assert f"/{parent}_value" in found
