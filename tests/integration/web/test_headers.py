"""The headers of every answer: pages, failures, files and the tablet's API."""

from __future__ import annotations

import dataclasses

import pytest

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=()",
}
ANSWERS = [
    ("/sign-in", 200),
    ("/no-such-page", 404),
    ("/made/fail/500", 500),
    ("/made/fail/403", 403),
    ("/made/unmarked", 500),
    ("/static/css/site.css", 200),
    ("/static/no-such-file.css", 404),
    ("/api/made/fail/401", 401),
    ("/api/no-such-thing", 404),
    ("/account", 303),
]


@pytest.mark.parametrize(("path", "status"), ANSWERS)
def test_every_answer_carries_every_header(visitor, path, status):
    answer = visitor.get(path, buffered=True)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("path", ["/sign-in", "/no-such-page", "/api/no-such-thing"])
def test_answers_are_kept_by_nobody_and_vary_by_what_they_depend_on(visitor, path):
    answer = visitor.get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"hx-request", "cookie"} <= {name.lower() for name in answer.vary}


def test_files_may_be_kept(visitor):
    answer = visitor.get("/static/css/site.css", buffered=True)
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_https_is_demanded_in_production_only(make_app, database, visitor):
    production = make_app(dataclasses.replace(database.settings, environment="production"))
    answer = production.test_client().get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in visitor.get("/sign-in").headers


def test_pages_hold_no_inline_script_or_style(visitor):
    page = visitor.get("/sign-in").text
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
