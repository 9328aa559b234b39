"""Every page of every role, in two languages: what must hold on all of them, and axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from csiapp.core.permissions import (
    ROLE_PERMISSIONS,
    SCOPE_KIND_OF_ROLE,
    Permission,
    Role,
    access_of,
)
from csiapp.core.tenancy import ScopeKind
from tests.e2e.looking import dress, look_at
from tests.e2e.staging import NOT_PAGES, Address, all_addresses
from tests.support.product import Product

pytestmark = pytest.mark.e2e

PEOPLE = {
    "manager": Role.MANAGER,
    "staff": Role.STAFF,
    "headoffice": Role.HEAD_OFFICE,
    "reviewer": Role.REVIEWER,
    "admin": Role.ADMIN,
    "shopper": Role.SHOPPER,
}


@pytest.fixture(scope="session")
def addresses(product) -> list[Address]:
    return all_addresses(product)


def test_every_endpoint_that_answers_get_is_swept_or_is_no_page(product, addresses):
    swept = {address.endpoint for address in addresses}
    answering = {rule.endpoint for rule in _getting(product)}
    assert answering - swept - NOT_PAGES.keys() == set()
    assert NOT_PAGES.keys() - answering == set()
    assert swept & NOT_PAGES.keys() == set()


def test_every_page_is_swept_as_every_role_that_sees_it(product, addresses):
    swept = {(address.person, address.endpoint) for address in addresses}
    seen = {
        (person, rule.endpoint)
        for rule in _getting(product)
        for person in _people_who_see(product, rule)
        if rule.endpoint not in NOT_PAGES
    }
    assert seen - swept == set()


def _getting(product: Product) -> Iterator[Rule]:
    return (rule for rule in product.app.url_map.iter_rules() if "GET" in rule.methods)


def _people_who_see(product: Product, rule: Rule) -> Iterator[str]:
    """The people in whose place and permissions a page is. A person's own account looks the
    same for all: one is enough."""
    needed = access_of(product.app.view_functions[rule.endpoint])
    kind = _kind(rule)
    for person, role in PEOPLE.items():
        may = needed is Permission.SIGNED_IN or needed in ROLE_PERMISSIONS[role]
        if may and kind is SCOPE_KIND_OF_ROLE[role]:
            yield person


def _kind(rule: Rule) -> ScopeKind | None:
    """Whose place an address is in; None where it is in no place."""
    if "network" in rule.arguments:
        return ScopeKind.SHOPPER if rule.rule.startswith("/s/") else ScopeKind.NETWORK
    if "dealership" in rule.arguments:
        return ScopeKind.TENANT
    return ScopeKind.SHOPPER if rule.rule.startswith("/v/") else None


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["-", *PEOPLE])
def test_pages_are_whole_readable_and_accessible(product, addresses, person, name, language):
    page = person(name, language)
    problems = []
    for number, address in enumerate(a for a in addresses if a.person == name):
        dress(page, language, number)
        if "#" in address.path:  # or an address that differs in its fragment loads nothing
            page.goto("about:blank")
        answer = page.goto(product.url + address.path)
        found = look_at(page, language, number)
        if answer is None or answer.status != 200:
            found.append(f"status {answer and answer.status}")
        problems += [f"{address} {text}" for text in found]
    assert not problems, "\n".join(problems)
