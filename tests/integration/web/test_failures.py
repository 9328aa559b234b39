"""Every failure is a clear answer: as a page, as a toast, as JSON, in both languages."""

from __future__ import annotations

import dataclasses

import pytest

from csiapp.core.error_pages import TEXTS
from tests.support.client import anonymous

STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)
TITLES = {
    400: ("The request was not understood", "无法理解该请求"),
    401: ("Please sign in", "请登录"),
    403: ("Not allowed", "没有权限"),
    404: ("Not found", "未找到"),
    405: ("Not possible here", "此处无法进行该操作"),
    409: ("Somebody was faster", "内容已被他人更改"),
    410: ("No longer valid", "已失效"),
    413: ("Too large", "内容过大"),
    422: ("Please check your input", "请检查输入内容"),
    429: ("Too many tries", "尝试次数过多"),
    500: ("Something went wrong here", "系统出错了"),
    503: ("Not available right now", "暂时无法使用"),
}


def test_every_status_is_looked_at_here():
    assert set(STATUSES) == set(TEXTS) == set(TITLES)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_failure_is_a_page_in_the_readers_language(visitor, status, language):
    answer = visitor.get(f"/made/fail/{status}", headers={"Accept-Language": language})
    assert answer.status_code == status
    title = TITLES[status][language == "zh"]
    assert f"<h1>{title}</h1>" in answer.text
    assert f"<title>{title}" in answer.text
    assert ('lang="zh-CN"' if language == "zh" else 'lang="en"') in answer.text
    assert "Traceback" not in answer.text
    assert "made for a test" not in answer.text


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_failure_is_a_toast_for_htmx(visitor, status, language):
    headers = {"HX-Request": "true", "Accept-Language": language}
    answer = visitor.get(f"/made/fail/{status}", headers=headers)
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (status, "none")
    assert TITLES[status][language == "zh"] in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_failure_is_json_for_the_api(visitor, status, language):
    answer = visitor.get(f"/api/made/fail/{status}", headers={"Accept-Language": language})
    error = answer.get_json()["error"]
    assert (answer.status_code, error["status"]) == (status, status)
    assert error["message"].isascii() == (language == "en")


def test_an_address_that_does_not_exist(visitor):
    assert visitor.get("/no/such/page").status_code == 404
    answer = visitor.delete("/sign-in")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_signed_in_person_sees_failures_in_their_own_language(app, world, client_of):
    client = client_of("manager")
    client.post("/preferences", data={"language": "zh"})
    client.delete_cookie("lang")
    for path in ("/t/near/no-such-page", "/t/near/training/people/no-such-person", "/t/far/"):
        assert "未找到" in client.get(path).text, path


@pytest.mark.db
def test_a_database_that_is_down_is_said_clearly(make_app, database, world, client_of):
    cookie = client_of("manager").get_cookie("s").value
    missing = (
        database.settings.database_url.replace("csiapp_test", "csiapp_not_there")
        if database.settings.database_url.startswith("postgresql")
        else f"sqlite:///{database.settings.data_dir}/no/such/folder/x.db"
    )
    down = make_app(dataclasses.replace(database.settings, database_url=missing))
    client = down.test_client()
    client.set_cookie("s", cookie)
    for path in ("/made/db", "/t/near/", "/sign-in", "/api/made/fail/404"):
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get(path, headers=headers).status_code == 503, (path, headers)
    assert "暂时无法使用" in client.get("/t/near/", headers={"Accept-Language": "zh"}).text
    assert down.test_client().get("/healthz").status_code == 200
    assert down.test_client().get("/readyz").status_code == 503


def test_the_failure_page_does_not_ask_the_database_again(web, monkeypatch):
    """It shows no name and no menu: what failed may be what it would ask."""
    page = anonymous(web).get("/made/fail/500").text
    assert 'popovertarget="user-menu"' not in page
