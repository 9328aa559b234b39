"""The reviewer sees how a form was filled in; nobody else does."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa

from csiapp.audits.queries.answers import ordered_answers
from csiapp.audits.queries.journal import journal_of, unusual_in
from csiapp.audits.queries.visits import answers_of
from csiapp.audits.services.answers import fill_in
from csiapp.core.clock import utcnow
from csiapp.core.errors import Invalid
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from tests.factories import audits
from tests.factories.standards import at_work

pytestmark = pytest.mark.db


@pytest.fixture
def formula_visit(audited, states):
    def build():
        visit_id = audits.assign(audited)
        formula = "=1+1 said the advisor to me at the desk"
        audits.submit(audited, visit_id, {"V017.comment": formula})
        return visit_id

    return states.reach("formula_visit", build)


def test_the_page_lists_questions_and_the_log_is_safe_csv(client_of, formula_visit):
    reviewer = client_of("reviewer")
    at = f"/n/near/d/near/visits/{formula_visit}"
    assert "How it was filled in" in reviewer.get(f"{at}/review").text
    page = reviewer.get(f"{at}/paradata").text
    assert page.count('<th scope="row">') > 60
    answer = reviewer.get(f"{at}/paradata.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert (rows[0]["event"], rows[-1]["event"]) == ("form start", "form finalize")
    (comment,) = [row for row in rows if row["node"].endswith("/V017.comment")]
    assert comment["new-value"].startswith("'=1+1")


def test_looks_are_no_answers_and_reach_the_page_and_the_log(app, audited, client_of):
    now = int(utcnow().timestamp() * 1000)
    looks = [["V017", now - 90_000, 61_000], ["V018", now - 29_000, 4_000]]
    with app.app_context():
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id, {"focus": looks})
        with entered(audited.tenant()):
            assert "focus" not in answers_of(visit_id)
            assert "focus" not in ordered_answers(visit_id)
            assert unusual_in(visit_id).late == 0
            fields = {line.event.field for line in journal_of(visit_id, 1).items}
            assert "focus" not in fields
    at = f"/n/near/d/near/visits/{visit_id}"
    reviewer = client_of("reviewer")
    log = reviewer.get(f"{at}/paradata.csv").text.removeprefix("\ufeff")
    spent = [
        int(row["end"]) - int(row["start"])
        for row in csv.DictReader(io.StringIO(log, newline=""))
        if row["node"].endswith("/V017")
    ]
    assert 61_000 in spent
    assert ">61<" in reviewer.get(f"{at}/paradata").text


@pytest.mark.parametrize(
    "value",
    [None, "V017", [["V017", 1]], [["V017", 1, 0]], [["v017", 1, 5]], [["V017", -1, 5]],
     [["V017", 1, 5]] * 201, [["V017", True, 5]], [["V017", 1, 90_000_000]]],
)  # fmt: skip
def test_looks_that_cannot_be_are_refused(app, audited, good_submission, value):
    with (
        app.app_context(),
        pytest.raises(Invalid),
        at_work(audits.acting(audited, "shopper")),
    ):
        fill_in(good_submission, {"focus": value})


@pytest.mark.parametrize("person", ["headoffice", "manager", "shopper"])
def test_only_reviewers_see_it(client_of, formula_visit, person):
    at = f"/n/near/d/near/visits/{formula_visit}/paradata"
    assert client_of(person).get(at).status_code in (403, 404)
    assert client_of(person).get(f"{at}.csv").status_code in (403, 404)


def test_a_long_journal_takes_one_query(app, client_of, formula_visit):
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_conn, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    reviewer = client_of("reviewer")
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        reviewer.get(f"/n/near/d/near/visits/{formula_visit}/paradata")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in seen if "FROM answer_event" in s]) == 1
