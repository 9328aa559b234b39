"""The reviewer sees how a form was filled in; nobody else does."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa

from csiapp.core.extensions import db
from tests.factories import audits

pytestmark = pytest.mark.db


@pytest.fixture
def visit_id(app, world):
    with app.app_context():
        audits.install(world)
        visit_id = audits.assign(world)
        audits.submit(world, visit_id, {"V017.comment": "=1+1 said the advisor to me at the desk"})
    return visit_id


def test_the_page_lists_questions_and_the_log_is_safe_csv(client_of, visit_id):
    reviewer = client_of("reviewer")
    at = f"/n/near/d/near/visits/{visit_id}"
    assert "How it was filled in" in reviewer.get(f"{at}/review").text
    page = reviewer.get(f"{at}/paradata").text
    assert page.count('<th scope="row">') > 60
    answer = reviewer.get(f"{at}/paradata.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert (rows[0]["event"], rows[-1]["event"]) == ("form start", "form finalize")
    (comment,) = [row for row in rows if row["node"].endswith("/V017.comment")]
    assert comment["new-value"].startswith("'=1+1")


@pytest.mark.parametrize("person", ["headoffice", "manager", "shopper"])
def test_only_reviewers_see_it(client_of, visit_id, person):
    at = f"/n/near/d/near/visits/{visit_id}/paradata"
    assert client_of(person).get(at).status_code in (403, 404)
    assert client_of(person).get(f"{at}.csv").status_code in (403, 404)


def test_a_long_journal_takes_one_query(app, client_of, visit_id):
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_conn, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    reviewer = client_of("reviewer")
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        reviewer.get(f"/n/near/d/near/visits/{visit_id}/paradata")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in seen if "FROM answer_event" in s]) == 1
