"""The rules of an effective standard, while it is typed and when it is to be published."""

from __future__ import annotations

import re

import pytest

from csiapp.standards import queries
from csiapp.standards.effectiveness import checks_of_row
from tests.factories.standards import at_work, the_set

pytestmark = pytest.mark.db

BASE = "/t/near/standards/REF-AFTERSALES"
HTMX = {"HX-Request": "true"}
TIMED = "ST020101"
FACTOR = "KF0201"


def _typed(client, query="", **fields):
    data = {f"{TIMED}-{name}": value for name, value in fields.items()}
    response = client.post(
        f"{BASE}/draft/key-factors/{FACTOR}/check{query}", data=data, headers=HTMX
    )
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_a_vague_word_is_flagged_as_it_is_typed_with_the_reason(draft, client_of):
    html = _typed(
        client_of("manager"),
        statement_zh="及时接听客户来电",
        statement_en="The call is answered promptly",
        measure_type="yes_no",
        good_answer="1",
    )
    assert "“及时” has no measure." in html
    assert "“promptly” has no measure. There is no limit of time." in html
    assert html.count("rule-bad") == 1


def test_a_measure_mends_it(draft, client_of):
    html = _typed(
        client_of("manager"),
        statement_zh="及时接听客户来电",
        statement_en="The call is answered promptly",
        measure_type="duration",
        operator="<=",
        target="10",
        unit="second",
        tolerance="5",
    )
    assert "rule-bad" not in html
    assert "at most 10 seconds" in html


def test_half_typed_numbers_are_missing_ones(draft, client_of):
    html = _typed(
        client_of("manager"),
        statement_en="Answered within some rings",
        measure_type="count",
        target="1e",
        operator="<=",
        unit="rings",
        tolerance="NaN",
    )
    assert "The target is missing." in html
    assert "The tolerance is missing." in html


def test_answers_of_a_choice_are_checked_too(draft, client_of):
    answers = {
        "options-0-label_zh": "全部",
        "options-0-label_en": "All",
        "options-0-score": "1",
        "options-1-label_zh": "",
        "options-1-label_en": "None",
        "options-2-label_zh": "",
        "options-2-label_en": "",
        "options-2-score": "",
    }
    fields = {"statement_en": "Papers are handed over", "measure_type": "choice"}
    client = client_of("manager")
    assert "One option must score everything" in _typed(client, **fields, **answers)
    assert "rule-bad" not in _typed(client, **fields, **answers, **{"options-1-score": "0"})


def test_what_the_form_does_not_have_is_as_stored(draft, client_of):
    html = _typed(client_of("manager"), f"?standard={TIMED}", statement_en="")
    assert "rule-bad" not in html
    assert "at most 3 rings" in html


def test_a_key_factor_without_a_demand_is_said_where_the_standard_stands(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        version = queries.draft_version(the_set()).id
        factor = queries.find_key_factor(version, FACTOR)[0]
        row = queries.find_standard(version, TIMED).standard
        assert [check.tone for check in checks_of_row(row, factor)] == ["ok", "ok", "ok"]
        factor.customer_demand = {"zh": "", "en": " "}
        assert [check.tone for check in checks_of_row(row, factor)] == ["ok", "ok", "bad"]


def test_publishing_is_refused_with_the_word_and_a_link_to_the_standard(app, draft, client_of):
    with app.app_context(), at_work(draft.tenant()):
        row = queries.find_standard(queries.draft_version(the_set()).id, "ST030302").standard
        row.statement = {"zh": "服务顾问热情接待", "en": "The advisor is friendly"}
    client = client_of("manager")
    html = client.get(f"{BASE}/draft/publish").get_data(as_text=True)
    assert "“friendly” has no measure." in html
    assert re.search(rf'href="{BASE}/draft/[^"]*ST030302"', html)
    assert 'name="reason"' not in html
    forced = client.post(f"{BASE}/draft/publish", data={"edit": "0", "reason": "Anyway"})
    assert forced.status_code == 422
