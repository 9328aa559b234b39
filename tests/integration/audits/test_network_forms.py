"""Forms that head office builds for all dealerships: grown from the master, used in each."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from csiapp.audits.builder import changes
from csiapp.audits.builder.growing import Start, questions_in
from csiapp.audits.form_content import all_questions
from csiapp.audits.models import NetworkDesign
from csiapp.audits.queries.designs import bases, find_design, list_designs, pilots_of, versions_of
from csiapp.audits.queries.forms import content_of, current_form, form_sources
from csiapp.audits.services import designs
from csiapp.audits.services.forms import build_forms, choose_set, ensure_current_form
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.extensions import db
from csiapp.core.tenancy import CrossScopeWrite, entered
from csiapp.standards.queries import published_version
from tests.factories import audits, forms, standards
from tests.factories.standards import at_work, the_set
from tests.integration.audits.test_planning import new_wave
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

BASE = "/n/near/forms"


@pytest.fixture
def code(app, audited) -> str:
    """A draft of network "near"."""
    with app.app_context():
        return forms.begin(audited, scope=audited.network())


@pytest.fixture
def published(app, audited, code) -> str:
    with app.app_context():
        forms.publish(audited, code, scope=audited.network())
        return code


def test_a_draft_grows_from_the_master_and_no_dealership_sees_it(app, audited, code):
    with app.app_context():
        with at_work(audited.network()):
            draft = find_design(code)
            assert (code, draft.set_code) == ("NET-1", "REF-AFTERSALES")
        with entered(audited.tenant()):
            assert code not in {source.code for source in form_sources()}
            assert list_designs() == []
            with pytest.raises(NotFound):
                find_design(code)


def test_a_published_form_is_built_at_every_dealership_from_its_own_standards(
    app, audited, published
):
    with app.app_context():
        standards.adopt_and_publish(audited, "next", "next_manager")
        for dealership, person in (("near", "manager"), ("next", "next_manager")):
            scope = audited.tenant(dealership, person)
            with at_work(scope):
                form = ensure_current_form(published)
                assert form.standard_version_id == published_version(the_set()).id
                assert all(question["critical"] for _, question in all_questions(content_of(form)))


def test_a_wave_uses_it_and_its_pilots_are_seen_with_it_by_head_office_alone(
    app, audited, published
):
    with app.app_context():
        audits.assign(audited, form_code=published, wave_id=new_wave(audited))
        pilot = forms.pilot(audited, published)
        with entered(audited.network()):
            (line,) = pilots_of(published)
            assert (line.visit.id, line.number, line.index) == (pilot, 1, 1000)


def test_it_is_built_anew_with_a_dealership_s_standards_and_stays_as_it_was_published(
    app, audited, published
):
    with app.app_context():
        with at_work(audited.tenant()):
            ensure_current_form(published)
            built = {form.version.code: form for form in build_forms(published_of_the_set())}
            assert not built[published].made
        with at_work(audited.network()):
            title = {"zh": "新", "en": "New"}
            designs.change_design(
                published, "section_added", "", 0, lambda d: changes.add_section(d, title)
            )
        with at_work(audited.tenant()):
            assert current_form(published).id == ensure_current_form(published).id


def published_of_the_set():
    return published_version(the_set()).id


def edition_without_a_question(audited, published):
    """The code of the question, and the edition."""
    with at_work(audited.network()):
        draft = find_design(published).content
        gone = next(q for s, q in questions_in(draft) if len(s["questions"]) > 1)["code"]
        designs.change_design(
            published, "question_removed", gone, 0, lambda d: changes.remove_question(d, gone)
        )
    return gone, forms.publish(audited, published, scope=audited.network())


def test_a_visit_moves_to_an_edition_that_its_dealership_has_not_built_yet(
    app, audited, client_of, published
):
    with app.app_context():
        visit_id = audits.assign(audited, form_code=published)
    client, at = client_of("headoffice"), f"/n/near/d/near/visits/{visit_id}"
    assert f"{at}/move" not in client.get(at).text
    with app.app_context():
        edition_without_a_question(audited, published)
    assert f"{at}/move/newest" in client.get(at).text
    assert client.post(f"{at}/move/newest").location == f"{at}/move"
    page = client.get(f"{at}/move").text
    version = re.search(r'name="version" value="([^"]+)"', page).group(1)
    assert client.post(f"{at}/move", data={"version": version}).location == at
    assert f"{at}/move" not in client.get(at).text


def test_a_second_edition_is_what_the_next_visit_is_planned_with(app, audited, published):
    with app.app_context():
        assert not forms.publish(audited, published, scope=audited.network()).made
        audits.assign(audited, form_code=published)
        gone, edition = edition_without_a_question(audited, published)
        assert edition.number == 2
        with at_work(audited.tenant()):
            form, before = ensure_current_form(published), versions_of(published)[-1]
            assert (before.number, form.number) == (1, 2)
            assert gone in str(before.content)
            assert gone not in {question["code"] for _, question in all_questions(content_of(form))}
        with entered(audited.network()):
            assert [version.number for version in versions_of(published)] == [2, 1]


def test_a_withdrawn_form_is_offered_nowhere_and_forms_of_the_reference_stay(
    app, audited, published
):
    with app.app_context():
        with at_work(audited.network()):
            designs.withdraw_design(published, withdrawn=True)
            with pytest.raises(Conflict, match="Withdraw"):
                designs.discard_design(published)
        with entered(audited.tenant()):
            offered = {source.code for source in form_sources()}
            assert published not in offered
            assert "MS-VISIT" in offered


def test_forms_grow_from_the_reference_and_not_from_one_that_was_built_here(
    app, audited, published
):
    with app.app_context(), at_work(audited.network()):
        assert bases()["visit"].code == "MS-VISIT"
        with pytest.raises(NotFound):
            choose_set(published, None)


def withdraw_past_the_services(code):
    design = db.session.scalars(sa.select(NetworkDesign).where(NetworkDesign.code == code)).one()
    design.withdrawn = True
    db.session.flush()


def test_a_dealership_writes_no_form_of_the_network(app, audited, code):
    with app.app_context():
        with pytest.raises(CrossScopeWrite), at_work(audited.tenant()):
            withdraw_past_the_services(code)
        with at_work(audited.network()):
            withdraw_past_the_services(code)


def test_another_network_has_its_own(app, audited, code):
    with app.app_context(), entered(audited.network("far", "far_headoffice")):
        assert list_designs() == []
        with pytest.raises(NotFound):
            find_design(code)


# ------------------------------------------------------------------------------ its pages


def test_head_office_builds_previews_and_publishes_from_its_pages(client_of, audited):
    client = client_of("headoffice")
    assert "every dealership" in client.get(BASE).text
    begun = client.post(f"{BASE}/short", data={})
    assert begun.location == f"{BASE}/NET-1"
    for page in ("", "/publish", "/versions", "/preview", "/settings", "/pilots"):
        assert client.get(f"{BASE}/NET-1{page}").status_code == 200, page
    done = client.post(f"{BASE}/NET-1/publish", data={"seen": "0"})
    assert "Version 1" in client.get(done.location).text
    assert client.get(f"{BASE}/NET-1/versions/1/xlsform").status_code == 200
    assert "NET-1" in client.get("/n/near/d/near/forms").text


def test_the_way_to_a_pilot_visit_keeps_the_form(client_of, published):
    client = client_of("headoffice")
    page = client.get(f"{BASE}/{published}/pilots").text
    choose = re.search(r'href="(/n/near/visits/new[^"]+)"', page).group(1).replace("&amp;", "&")
    chosen = re.search(r'href="(/n/near/d/near/visits/new[^"]+)"', client.get(choose).text)
    plan = client.get(chosen.group(1).replace("&amp;", "&")).text
    assert re.search(r'name="pilot"[^>]*checked|checked[^>]*name="pilot"', plan)
    assert f"form={published}" in plan


def test_the_result_of_a_pilot_names_the_dealership_and_not_the_shopper(
    app, audited, client_of, published
):
    with app.app_context():
        pilot = forms.pilot(audited, published)
    client = client_of("headoffice")
    assert f"{BASE}/{published}/pilots/{pilot}" in client.get(f"{BASE}/{published}/pilots").text
    assert client.get(f"{BASE}/{published}/pilots/{pilot}").status_code == 200


def test_ten_forms_are_listed_with_the_queries_of_one(app, audited, published):
    with app.app_context():
        with entered(audited.network()), statements_of(app) as one:
            list_designs()
        for _ in range(9):
            forms.begin(audited, Start.CRITICAL, scope=audited.network())
        with entered(audited.network()), statements_of(app) as many:
            assert len(list_designs()) == 10
        assert len(many) == len(one)
