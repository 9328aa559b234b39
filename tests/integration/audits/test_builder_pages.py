"""The pages of the form builder: a manager's and head office's."""

from __future__ import annotations

import re

import pytest

from csiapp.audits.builder.growing import questions_in
from csiapp.audits.queries.designs import find_design
from csiapp.core.tenancy import entered
from tests.factories import forms
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

BASE = "/t/near/forms"
OFFICE = "/n/near/d/near/forms"
NAME = {"name_zh": "短表", "name_en": "Short"}


@pytest.fixture
def begun_form(audited, states) -> str:
    return states.reach("begun_form", lambda: forms.begin(audited))


@pytest.fixture
def code(begun_form) -> str:
    return begun_form


def draft(app, world, code):
    with app.app_context(), entered(world.tenant()):
        design = find_design(code)
        return design.edit, design.content


def question_with_company(content):
    return next(q for s, q in questions_in(content) if len(s["questions"]) > 1)["code"]


@pytest.mark.parametrize(("person", "base"), [("manager", BASE), ("headoffice", OFFICE)])
def test_a_short_form_is_begun_with_one_button_and_published(app, audited, client_of, person, base):
    client = client_of(person)
    assert "Short form" in client.get(base).text
    begun = client.post(f"{base}/short", data={})
    code = begun.location.rsplit("/", 1)[-1]
    assert begun.location == f"{base}/{code}"
    assert "Critical" in client.get(begun.location).text
    published = client.post(f"{base}/{code}/publish", data={"seen": "0"})
    assert published.location == f"{base}/{code}/versions"
    assert "Version 1" in client.get(published.location).text


@pytest.mark.parametrize("page", ["", "/publish", "/versions", "/preview", "/settings",
                                  "/sections/new", "/scenarios/new"])  # fmt: skip
def test_every_page_of_a_draft_opens_for_both(client_of, code, page):
    assert client_of("manager").get(f"{BASE}/{code}{page}").status_code == 200
    assert client_of("headoffice").get(f"{OFFICE}/{code}{page}").status_code == 200


def test_a_form_is_begun_from_the_page_with_its_choices(client_of, audited):
    client = client_of("manager")
    chosen = {"set": "REF-AFTERSALES", "kind": "phone", "start": "empty", **NAME}
    assert client.post(f"{BASE}/new", data={**chosen, "name_en": ""}).status_code == 422
    begun = client.post(f"{BASE}/new", data=chosen)
    assert begun.status_code == 303
    page = client.get(begun.location).text
    assert "First part" in page
    assert "1 thing must be mended" not in page  # an empty section, and no question at all


def test_sections_and_questions_are_changed_from_their_pages(app, audited, client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    client.post(f"{at}/sections/new", data={"seen": "0", **NAME})
    edit, content = draft(app, audited, code)
    added = content["sections"][-1]["code"]
    assert edit == 1
    page = client.get(f"{at}/sections/{added}/add").text
    standard = re.search(r'name="standard" id="[^"]+" value="([^"]+)"', page).group(1)
    client.post(f"{at}/sections/{added}/add", data={"seen": "1", "standard": standard})
    _, content = draft(app, audited, code)
    question = content["sections"][-1]["questions"][0]
    assert question["standard"] == standard
    first = next(questions_in(content))[1]["code"]
    change = {
        "seen": "2", "text_zh": "问题", "text_en": "Question", "section": added,
        "na_allowed": "yes", "evidence": "photo", "field": first, "any_of": "no",
    }  # fmt: skip
    assert client.post(f"{at}/questions/{question['code']}", data=change).status_code == 303
    _, content = draft(app, audited, code)
    question = content["sections"][-1]["questions"][0]
    assert question["shown_if"] == {"field": first, "any_of": ["no"]}
    assert (question["na_allowed"], question["evidence"]) == (True, "photo")
    page = client.get(f"{at}/questions/{question['code']}").text
    assert re.search(r'value="no"[^>]*checked|checked[^>]*value="no"', page)


def test_descriptions_and_questions_without_points_are_edited_and_reach_the_tablet(
    app, audited, client_of, code
):
    client, at = client_of("manager"), f"{BASE}/{code}"
    section = draft(app, audited, code)[1]["sections"][0]["code"]
    told = {"prompt_zh": "请写经过", "prompt_en": "Tell what happened", "min_chars": "45"}
    page = f"{at}/sections/{section}"
    assert (
        client.post(page, data={"seen": "0", **NAME, **told, "min_chars": "x"}).status_code == 422
    )
    assert client.post(page, data={"seen": "0", **NAME, **told}).status_code == 303
    assert "Tell what happened" in client.get(page).text
    asked = {"text_zh": "期望", "text_en": "Expected", "when": "before_visit",
             "answer_type": "rating_0_10"}  # fmt: skip
    first = next(questions_in(draft(app, audited, code)[1]))[1]["code"]
    late = {**asked, "seen": "1", "field": first, "any_of": "no"}
    assert client.post(f"{at}/unscored/new", data=late).status_code == 422
    client.post(f"{at}/unscored/new", data={**asked, "seen": "1"})
    client.post(f"{at}/unscored/new", data={**late, "seen": "2", "when": "after_visit"})
    client.post(f"{at}/unscored/U01", data={**asked, "seen": "3", "text_en": "Hoped for"})
    _, content = draft(app, audited, code)
    assert [(q["code"], q["when"]) for q in content["unscored"]] == [
        ("U01", "before_visit"), ("U02", "after_visit"),
    ]  # fmt: skip
    preview = client.get(f"{at}/preview").text
    for words in ("Tell what happened", "Hoped for", "Expected"):
        assert words in preview
    assert client.post(f"{at}/publish", data={"seen": "4"}).status_code == 303
    client.post(f"{at}/unscored/U01/remove", data={"seen": "4"})
    assert [q["code"] for q in draft(app, audited, code)[1]["unscored"]] == ["U02"]
    assert client.get(f"{at}/unscored/U01").status_code == 404


def test_a_question_without_points_that_lacks_a_language_is_named_with_its_page(client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    asked = {"seen": "0", "text_zh": "期望", "when": "after_visit", "answer_type": "text"}
    assert client.post(f"{at}/unscored/new", data=asked).status_code == 303
    assert f'href="{at}/unscored/U01"' in client.get(f"{at}/publish").text


def test_the_second_editor_sees_both_and_nothing_is_overwritten(app, audited, client_of, code):
    at = f"{BASE}/{code}"
    section = draft(app, audited, code)[1]["sections"][0]["code"]
    client_of("headoffice").post(
        f"{OFFICE}/{code}/sections/{section}",
        data={"seen": "0", "name_zh": "他们", "name_en": "Theirs"},
    )
    mine = {"seen": "0", "name_zh": "我的", "name_en": "Mine"}
    manager = client_of("manager")
    conflict = manager.post(f"{at}/sections/{section}", data=mine)
    assert conflict.status_code == 409
    assert "Mine" in conflict.text
    assert f"section {section} changed" in conflict.text
    assert draft(app, audited, code)[1]["sections"][0]["title"]["en"] == "Theirs"
    assert manager.post(f"{at}/sections/{section}", data={**mine, "seen": "1"}).status_code == 303
    assert draft(app, audited, code)[1]["sections"][0]["title"]["en"] == "Mine"


def test_a_number_that_no_draft_ever_had_is_a_change_that_comes_too_late(client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    for seen in ("9" * 30, "9" * 5000, "²", "٣", "-1", ""):
        assert client.post(f"{at}/undo", data={"seen": seen}).status_code == 409
        assert client.post(f"{at}/sections/new", data={"seen": seen, **NAME}).status_code == 409


def test_a_button_that_comes_too_late_changes_nothing(app, audited, client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    _, content = draft(app, audited, code)
    question = question_with_company(content)
    assert client.post(f"{at}/questions/{question}/remove", data={"seen": "0"}).status_code == 303
    late = client.post(f"{at}/questions/{question}/remove", data={"seen": "0"})
    assert late.status_code == 409
    client.post(f"{at}/undo", data={"seen": "1"})
    assert draft(app, audited, code)[1] == content


def test_every_button_that_removes_says_what_was_seen(app, audited, client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    asked = {"text_zh": "期望", "text_en": "Expected", "when": "before_visit"}
    client.post(f"{at}/scenarios/new", data={"seen": "0", **NAME})
    client.post(f"{at}/unscored/new", data={"seen": "1", **asked, "answer_type": "text"})
    content = draft(app, audited, code)[1]
    items = [("sections", content["sections"][-1]), ("unscored", content["unscored"][0])]
    items += [("scenarios", content["scenarios"][0]), ("questions", next(questions_in(content))[1])]
    for edit, (kind, item) in enumerate(reversed(items), 2):
        form = next(
            f for f in client.get(at).text.split("<form") if f"/{kind}/{item['code']}/remove" in f
        )
        assert f'name="seen" value="{edit}"' in form
        url = f"{at}/{kind}/{item['code']}/remove"
        assert client.post(url, data={"seen": str(edit)}).status_code == 303
    assert draft(app, audited, code)[1]["scenarios"] == content["scenarios"][1:]


def test_arrows_and_drops_order_sections(app, audited, client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    before = [section["code"] for section in draft(app, audited, code)[1]["sections"]]
    client.post(f"{at}/sections/order", data={"seen": "0", "move": f"{before[1]}:up"})
    client.post(f"{at}/sections/order", data={"seen": "1", "order": before[::-1]})
    assert [s["code"] for s in draft(app, audited, code)[1]["sections"]] == before[::-1]


def test_a_fault_is_named_in_words_and_keeps_the_form_back(app, audited, client_of, code):
    client, at = client_of("manager"), f"{BASE}/{code}"
    client.post(f"{at}/sections/new", data={"seen": "0", **NAME})
    assert "has no question" in client.get(f"{at}/publish").text
    assert client.post(f"{at}/publish", data={"seen": "1"}).status_code == 422


def test_the_preview_shows_every_section_and_takes_no_answer(app, audited, client_of, code):
    page = client_of("manager").get(f"{BASE}/{code}/preview").text
    assert '<fieldset class="preview-form" disabled' in page
    for section in draft(app, audited, code)[1]["sections"]:
        assert f'id="s-{section["code"]}"' in page
    assert not re.search(r'<section class="screen"[^>]* hidden', page)
    assert "<script" not in page


def test_ten_forms_take_the_page_the_queries_of_one(app, audited, client_of, code):
    client = client_of("manager")
    client.get(BASE)
    with statements_of(app) as one:
        client.get(BASE)
    with app.app_context():
        for _ in range(9):
            forms.begin(audited)
    with statements_of(app) as many:
        assert client.get(BASE).text.count("OWN-") >= 10
    assert len(many) == len(one)
