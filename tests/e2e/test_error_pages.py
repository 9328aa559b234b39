"""Error pages as people meet them, in both languages and in the product's look.

400, 403, 404, 413, 422 and 429 are reached through the product. A page never answers 401 (it
leads to the sign-in page; only answers that scripts ask for are 401), and for a 500 something
would have to be broken: these two are rendered by the product and put in the answer's place.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response

from csiapp.core import i18n
from csiapp.core.error_pages import answer
from tests.e2e.looking import dress, look_at
from tests.support.product import Product

pytestmark = pytest.mark.e2e

SEND = """([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post"; form.action = action;
  const token = document.querySelector("[name=csrf_token]").value;
  for (const [name, value] of Object.entries({ csrf_token: token, ...fields })) {
    const input = document.createElement("input");
    input.type = "hidden"; input.name = name; input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


def send(page: Page, url: str, action: str, **fields: str) -> Response:
    """Post a form as the sign-in page could have sent it."""
    page.goto(f"{url}/sign-in")
    with page.expect_navigation() as going:
        page.evaluate(SEND, [action, fields])
    return going.value


def too_often(page: Page, url: str) -> Response:
    for _attempt in range(6):
        last = send(page, url, "/sign-in", email="x@demo.example", password="wrong")
    return last


REACHED: dict[int, Callable[[Page, str], Response | None]] = {
    400: lambda page, url: send(page, url, "/preferences", csrf_token="old", language="en"),
    404: lambda page, url: page.goto(f"{url}/nothing-is-here"),
    413: lambda page, url: send(page, url, "/preferences", next="x" * 2_500_000),
    422: lambda page, url: send(page, url, "/preferences", language="xx"),
    429: too_often,
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_error_pages_are_whole_readable_and_accessible(product, person, language):
    page = person("-", language)
    problems = []
    for number, (status, reach) in enumerate(REACHED.items()):
        dress(page, language, number)
        reached = reach(page, product.url)
        problems += problems_of(page, reached, status, language, number)
    for number, status in enumerate((401, 500)):
        dress(page, language, number)
        put_in_place(page, product, status, language)
        problems += [f"{status} {text}" for text in look_at(page, language, number)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_role_may_not_see_is_said_in_its_language(product, person, language):
    page = person("staff", language)
    dress(page, language, 0)
    reached = page.goto(f"{product.url}/t/demo-01/results")
    assert problems_of(page, reached, 403, language, 0) == []


def problems_of(
    page: Page, reached: Response | None, status: int, language: str, number: int
) -> list[str]:
    found = look_at(page, language, number)
    if reached is None or reached.status != status:
        found.append(f"status {reached and reached.status}")
    return [f"{status} {text}" for text in found]


def put_in_place(page: Page, product: Product, status: int, language: str) -> None:
    """The product's page for a status, under the headers of a page that it sent itself; sent
    as 200, or the browser would rightly complain."""
    headers = page.request.get(f"{product.url}/sign-in").headers
    cookie = f"{i18n.COOKIE}={language}"
    with product.app.test_request_context("/", headers={"Cookie": cookie}):
        body = answer(status).get_data()
    kept = {name: headers[name] for name in ("content-security-policy", "content-type")}
    page.route("**/broken", lambda route: route.fulfill(headers=kept, body=body))
    page.goto(f"{product.url}/broken")
    page.unroute("**/broken")
