"""Several sets at one dealership: a further one is a copy, and each lives its own life."""

from __future__ import annotations

import pytest

from csiapp.core.errors import Conflict, NotFound
from csiapp.standards import queries
from csiapp.standards.services import (
    copy_set,
    discard_draft,
    mark_key_factor,
    publish,
    start_draft,
)
from tests.factories.standards import CODE, adopt, at_work, install, the_set

pytestmark = pytest.mark.db

NAME = {"zh": "快修", "en": "Quick service"}
FORM = {"source": CODE, "code": "quick", "name_zh": "快修", "name_en": "Quick service"}


def _text(response) -> str:
    return response.get_data(as_text=True)


def test_a_copy_has_the_same_items_under_the_same_codes(app, near):
    with app.app_context(), at_work(near.tenant()):
        made = copy_set(the_set(), "QUICK", NAME)
        original = queries.version_content(queries.published_version(the_set()))
        assert queries.version_content(queries.draft_version(made.id)) == original
        assert queries.published_version(made.id) is None


def test_a_change_of_one_set_leaves_the_other_as_it_is(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            quick = copy_set(the_set(), "QUICK", NAME).id
            mark_key_factor(quick, "KF0101", is_key=False)
            publish(quick, "Quick service begins", queries.draft_version(quick).edit)
            start_draft(the_set())
        with at_work(near.tenant()):
            main = the_set()
            assert queries.published_version(main).number == 1
            assert queries.published_version(quick).number == 1
            assert queries.draft_version(quick) is None
            assert queries.find_key_factor(queries.draft_version(main).id, "KF0101")[0].is_key
            assert [at.set.code for at in queries.sets_at_work()] == [CODE, "QUICK"]


@pytest.mark.parametrize("code", [CODE, "QUICK"])
def test_a_code_is_given_once(app, near, code):
    with app.app_context(), at_work(near.tenant()):
        copy_set(the_set(), "QUICK", NAME)
        with pytest.raises(Conflict, match="with this code already"):
            copy_set(the_set(), code, NAME)


def test_only_what_is_in_force_is_copied(app, world, forms_built):
    with app.app_context():
        install(world)
        adopt(world)
        with at_work(world.tenant()), pytest.raises(Conflict, match="Publish this set first"):
            copy_set(the_set(), "QUICK", NAME)


def test_a_copy_that_was_never_published_goes_with_its_draft(app, near):
    with app.app_context(), at_work(near.tenant()):
        made = copy_set(the_set(), "QUICK", NAME).id
        discard_draft(made)
        assert [found.code for found in queries.sets()] == [CODE]
        copy_set(the_set(), "QUICK", NAME)


def test_an_adopted_set_stays_without_its_draft(app, world, forms_built):
    with app.app_context():
        install(world)
        adopt(world)
        with at_work(world.tenant()):
            discard_draft(the_set())
            start_draft(the_set())


def test_another_dealerships_set_is_not_found(app, near):
    with app.app_context():
        with at_work(near.tenant()):
            theirs = copy_set(the_set(), "QUICK", NAME).id
        with at_work(near.tenant("next", "next_manager")):
            with pytest.raises(NotFound):
                queries.standard_set("QUICK")
            with pytest.raises(NotFound):
                start_draft(theirs)


# --------------------------------------------------------------------------------------- pages


def test_one_set_is_where_standards_leads_and_several_are_a_list(near, client_of):
    client = client_of("manager")
    assert client.get("/t/near/standards").headers["Location"].endswith(f"/standards/{CODE}")
    made = client.post("/t/near/standards/new", data=FORM)
    assert made.headers["Location"].endswith("/standards/QUICK/draft")
    listed = _text(client.get("/t/near/standards"))
    assert "Quick service" in listed
    assert 'href="/t/near/standards/QUICK"' in listed
    assert f'href="/t/near/standards/{CODE}"' in listed


def test_links_of_a_page_stay_in_its_set(near, client_of):
    client = client_of("manager")
    client.post("/t/near/standards/new", data=FORM)
    page = _text(client.get("/t/near/standards/QUICK/draft"))
    assert "/standards/QUICK/draft/order" in page
    assert f"/standards/{CODE}/draft" not in page


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("code", "", "Type a code."),
        ("code", "快修", "Use letters A to Z"),
        ("code", "A--B", "Use letters A to Z"),
        ("code", "A" * 25, "Use at most 24"),
        ("name_zh", "", "Name the set in Chinese."),
        ("name_en", " ", "Name the set in English."),
        ("source", "NONE", "Not a valid choice"),
    ],
)
def test_a_wrong_value_of_a_new_set_is_named(near, client_of, field, value, message):
    response = client_of("manager").post("/t/near/standards/new", data={**FORM, field: value})
    assert response.status_code == 422
    assert message in _text(response)


def test_a_taken_code_is_said_at_the_field(near, client_of):
    response = client_of("manager").post("/t/near/standards/new", data={**FORM, "code": CODE})
    assert response.status_code == 409
    assert "There is a set with this code already." in _text(response)


def test_staff_read_the_sets_and_make_none(near, client_of):
    client = client_of("staff")
    assert "Make another set" not in _text(client.get("/t/near/standards/sets"))
    assert client.post("/t/near/standards/new", data=FORM).status_code == 403


def test_the_home_page_leads_to_the_sets_when_there_are_several(near, client_of):
    client = client_of("manager")
    assert f'href="/t/near/standards/{CODE}"' in _text(client.get("/t/near/"))
    client.post("/t/near/standards/new", data=FORM)
    assert 'href="/t/near/standards/QUICK/draft"' in _text(client.get("/t/near/"))
