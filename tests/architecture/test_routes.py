"""Every endpoint, by everybody, at home and next door, against a checked-in table.

`pytest tests/architecture/test_routes.py --write-access-table` writes the table anew. The rules
of tests.support.access hold whatever the table says. An endpoint with ids in its address needs
an example in tests/factories/access.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from csiapp.accounts.activity_wording import sentence
from csiapp.accounts.navigation import NAV
from csiapp.core.extensions import limiter
from csiapp.core.permissions import Permission, public, require
from tests.factories.access import SECRET, examples
from tests.support import access
from tests.support.access import NEIGHBOURS, NOBODY, PEOPLE, Example, Row
from tests.support.client import anonymous, csrf_token, sign_in_as
from tests.support.snapshots import Snapshot, fingerprint, fingerprint_of_others, verbs_of

TABLE = Path(__file__).with_name("access_table.toml")
HEAD = """\
# Who gets which status from which endpoint (tests/architecture/test_routes.py). The people are
# those of tests/factories/world.py; `others` are all that are not named, `nobody` is not signed
# in. Written by: pytest tests/architecture/test_routes.py --write-access-table
"""
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Walk:
    """Requests to one database, brought back after each that changed it."""

    def __init__(self, app: Any, world: Any, database: Any) -> None:
        self.app, self.world, self.database = app, world, database
        with app.app_context():
            self.examples = examples(world)
        clients = {p: sign_in_as(app, world.people[p]) for p in (*PEOPLE, *NEIGHBOURS)}
        clients[NOBODY] = anonymous(app)
        self.token = csrf_token(app)
        self.urls = app.url_map.bind("localhost")
        self.cookies = {person: made.get_cookie("s").value for person, made in clients.items()}
        self.snapshot = Snapshot(app, database)
        with database.owner() as connection:
            self.verbs = verbs_of(connection)
            self.before = fingerprint(connection)
            self.others_before = fingerprint_of_others(connection, *self.home)

    @property
    def home(self) -> tuple[int, int]:
        return self.world.dealerships["near"], self.world.networks["near"]

    def client(self, person: str) -> FlaskClient:
        """Fresh, so that no answer's cookie is there at the next request."""
        client = self.app.test_client()
        client.set_cookie("s", self.cookies[person])
        client.environ_base["HTTP_X_CSRFTOKEN"] = self.token
        return client

    def ask(
        self, rule: Rule, method: str, person: str, arguments: dict[str, Any], token: str | None
    ) -> TestResponse:
        """One request; afterwards the database is as before. Neighbours' rows never change."""
        limiter._fallback_storage.reset()
        example = self.examples.get(rule.endpoint, Example())
        headers = dict(example.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = {"json": example.json} if example.json is not None else {"data": example.form}
        if method not in UNSAFE:
            body = {}
        url = self.urls.build(rule.endpoint, {**arguments, **example.query}, method)
        answer = self.client(person).open(
            url, method=method, headers=headers, buffered=True, **body
        )
        if not self.snapshot.may_have_changed():
            return answer
        what = f"{method} {url} by {person}"
        may_write = method in UNSAFE and answer.status_code < 400
        with self.database.owner() as connection:
            self.verbs |= verbs_of(connection)
            others = fingerprint_of_others(connection, *self.home)
            assert others == self.others_before, f"{what} changed neighbours' rows"
            if not may_write:
                assert fingerprint(connection) == self.before, f"{what} was refused and wrote"
        self.snapshot.bring_back()
        return answer


@pytest.fixture(scope="module")
def kept_walks() -> list[Walk]:
    return []


@pytest.fixture
def walk(app, world, database, kept_walks) -> Iterator[Walk]:
    """One stage for all tests here, brought back for each."""
    if kept_walks:
        kept_walks[0].snapshot.bring_back()
    else:
        kept_walks.append(Walk(app, world, database))
    yield kept_walks[0]
    kept_walks[0].snapshot.close()


def _statuses(walk: Walk, rule: Rule, method: str, people: Iterable[str]) -> dict[str, int]:
    example = walk.examples.get(rule.endpoint)
    own = access.own_arguments(rule, example)
    found = {}
    for person in people:
        answer = walk.ask(rule, method, person, own, None)
        found[person] = answer.status_code
        _check_body(answer, f"{method} {rule.rule}", person)
    return found


def _check_body(answer: TestResponse, what: str, person: str) -> None:
    text = answer.get_data(as_text=False).decode("utf-8", "replace")
    if person in {"manager", "staff", "shopper"}:
        assert SECRET not in text, f"{what} shows {person} what is next door"
        assert "Test dealership next" not in text, f"{what} shows {person} what is next door"
    if not person.startswith("far_"):
        assert "Test dealership far" not in text, f"{what} shows {person} another network"
    assert "Traceback" not in text


def _foreign_requests(walk: Walk, rule: Rule) -> list[tuple[str, dict[str, Any]]]:
    """What a person of "near" might try: another place's name, or another place's ids."""
    example = walk.examples.get(rule.endpoint)
    own = access.own_arguments(rule, example)
    tries = [
        (f"{name}={slug}", own | {name: slug})
        for name, slugs in (
            ("network", ("far",)),
            ("dealership", ("next", "far")),
            ("set_code", ("NO-SUCH-SET",)),
        )
        if name in rule.arguments
        for slug in slugs
        if not (slug == "next" and "network" in rule.arguments)  # head office's own dealership
    ]
    if example is not None and example.foreign:
        tries.append(("a foreign id", own | dict(example.foreign)))
    elif rule.arguments - access.PLACES.keys() and not rule.endpoint.startswith("links."):
        raise LookupError(f"the example of {rule.endpoint} has no foreign ids")
    return tries


@pytest.mark.db
def test_everybody_gets_what_the_table_says(walk, request):
    """On PostgreSQL only by those who may use the endpoint: all others are refused by their
    roles, before a row behind the walls is asked for; the run on SQLite sees them."""
    everybody = (*PEOPLE, *NEIGHBOURS, NOBODY)
    table = access.read_table(TABLE)
    found: dict[str, Row] = {}
    for (method, endpoint), rule in access.targets(walk.app):
        needs = access.needs_of(walk.app, endpoint)
        assert needs, f"{endpoint} carries neither @require nor @public"
        key = access.key_of((method, endpoint))
        if walk.database.settings.sqlite or key not in table:
            statuses = _statuses(walk, rule, method, everybody)
        else:
            statuses = {person: table[key].of(person) for person in everybody}
            statuses |= _statuses(walk, rule, method, access.holders(rule.rule, needs))
        found[key] = access.row_of(rule.rule, needs, statuses)
    broken = {key: problems for key, row in found.items() if (problems := access.broken_rules(row))}
    assert broken == {}
    if request.config.getoption("--write-access-table"):
        access.write_table(TABLE, found, HEAD)
        table = found
    assert access.differences(found, table) == []
    unnamed = {verb for verb in walk.verbs if sentence(verb, {}) == verb}
    assert unnamed == set(), "no sentence for these"


@pytest.mark.db
def test_what_belongs_to_others_does_not_exist(walk):
    wrong = []
    for (method, endpoint), rule in access.targets(walk.app):
        needs = access.needs_of(walk.app, endpoint)
        for what, arguments in _foreign_requests(walk, rule):
            for person in access.holders(rule.rule, needs):
                answer = walk.ask(rule, method, person, arguments, None)
                _check_body(answer, f"{method} {rule.rule}", person)
                expected = (401,) if rule.rule.startswith("/api/") else (403, 404)
                if answer.status_code not in expected:
                    wrong.append(f"{method} {endpoint}, {what}: {person} got {answer.status_code}")
    assert wrong == []


@pytest.mark.db
def test_a_tablets_token_opens_its_own_visit_only(walk):
    for (method, endpoint), rule in access.targets(walk.app):
        example = walk.examples.get(endpoint)
        if example is None or example.token is None:
            assert not rule.rule.startswith("/api/"), f"{endpoint} needs an example with tokens"
            continue
        own = dict(example.own)
        assert walk.ask(rule, method, NOBODY, own, example.token).status_code in (200, 422, 409)
        for token, arguments in (
            (example.foreign_token, own),
            (example.token, {**own, **example.foreign}),
            ("no-such-token", own),
        ):
            answer = walk.ask(rule, method, NOBODY, arguments, token)
            assert answer.status_code == 401, (endpoint, answer.status_code)


# ------------------------------------------------------------------ the walk finds what is wrong


def _app_with(view: Callable[..., str], rule: str = "/t/<dealership>/made") -> Flask:
    app = Flask("made")
    app.add_url_rule(rule, "made.view", view)
    return app


def _row(**status: int) -> Row:
    rest = {access.OTHERS: 404, NOBODY: 303}
    return Row("/t/<dealership>/made", Permission.STANDARDS_READ.value, rest | status)


def test_a_view_without_a_mark_is_found():
    def unmarked() -> str:
        return ""

    assert access.needs_of(_app_with(unmarked), "made.view") == ""
    assert access.needs_of(_app_with(public("a test")(unmarked)), "made.view") == "public"
    marked = require(Permission.STANDARDS_READ)(lambda: "")
    assert access.needs_of(_app_with(marked), "made.view") == "standards.read"


def test_an_endpoint_with_ids_and_no_example_is_found():
    app = _app_with(lambda: "", "/t/<dealership>/made/<uuid:made_id>")
    ((_target, rule),) = access.targets(app)
    with pytest.raises(LookupError, match="give an example"):
        access.own_arguments(rule, None)
    with pytest.raises(LookupError, match="lacks"):
        access.own_arguments(rule, Example(own={"other_id": 1}))


def test_a_missing_row_a_stale_row_and_a_changed_status_are_found():
    row = _row(manager=200, staff=200)
    assert access.differences({"GET a.b": row}, {"GET a.b": row}) == []
    (missing,) = access.differences({"GET a.b": row}, {})
    assert "not in the table" in missing
    (stale,) = access.differences({}, {"GET a.b": row})
    assert "no such endpoint" in stale
    (changed,) = access.differences({"GET a.b": _row(manager=200, staff=403)}, {"GET a.b": row})
    assert "staff got 403, the table says 200" in changed


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"manager": 500}, "manager got 500"),
        ({"next_manager": 200}, "next_manager got 200"),
        ({"headoffice": 200}, "headoffice got 200"),
        ({"nobody": 200}, "nobody got 200"),
        ({"staff": 404}, "staff got 404"),
    ],
)
def test_a_leak_cannot_be_written_into_the_table(status, words):
    right = {"manager": 200, "staff": 200}
    assert access.broken_rules(_row(**right)) == []
    assert any(words in problem for problem in access.broken_rules(_row(**{**right, **status})))


def test_a_role_without_the_permission_must_be_refused():
    row = Row(
        "/t/<dealership>/made",
        Permission.STANDARDS_EDIT.value,
        {"others": 404, "nobody": 303, "manager": 200, "staff": 200},
    )
    assert access.broken_rules(row) == ["staff got 200, which is none of (403,)"]


def test_the_table_is_read_as_it_was_written(tmp_path):
    rows: dict[str, Row] = {"GET a.b": _row(manager=200), "POST a.b": _row()}
    access.write_table(tmp_path / "table.toml", rows, HEAD)
    assert access.read_table(tmp_path / "table.toml") == rows


def test_every_entry_of_the_navigation_leads_somewhere(session_app):
    endpoints = {entry.endpoint for entries in NAV.values() for entry in entries}
    assert endpoints - session_app.view_functions.keys() == set()
