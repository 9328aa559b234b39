"""The pages of the standards: who may open them, and what they say."""

from __future__ import annotations

import pytest

from csiapp.standards import queries
from csiapp.standards.services import publish, start_draft
from tests.factories.standards import adopt, at_work, grown_content, install, the_set

pytestmark = pytest.mark.db

BASE = "/t/near/standards/REF-AFTERSALES"
READING = ("", "/steps/S02", "/history", "/compare")
EDITING = ("/draft", "/draft/steps/S02", "/draft/items/standard/ST020101", "/draft/publish")
POSTS = (
    "/draft/start",
    "/draft/discard",
    "/draft/order",
    "/draft/key-factors/KF0101",
    "/draft/items/standard/ST020101",
    "/draft/publish",
)


def _text(response) -> str:
    return response.get_data(as_text=True)


def _statuses(client, gets, posts=()) -> dict[str, int]:
    return {path: client.get(BASE + path).status_code for path in gets} | {
        f"POST {path}": client.post(BASE + path).status_code for path in posts
    }


# --------------------------------------------------------------------------------- who may what


@pytest.mark.parametrize("who", ["manager", "staff"])
def test_everybody_at_the_dealership_reads_what_is_published(near, client_of, who):
    assert set(_statuses(client_of(who), READING).values()) == {200}


def test_staff_cannot_open_or_change_the_draft(draft, client_of):
    assert set(_statuses(client_of("staff"), EDITING, POSTS).values()) == {403}


def test_a_manager_next_door_does_not_find_any_of_it(draft, client_of):
    found = _statuses(client_of("next_manager"), (*READING, *EDITING), POSTS)
    assert set(found.values()) == {404}


def test_the_same_code_next_door_is_another_standard(app, draft, client_of):
    with app.app_context():
        adopt(draft, "next", "next_manager")
    client = client_of("next_manager")
    url = "/t/next/standards/REF-AFTERSALES/draft/key-factors/KF0101"
    assert client.post(url, data={"is_key": "0"}).status_code == 303
    with app.app_context(), at_work(draft.tenant()):
        assert queries.find_key_factor(queries.draft_version(the_set()).id, "KF0101")[0].is_key


def test_staff_do_not_see_a_first_draft(app, world, client_of, forms_built):
    with app.app_context():
        install(world)
        adopt(world)
    assert "No standards yet" in _text(client_of("staff").get(BASE))
    assert "Nothing is published yet" in _text(client_of("manager").get(BASE))


def test_a_dealership_without_a_set_says_who_brings_one(world, client_of):
    client = client_of("manager")
    assert "Head office installs" in _text(client.get("/t/near/standards"))
    assert client.get(BASE).status_code == 404


def test_what_does_not_exist_is_not_found(draft, client_of):
    paths = (
        "?version=9",
        "?version=x",
        "/steps/S99",
        "/compare?left=1&right=7",
        "/compare?left=-1",
        "/draft/items/standard/NONE",
    )
    assert set(_statuses(client_of("manager"), paths).values()) == {404}


# ------------------------------------------------------------------------------------- reading


def test_a_measure_is_read_in_words_in_both_languages(near, client_of):
    client = client_of("manager")
    english = _text(client.get(f"{BASE}/steps/S05"))
    assert "at least 6 pieces" in english
    assert "zero at 3" in english
    client.post("/preferences", data={"language": "zh", "next": "/"})
    assert "不少于6" in _text(client.get(f"{BASE}/steps/S05"))


def test_without_a_draft_the_editor_leads_to_the_overview_and_that_offers_a_draft(near, client_of):
    client = client_of("manager")
    assert client.get(f"{BASE}/draft").headers["Location"].endswith("/standards/REF-AFTERSALES")
    assert "Start a new draft" in _text(client.get(BASE))
    assert client.post(f"{BASE}/draft/start").status_code == 303
    assert "Go on with the draft" in _text(client.get(BASE))


def test_a_second_draft_is_refused_with_what_to_do(draft, client_of):
    response = client_of("manager").post(f"{BASE}/draft/start")
    assert response.status_code == 409
    assert "There is a draft already" in _text(response)


# ------------------------------------------------------------------------------ number of queries


def test_a_larger_set_takes_no_more_queries(app, world, client_of, forms_built, queries_of):
    """118 standards at one dealership, 2,000 at the other: the same number of queries."""
    counts: dict[str, list[int]] = {}
    for size, dealership, person in ((118, "near", "manager"), (2_000, "next", "next_manager")):
        with app.app_context():
            install(world, grown_content(size))
            adopt(world, dealership, person)
            with at_work(world.tenant(dealership, person)):
                publish(the_set(), "First", queries.draft_version(the_set()).edit)
            with at_work(world.tenant(dealership, person)):
                start_draft(the_set())
        client = client_of(person)
        client.get(f"/t/{dealership}/standards/REF-AFTERSALES")
        for path in ("", "/steps/S02", "/draft", "/draft/steps/S02", "/draft/publish"):
            with queries_of() as statements:
                assert (
                    client.get(f"/t/{dealership}/standards/REF-AFTERSALES{path}").status_code == 200
                )
            counts.setdefault(path, []).append(len(statements))
    assert all(small == large <= 24 for small, large in counts.values()), counts
