"""A manager takes a whole set out, works on it, checks it, brings it in: all of it or nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from csiapp.core.tenancy import entered
from csiapp.standards import queries
from csiapp.standards.content import canonical_json
from csiapp.standards.services import mark_key_factor, undo
from tests.factories import standards
from tests.unit.core.test_spreadsheet_reading import bomb

pytestmark = pytest.mark.db

PLACE = "/t/near/standards/REF-AFTERSALES/exchange"


def exported(client, source: str = "published", form: str = "xlsx") -> bytes:
    response = client.get(f"{PLACE}/{source}.{form}")
    assert response.status_code == 200
    return response.data


def altered(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def check(client, data: bytes, name: str = "standards.xlsx") -> Any:
    return client.post(f"{PLACE}/check", data={"file": (io.BytesIO(data), name)})


def bring_in(client, answer) -> Any:
    page = answer.get_data(as_text=True)
    fields = dict(re.findall(r'name="(sha256|seen)" value="([^"]+)"', page))
    return client.post(f"{PLACE}/import", data=fields)


def content(app, world, kind: str = "draft") -> str | None:
    with app.app_context(), entered(world.tenant()):
        find = queries.draft_version if kind == "draft" else queries.published_version
        version = find(standards.the_set())
        return canonical_json(queries.version_content(version)) if version else None


def set_cell(sheet: str, code: str, column: str, value: Any) -> Callable[..., None]:
    def change(book: openpyxl.Workbook) -> None:
        for row in book[sheet].iter_rows(min_row=2):
            if row[1].value == code:
                book[sheet][f"{column}{row[0].row}"] = value

    return change


@pytest.mark.parametrize("form", ["xlsx", "yaml"])
def test_what_went_out_comes_in_without_any_change(app, near, client_of, form):
    manager = client_of("manager")
    data = exported(manager, form=form)
    assert exported(manager, form=form) == data

    answer = check(manager, data)
    assert answer.status_code == 200
    assert "There is nothing to import" in answer.get_data(as_text=True)
    assert content(app, near) is None


def test_a_changed_cell_is_shown_before_it_is_made_and_can_be_undone(app, near, client_of):
    manager = client_of("manager")
    standard = "ST010102"
    data = altered(
        exported(manager), set_cell("Standards", standard, "E", "At least 90% are reminded")
    )

    answer = check(manager, data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count('<li class="change">') == 1
    assert "At least 90% are reminded" in page
    assert content(app, near) is None, "a check keeps nothing"

    assert bring_in(manager, answer).status_code == 303
    draft = content(app, near)
    assert "At least 90% are reminded" in draft
    with app.app_context(), standards.at_work(near.tenant()):
        version = queries.draft_version(standards.the_set())
        undo(standards.the_set(), version.edit)
    assert content(app, near) == content(app, near, "published")


def test_rows_are_added_moved_and_taken_out(app, near, client_of):
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Standards"]
        new = [cell.value for cell in sheet[2]]
        new[1], new[-1] = "LT1", "Yes"
        sheet.append(new)
        for row in sheet.iter_rows(min_row=2):
            if row[1].value == "ST010102":
                sheet.delete_rows(row[0].row)
                break

    manager = client_of("manager")
    answer = check(manager, altered(exported(manager), change))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    bring_in(manager, answer)

    with app.app_context(), entered(near.tenant()):
        draft = queries.draft_version(standards.the_set())
        found = {
            standard["code"]: standard
            for step in queries.version_content(draft)["steps"]
            for sub_step in step["sub_steps"]
            for factor in sub_step["key_factors"]
            for standard in factor["standards"]
        }
    assert found["LT1"]["local"] is True
    assert "ST010102" not in found
    shared = [s["points"] for s in found.values() if s["factor"] == "SI" and not s.get("local")]
    assert sum(shared) == 150


@pytest.mark.parametrize("language", ["zh", "en"])
def test_faults_are_named_by_sheet_row_and_column_in_the_readers_language(
    app, near, client_of, language
):
    manager = client_of("manager")
    manager.set_cookie("lang", language)
    manager.post("/preferences", data={"language": language})
    data = exported(manager)
    title = {"zh": "服务标准", "en": "Standards"}[language]

    def change(book: openpyxl.Workbook) -> None:
        book[title]["K3"] = 9
        book[title]["H2"] = "=1+1"

    answer = check(manager, altered(data, change))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    expected = {
        "zh": ["服务标准 · 第 3 行 · K 列（重要度）", "1 到 5", "不读取公式"],
        "en": ["Standards · row 3 · column K (Importance)", "from 1 to 5", "Formulas are not read"],
    }
    for words in expected[language]:
        assert words in page
    assert content(app, near) is None


def test_what_the_network_keeps_stays(app, near, client_of):
    manager = client_of("manager")
    critical = next(
        p["code"]
        for step in standards.reference_content()["steps"]
        for sub_step in step["sub_steps"]
        for factor in sub_step["key_factors"]
        for p in factor["standards"]
        if p["critical"]
    )

    def change(book: openpyxl.Workbook) -> None:
        set_cell("Standards", critical, "K", 1)(book)
        book["Settings"]["C2"] = 1
        book["Settings"]["C8"] = 151

    page = check(manager, altered(exported(manager), change)).get_data(as_text=True)
    assert "The network keeps this field of a critical standard" in page
    assert "The settings belong to the network" in page


def test_a_bomb_is_refused_in_words(app, near, client_of):
    answer = check(client_of("manager"), bomb())

    assert answer.status_code == 422
    assert "It was not opened." in answer.get_data(as_text=True)


def test_a_file_that_was_checked_before_somebody_else_changed_the_draft_is_not_imported(
    app, draft, client_of
):
    manager = client_of("manager")
    data = altered(
        exported(manager, "draft"), set_cell("Standards", "ST010102", "E", "At least 90% of them")
    )
    answer = check(manager, data)
    with app.app_context(), standards.at_work(draft.tenant()):
        mark_key_factor(standards.the_set(), "KF0101", is_key=False)

    assert bring_in(manager, answer).status_code == 409
    assert "At least 90% of them" not in content(app, draft)


def test_the_template_and_staff(near, client_of):
    manager, staff = client_of("manager"), client_of("staff")

    book = openpyxl.load_workbook(io.BytesIO(exported(manager, "template")))
    assert book["Standards"].max_row == 1
    assert book["Standards"].data_validations.dataValidation
    assert "Read me first" in book.sheetnames
    assert manager.get(f"{PLACE}/nothing.xlsx").status_code == 404
    assert staff.get(f"{PLACE}/published.xlsx").status_code == 403
    assert staff.post(f"{PLACE}/check").status_code == 403
