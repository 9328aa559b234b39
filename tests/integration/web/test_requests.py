"""What a request must be to be answered: its token, its origin, its host, its size."""

from __future__ import annotations

import dataclasses

import pytest


@pytest.fixture
def bare(web):
    """A browser without any token."""
    return web.test_client()


def test_an_unsafe_request_needs_a_token(bare):
    answer = bare.post("/preferences", data={"language": "zh"})
    assert answer.status_code == 400
    assert "The form is too old" in answer.text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_unsafe_method_goes_without_a_token(bare, method):
    assert getattr(bare, method)("/made/fail/409").status_code in {400, 405}


def test_a_token_of_another_browser_is_refused(web, visitor, bare):
    token = visitor.environ_base["HTTP_X_CSRFTOKEN"]
    answer = bare.post("/preferences", data={"language": "zh", "csrf_token": token})
    assert answer.status_code == 400


def test_a_missing_token_is_a_toast_for_htmx_and_json_for_an_api(bare):
    toast = bare.post("/preferences", headers={"HX-Request": "true"})
    assert (toast.status_code, toast.headers["HX-Reswap"]) == (400, "none")
    assert 'hx-swap-oob="beforeend"' in toast.text
    body = bare.post("/api/made/fail/409").get_json()
    assert body["error"]["code"] == "csrf"


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 403), ("same-origin", 303), ("same-site", 303), ("none", 303), (None, 303)],
)
def test_another_sites_form_is_refused(visitor, site, status):
    headers = {"Sec-Fetch-Site": site} if site else {}
    answer = visitor.post("/preferences", data={"language": "zh"}, headers=headers)
    assert answer.status_code == status


def test_another_site_may_link_here(visitor):
    assert visitor.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.fixture
def production(make_app, database):
    settings = dataclasses.replace(
        database.settings, environment="production", trusted_hosts=("csi.example",)
    )
    return make_app(settings).test_client()


def test_an_unknown_host_is_refused(production):
    assert production.get("/sign-in", base_url="https://csi.example").status_code == 200
    for host in ("evil.example", "csi.example.evil.example", "localhost"):
        answer = production.get("/sign-in", base_url=f"https://{host}")
        assert answer.status_code == 400, host
        assert host not in answer.text


def test_a_forged_forwarded_host_changes_no_link(production):
    answer = production.get(
        "/account",
        base_url="https://csi.example",
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4"},
    )
    assert answer.location == "/sign-in?next=/account"


def test_a_body_that_is_too_large_is_refused(visitor):
    limit = visitor.application.config["MAX_CONTENT_LENGTH"]
    answer = visitor.post(
        "/preferences", data=b"x" * (limit + 1), content_type="application/octet-stream"
    )
    assert answer.status_code == 413
    assert "Too large" in answer.text


def _part(name: str, value: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


def post_parts(client, parts: str):
    return client.post(
        "/preferences",
        data=(parts + "--x--\r\n").encode(),
        content_type="multipart/form-data; boundary=x",
    )


def test_a_form_field_that_is_too_large_is_refused(visitor):
    limit = visitor.application.config["MAX_FORM_MEMORY_SIZE"]
    answer = post_parts(visitor, _part("language", "x" * (limit + 1)))
    assert answer.status_code == 413


def test_a_form_of_very_many_fields_is_refused(visitor):
    answer = post_parts(visitor, _part("a", "1") * 2001)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("/sign-in", {"email": "a\0@b.example", "password": "x"}),
        ("/sign-in", {"email\0": "a@b.example"}),
        ("/sign-in?email=a%00b", None),
        ("/reset/a%00b", None),
        ("/api/made/fail/409?a=%00", None),
    ],
)
def test_a_sign_that_no_database_takes_is_refused(visitor, url, form):
    answer = visitor.open(url, method="POST" if form else "GET", data=form)
    assert answer.status_code == 400


def test_a_page_asks_to_sign_in_and_htmx_is_sent_there(visitor):
    assert visitor.get("/made/signed-in?a=1").location == "/sign-in?next=/made/signed-in?a%3D1"
    part = visitor.get("/made/signed-in", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (
        401,
        "/sign-in?next=/made/signed-in",
    )
    assert visitor.post("/made/signed-in").location == "/sign-in"


def test_an_unmarked_view_is_never_run(visitor):
    answer = visitor.get("/made/unmarked")
    assert answer.status_code == 500
    assert "no mark" not in answer.text
