"""Who gets which answer from which endpoint: the walk over the URL map, and its table."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from csiapp.core.permissions import (
    ROLE_PERMISSIONS,
    SCOPE_KIND_OF_ROLE,
    Permission,
    Role,
    access_of,
)
from csiapp.core.tenancy import ScopeKind

NOBODY = "nobody"
OTHERS = "others"
PEOPLE = {
    "admin": Role.ADMIN,
    "headoffice": Role.HEAD_OFFICE,
    "reviewer": Role.REVIEWER,
    "shopper": Role.SHOPPER,
    "manager": Role.MANAGER,
    "staff": Role.STAFF,
}
"""Who belongs to network "near" and dealership "near", with the role held there."""

NEIGHBOURS = ("other_shopper", "next_manager", "far_manager", "far_headoffice", "far_shopper")
PLACES = {"network": "near", "dealership": "near", "set_code": "REF-AFTERSALES"}


@dataclass(frozen=True)
class Example:
    """How an endpoint is reached. `own` are ids of dealership "near" (of the visit of person
    "shopper" below /v/); `foreign` are ids that nobody of "near" may reach: of another
    dealership, network or shopper."""

    own: Mapping[str, object] = field(default_factory=dict)
    foreign: Mapping[str, object] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    """The bearer token of the tablet's API; `foreign_token` is another visit's."""
    foreign_token: str | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table: an endpoint with one method, and each person's status."""

    rule: str
    needs: str
    status: Mapping[str, int]

    def of(self, person: str) -> int:
        return self.status.get(person, self.status[OTHERS])


Target = tuple[str, str]
"""(method, endpoint)"""


def targets(app: Flask) -> Iterator[tuple[Target, Rule]]:
    """Every method of every rule, but for the static files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.endpoint, r.rule)):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield (method, rule.endpoint), rule


def needs_of(app: Flask, endpoint: str) -> str:
    """What the view is marked with, as the table says it. Empty for an unmarked view."""
    mark = access_of(app.view_functions[endpoint])
    if mark is None:
        return ""
    return mark.value if isinstance(mark, Permission) else "public"


def key_of(target: Target) -> str:
    return " ".join(target)


def row_of(rule: str, needs: str, statuses: Mapping[str, int]) -> Row:
    """The shortest way to write down everybody's status: the most frequent is `others`."""
    common, _count = Counter(statuses.values()).most_common(1)[0]
    rest = {person: status for person, status in statuses.items() if status != common}
    return Row(rule, needs, {**rest, OTHERS: common})


def read_table(path: Path) -> dict[str, Row]:
    table = tomllib.loads(path.read_text("utf-8"))
    return {key: Row(**values) for key, values in table.items()}


def write_table(path: Path, rows: Mapping[str, Row], head: str) -> None:
    parts = [head]
    for key in sorted(rows, key=lambda k: k.split(" ")[::-1]):
        row = rows[key]
        status = ", ".join(f"{person} = {number}" for person, number in row.status.items())
        parts.append(
            f'["{key}"]\nrule = "{row.rule}"\nneeds = "{row.needs}"\nstatus = {{ {status} }}\n'
        )
    path.write_text("\n".join(parts), "utf-8")


def differences(found: Mapping[str, Row], table: Mapping[str, Row]) -> list[str]:
    """What the table does not say, or says wrongly, in words. Empty when it is right."""
    problems = [f"{key}: not in the table" for key in found.keys() - table.keys()]
    problems += [
        f"{key}: in the table, but there is no such endpoint" for key in table.keys() - found.keys()
    ]
    for key in found.keys() & table.keys():
        is_, said = found[key], table[key]
        if (is_.rule, is_.needs) != (said.rule, said.needs):
            problems.append(f"{key}: is {is_.rule} for {is_.needs!r}, the table says {said}")
        problems += [
            f"{key}: {person} got {is_.of(person)}, the table says {said.of(person)}"
            for person in (*PEOPLE, *NEIGHBOURS, NOBODY)
            if is_.of(person) != said.of(person)
        ]
    return sorted(problems)


KIND_OF_PREFIX = {
    "/t/": ScopeKind.TENANT,
    "/n/": ScopeKind.NETWORK,
    "/s/": ScopeKind.SHOPPER,
    "/v/": ScopeKind.SHOPPER,
}


def broken_rules(row: Row) -> list[str]:
    """What must hold whatever the table says, so that writing it anew cannot bless a leak."""
    everybody = (*PEOPLE, *NEIGHBOURS)
    down = 503 if row.rule == "/readyz" else None  # these tests run without a queue
    problems = [
        f"{who} got {row.of(who)}"
        for who in everybody
        if row.of(who) >= 500 and row.of(who) != down
    ]
    if row.needs == "public":
        return problems
    if row.of(NOBODY) not in (303, 401):
        problems.append(f"{NOBODY} got {row.of(NOBODY)}")
    allowed = _allowed(row)
    problems += [
        f"{who} got {row.of(who)}, which is none of {statuses}"
        for who, statuses in allowed.items()
        if row.of(who) not in statuses
    ]
    return problems


SERVED = (200, 204, 302, 303, 409, 410, 413, 422)


def holders(rule: str, needs: str) -> list[str]:
    """Who may use an endpoint at "near": those to whom its neighbours must stay hidden."""
    kind = KIND_OF_PREFIX.get(rule[:3])
    return [
        person
        for person, role in PEOPLE.items()
        if (kind is None or SCOPE_KIND_OF_ROLE[role] is kind)
        and (needs in (Permission.SIGNED_IN, "public") or needs in ROLE_PERMISSIONS[role])
    ]


def _allowed(row: Row) -> dict[str, tuple[int, ...]]:
    """A stranger to the place gets 404; a role that may not, 403; all others an answer."""
    everybody = (*PEOPLE, *NEIGHBOURS)
    if row.rule.startswith("/api/"):  # the tablet's token counts, not who is signed in
        return dict.fromkeys(everybody, (401,))
    kind = KIND_OF_PREFIX.get(row.rule[:3])
    if kind is None:
        return dict.fromkeys(everybody, (*SERVED, 404))  # one's own things, not a place's
    allowed = dict.fromkeys(NEIGHBOURS, (404,))
    if row.rule.startswith("/s/"):
        allowed["other_shopper"] = SERVED
    for person, role in PEOPLE.items():
        allowed[person] = (403,) if SCOPE_KIND_OF_ROLE[role] is kind else (404,)
    return allowed | dict.fromkeys(holders(row.rule, row.needs), SERVED)


def own_arguments(rule: Rule, example: Example | None) -> dict[str, object]:
    """The arguments of the rule's own URL. Raises LookupError where an example is missing."""
    own = {name: PLACES[name] for name in rule.arguments & PLACES.keys()}
    more = rule.arguments - PLACES.keys()
    if more and example is None:
        raise LookupError(f"{rule.endpoint} has {sorted(more)}: give an example of it")
    if example is not None:
        own |= {name: value for name, value in example.own.items() if name in rule.arguments}
    if missing := rule.arguments - own.keys():
        raise LookupError(f"the example of {rule.endpoint} lacks {sorted(missing)}")
    return own
