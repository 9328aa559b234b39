"""A dealership may hold several sets; a form names the one that it asks."""

from __future__ import annotations

import pytest

from csiapp.audits.installation import install_form_templates
from csiapp.audits.queries.forms import content_of, current_template, named_set
from csiapp.audits.services.forms import choose_set, ensure_current_form
from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.standards import queries
from csiapp.standards.services import copy_set, publish
from tests.factories import audits
from tests.factories.standards import CODE, at_work, the_set

pytestmark = pytest.mark.db

PHONE = "MS-PHONE"


@pytest.fixture
def quick(audited, states):
    """The world with a second set in force at dealership "near"."""

    def build():
        with at_work(audited.tenant()):
            made = copy_set(the_set(), "QUICK", {"zh": "快修", "en": "Quick service"}).id
            publish(made, "Quick service begins", queries.draft_version(made).edit)
        return audited

    return states.reach("quick", build)


def _chosen(world, code: str | None) -> int:
    with at_work(world.network()):
        return choose_set(PHONE, code).number


def _built_of(world) -> str:
    with at_work(world.tenant()):
        form = ensure_current_form(PHONE)
        return queries.set_of(form.standard_version_id).code


def test_a_form_is_built_from_the_set_that_head_office_chose(app, quick):
    with app.app_context():
        assert _built_of(quick) == CODE
        assert _chosen(quick, "QUICK") == 2
        assert _built_of(quick) == "QUICK"
        assert _chosen(quick, None) == 3
        assert _built_of(quick) == CODE


def test_other_forms_and_planned_visits_keep_theirs(app, quick):
    with app.app_context():
        with at_work(quick.tenant()):
            before = content_of(ensure_current_form(audits.FORM))["template"]
        _chosen(quick, "QUICK")
        with at_work(quick.tenant()):
            assert content_of(ensure_current_form(audits.FORM))["template"] == before


def test_choosing_the_same_set_again_makes_no_edition(app, quick):
    with app.app_context():
        assert _chosen(quick, None) == 1
        assert _chosen(quick, "QUICK") == _chosen(quick, "QUICK") == 2


def test_installing_the_reference_forms_again_keeps_the_choice(app, quick):
    with app.app_context():
        _chosen(quick, "QUICK")
        with at_work(quick.network()):
            install_form_templates()
            template = current_template(PHONE)
            assert (template.number, named_set(template)) == (2, "QUICK")


def test_a_set_that_nobody_has_in_force_is_refused(app, quick):
    with app.app_context(), at_work(quick.network()):
        with pytest.raises(Invalid):
            choose_set(PHONE, "PREMIUM")
        with pytest.raises(NotFound):
            choose_set("NO-SUCH", "QUICK")


def test_a_dealership_without_the_set_has_no_such_form_and_is_told_why(app, quick):
    with app.app_context():
        _chosen(quick, "QUICK")
        audits.standards.adopt_and_publish(quick, "next", "next_manager")
        with (
            at_work(quick.tenant("next", "next_manager")),
            pytest.raises(Conflict, match="asks the set QUICK"),
        ):
            ensure_current_form(PHONE)


# --------------------------------------------------------------------------------------- pages


def _text(response) -> str:
    return response.get_data(as_text=True)


def test_head_office_sees_and_chooses_the_set_of_each_form(quick, client_of):
    client = client_of("headoffice")
    page = _text(client.get("/n/near/forms/sets"))
    assert "Quick service (QUICK) · at 1 of 2 dealerships" in page
    assert client.post(f"/n/near/forms/{PHONE}/set", data={"set": "QUICK"}).status_code == 303
    assert '<option value="QUICK" selected>' in _text(client.get("/n/near/forms/sets"))


def test_planning_says_which_set_a_form_is_built_from(quick, client_of):
    client = client_of("headoffice")
    client.post(f"/n/near/forms/{PHONE}/set", data={"set": "QUICK"})
    page = _text(client.get(f"/n/near/d/near/visits/new?form={PHONE}"))
    assert "Built from the standard set Quick service." in page
    other = _text(client.get(f"/n/near/d/next/visits/new?form={PHONE}"))
    assert "asks the set QUICK, which this dealership has not published" in other


def test_a_manager_sees_which_forms_ask_a_set(quick, client_of):
    client = client_of("manager")
    assert "No audit form asks it." in _text(client.get("/t/near/standards/sets"))
    client_of("headoffice").post(f"/n/near/forms/{PHONE}/set", data={"set": "QUICK"})
    page = _text(client.get("/t/near/standards/sets"))
    assert "No audit form asks it." not in page
    assert page.count("Audit forms that ask it:") == 2
