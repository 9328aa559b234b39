"""The editor of a draft and the publication, as the manager uses them."""

from __future__ import annotations

import re

import pytest

from csiapp.standards import queries
from csiapp.standards.services import publish
from tests.factories.standards import at_work, the_set
from tests.support.html_form import fields_of

pytestmark = pytest.mark.db

BASE = "/t/near/standards/REF-AFTERSALES"
HTMX = {"HX-Request": "true"}
TIMED = "ST020101"  # answered within 3 rings
LOCKED = "ST050201"  # all six covers: critical, so locked

WRONG_VALUES = (
    ("target", "", "Type the target."),
    ("target", "many", "Not a valid decimal value."),
    ("target", "-1", "Type a number from 0"),
    ("target", "NaN", "Not a valid decimal value."),
    ("target", "-Infinity", "Not a valid decimal value."),
    ("target", "1e30", "Type a number from 0"),
    ("target", "1.23456", "Use at most three decimals."),
    ("tolerance", "", "Type the tolerance"),
    ("operator", "==", "Not a valid choice"),
    ("unit", "parsec", "Not a valid choice"),
    ("importance", "6", "Not a valid choice"),
    ("evidence", "word", "Not a valid choice"),
    ("courses", "TC99", "not a valid choice"),
    ("statement_en", "", "The English text cannot be emptied"),
    ("statement_zh", "长" * 501, "Use at most 500 characters."),
)

MINE = f"{TIMED}-theirs-statement_en"
"""The field that says whose English statement is kept."""


def _text(response) -> str:
    return response.get_data(as_text=True)


def _form_of(client, code: str) -> dict[str, object]:
    """What the form of a standard would send."""
    return fields_of(_text(client.get(f"{BASE}/draft/items/standard/{code}", headers=HTMX)))


def _save(client, code: str, *, headers=HTMX, **changes):
    fields = {**_form_of(client, code), **{f"{code}-{n}": v for n, v in changes.items()}}
    return client.post(f"{BASE}/draft/items/standard/{code}", data=fields, headers=headers)


# ------------------------------------------------------------------------------------- editing


def test_an_arrow_moves_a_step_and_answers_with_the_list_alone(draft, client_of):
    client = client_of("manager")
    response = client.post(
        f"{BASE}/draft/order", data={"move": "S02:up", "selected": "S01"}, headers=HTMX
    )
    html = _text(response)
    assert response.status_code == 200
    assert "<html" not in html
    assert re.findall(r'data-sort-id="([^"]+)"', html)[:3] == ["S02", "S01", "S03"]


def test_without_scripts_an_arrow_comes_back_to_the_page(draft, client_of):
    response = client_of("manager").post(
        f"{BASE}/draft/order", data={"move": "S02:up", "selected": "S05"}
    )
    assert response.status_code == 303
    assert response.headers["Location"].endswith("/draft/steps/S05")


def test_a_stale_drop_gets_the_order_as_it_stands_and_says_so(draft, client_of):
    client = client_of("manager")
    html = _text(client.get(f"{BASE}/draft"))
    seen = re.search(r'name="seen" value="([^"]+)"', html)[1]
    codes = re.findall(r'data-sort-id="([^"]+)"', html)
    client.post(f"{BASE}/draft/order", data={"move": "S02:up"})
    response = client.post(
        f"{BASE}/draft/order", data={"order": codes[::-1], "seen": seen}, headers=HTMX
    )
    assert response.status_code == 409
    assert re.findall(r'data-sort-id="([^"]+)"', _text(response))[:2] == ["S02", "S01"]
    assert "moved by somebody else" in _text(response)


def test_a_star_says_what_shall_be_so_that_two_taps_are_one(draft, client_of):
    client = client_of("manager")
    url = f"{BASE}/draft/key-factors/KF0101"
    for _tap in range(2):
        response = client.post(url, data={"is_key": "0"}, headers=HTMX)
        assert 'aria-pressed="false"' in _text(response)


def test_a_saved_standard_is_shown_in_its_place(draft, client_of):
    response = _save(client_of("manager"), TIMED, target="2", statement_zh="铃响2声内接听")
    assert response.status_code == 200
    assert "at most 2 rings" in _text(response)
    assert "Saved." in _text(response)


def test_without_scripts_a_save_comes_back_to_the_standard(draft, client_of):
    response = _save(client_of("manager"), TIMED, headers=None, target="2")
    assert response.status_code == 303
    assert response.headers["Location"].endswith(f"/draft/steps/S02#{TIMED}")


def test_a_wrong_value_is_named_and_what_was_typed_stays(draft, client_of):
    client = client_of("manager")
    for field, value, message in WRONG_VALUES:
        response = _save(client, TIMED, **{"statement_zh": "打来的电话", field: value})
        html = _text(response)
        assert (field, value, response.status_code) == (field, value, 422)
        assert message in html
        assert 'class="error-summary"' in html
        assert field == "statement_zh" or "打来的电话" in html


@pytest.mark.parametrize(("level", "code"), [("step", "S02"), ("sub_step", "S02.1")])
def test_a_refused_form_comes_back_in_its_own_place(draft, client_of, level, code):
    url = f"{BASE}/draft/items/{level}/{code}"
    client = client_of("manager")
    fields = fields_of(_text(client.get(url, headers=HTMX))) | {f"{code}-name_en": ""}
    response = client.post(url, data=fields, headers=HTMX)
    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == "closest .item-open"
    assert "The English text cannot be emptied" in _text(response)


def test_a_wrong_answer_of_a_choice_is_named(draft, client_of):
    response = _save(client_of("manager"), TIMED, measure_type="choice")
    assert response.status_code == 422
    assert "Write at least two answers." in _text(response)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity"])
@pytest.mark.parametrize("code", ["ST020202", "ST010102"])
def test_what_is_no_number_is_refused_wherever_one_is_compared(draft, client_of, code, value):
    client = client_of("manager")
    answer = {"options-0-label_zh": "全部", "options-0-label_en": "All", "options-0-score": value}
    for typed in ({"target": value}, {"measure_type": "choice", **answer, "options-1-score": "0"}):
        assert _save(client, code, **typed).status_code == 422


@pytest.mark.parametrize(("code", "value"), [("ST020202", "11"), ("ST010102", "101")])
def test_a_rating_ends_at_10_and_a_percentage_at_100(draft, client_of, code, value):
    response = _save(client_of("manager"), code, target=value)
    assert response.status_code == 422
    assert "The target is at most" in _text(response)


def test_the_second_editor_gets_409_with_both_versions(draft, client_of):
    first, second = client_of("manager"), client_of("manager")
    fields = _form_of(second, TIMED) | {f"{TIMED}-statement_en": "Typed by the second"}
    _save(first, TIMED, statement_en="Saved by the first")
    url = f"{BASE}/draft/items/standard/{TIMED}"
    response = second.post(url, data=fields, headers=HTMX)
    html = _text(response)
    assert response.status_code == 409
    assert "Saved by the first" in html
    assert "Typed by the second" in html
    assert "Choose what to keep of each" in html
    again = second.post(url, data=fields_of(html) | {MINE: "mine"}, headers=HTMX)
    assert again.status_code == 200
    assert "Typed by the second" in _text(again)


def test_after_a_conflict_nothing_is_chosen_for_the_person(draft, client_of):
    first, second = client_of("manager"), client_of("manager")
    fields = _form_of(second, TIMED) | {
        f"{TIMED}-statement_en": "Typed by the second",
        f"{TIMED}-target": "1",
    }
    _save(first, TIMED, statement_en="Saved by the first")
    url = f"{BASE}/draft/items/standard/{TIMED}"
    asked = fields_of(_text(second.post(url, data=fields, headers=HTMX)))
    assert MINE not in asked
    asked |= {f"{TIMED}-asked": ["statement_en", "target"]}
    for answers in ({}, {MINE: "theirs"}):
        html = _text(second.post(url, data=asked | answers, headers=HTMX))
        assert "Choose a version of every field that differs." in html
        assert "Typed by the second" in html
        assert fields_of(html).get(MINE) == ([answers[MINE]] if answers else None)
    page = _text(second.get(f"{BASE}/draft/items/standard/{TIMED}", headers=HTMX))
    assert "Saved by the first" in page
    done = asked | {MINE: "theirs", f"{TIMED}-theirs-target": "mine"}
    saved = second.post(url, data=done, headers=HTMX)
    assert saved.status_code == 200
    assert "at most 1 ring" in _text(saved)


def test_after_a_conflict_each_field_can_be_kept_as_the_other_stored_it(draft, client_of):
    first, second = client_of("manager"), client_of("manager")
    fields = _form_of(second, TIMED) | {
        f"{TIMED}-statement_en": "Typed by the second",
        f"{TIMED}-target": "1",
    }
    _save(first, TIMED, statement_en="Saved by the first")
    url = f"{BASE}/draft/items/standard/{TIMED}"
    html = _text(second.post(url, data=fields, headers=HTMX))
    chosen = fields_of(html) | {MINE: "theirs", f"{TIMED}-theirs-target": "mine"}
    saved = _text(second.post(url, data=chosen, headers=HTMX))
    assert "Saved by the first" in saved
    assert "at most 1 ring" in saved


def test_a_form_of_a_draft_that_was_published_meanwhile_is_told_so(app, draft, client_of):
    client = client_of("manager")
    fields = _form_of(client, TIMED) | {f"{TIMED}-target": "2"}
    with app.app_context(), at_work(draft.tenant()):
        row = queries.find_standard(queries.draft_version(the_set()).id, TIMED).standard
        row.evidence = "none"
        publish(the_set(), "Meanwhile", queries.draft_version(the_set()).edit)
    response = client.post(f"{BASE}/draft/items/standard/{TIMED}", data=fields, headers=HTMX)
    assert response.status_code == 404
    assert "start a new one" in _text(response)


def test_a_locked_standard_shows_why_and_has_no_field_for_its_measure(draft, client_of):
    html = _text(client_of("manager").get(f"{BASE}/draft/items/standard/{LOCKED}"))
    assert "the same at every dealership" in html
    assert f'name="{LOCKED}-target"' not in html
    assert f'name="{LOCKED}-statement_zh"' in html


def test_a_forged_field_of_a_locked_standard_is_refused_with_the_reason(draft, client_of):
    client = client_of("manager")
    names = ("target", "tolerance", "operator", "unit", "importance", "critical", "good_answer")
    for name in names:
        response = _save(client, LOCKED, **{name: "1"})
        assert (name, response.status_code) == (name, 403)
        assert "network" in _text(response)


def test_what_people_type_is_text_and_never_markup(draft, client_of):
    client = client_of("manager")
    attack = "<img src=x onerror=alert(1)>\"'{{ 7*7 }}"
    assert _save(client, TIMED, statement_en=attack).status_code == 200
    for path in ("/draft/steps/S02", "/draft/publish", f"/draft/items/standard/{TIMED}"):
        html = _text(client.get(BASE + path))
        assert "<img" not in html.split("<main", 1)[1]
        assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_control_characters_do_not_reach_the_database(app, draft, client_of):
    _save(client_of("manager"), TIMED, statement_en="Two\x0b lines\r\nof text")
    with app.app_context(), at_work(draft.tenant()):
        row = queries.find_standard(queries.draft_version(the_set()).id, TIMED).standard
        assert row.statement["en"] == "Two lines of text"


def test_discarding_leads_back_to_what_is_published(draft, client_of):
    client = client_of("manager")
    assert client.post(f"{BASE}/draft/discard").status_code == 303
    assert "The draft is discarded" in _text(client.get(BASE))


# ---------------------------------------------------------------------------------- publishing


def test_the_review_shows_what_changed_in_words(draft, client_of):
    client = client_of("manager")
    _save(client, TIMED, target="2", statement_en="The booking call is answered within 2 rings")
    html = _text(client.get(f"{BASE}/draft/publish"))
    for words in ("at most 3 rings, zero at 6", "at most 2 rings, zero at 5", "within 2 rings"):
        assert words in html


def test_an_unchanged_draft_cannot_be_published(draft, client_of):
    html = _text(client_of("manager").get(f"{BASE}/draft/publish"))
    assert "Nothing differs" in html
    assert 'name="reason"' not in html


def test_a_problem_is_named_with_a_link_to_its_item_and_bars_publishing(app, draft, client_of):
    with app.app_context(), at_work(draft.tenant()):
        version = queries.draft_version(the_set()).id
        queries.find_standard(version, TIMED).standard.target = None
        queries.find_key_factor(version, "KF0101")[0].customer_demand = {}
    client = client_of("manager")
    html = _text(client.get(f"{BASE}/draft/publish"))
    assert f'href="{BASE}/draft/items/standard/{TIMED}"' in html
    assert f'href="{BASE}/draft/steps/S01#KF0101"' in html
    assert 'name="reason"' not in html
    forced = client.post(f"{BASE}/draft/publish", data={"edit": "0", "reason": "Anyway"})
    assert forced.status_code == 422


def test_publishing_needs_a_reason_on_the_page_too(draft, client_of):
    client = client_of("manager")
    _save(client, TIMED, target="2")
    response = client.post(f"{BASE}/draft/publish", data={"edit": "1", "reason": " "})
    assert response.status_code == 422
    assert "Say why" in _text(response)


def test_a_review_that_is_out_of_date_is_shown_again(draft, client_of):
    client = client_of("manager")
    _save(client, TIMED, target="2")
    _save(client, TIMED, target="1")
    response = client.post(f"{BASE}/draft/publish", data={"edit": "1", "reason": "Because"})
    assert response.status_code == 409
    assert "The draft changed while you looked" in _text(response)
    assert "Because" in _text(response)


def test_publishing_leads_to_history_and_comparison(draft, client_of, forms_built, run_jobs):
    client = client_of("manager")
    _save(client, TIMED, target="2")
    response = client.post(f"{BASE}/draft/publish", data={"edit": "1", "reason": "Ring <less>"})
    assert response.status_code == 303
    run_jobs()
    assert len(forms_built) == 2
    history = _text(client.get(f"{BASE}/history"))
    assert "Ring &lt;less&gt;" in history
    assert "Test manager" in history
    compared = _text(client.get(f"{BASE}/compare?left=1&right=2"))
    assert "at most 2 rings, zero at 5" in compared
    assert "<html" not in _text(client.get(f"{BASE}/compare?left=1&right=2", headers=HTMX))
    assert "is retired" in _text(client.get(f"{BASE}?version=1"))
