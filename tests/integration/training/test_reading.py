"""Staff read what is in force by their role and confirm it; the manager sees who has not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.standards.queries import published_version
from csiapp.standards.services import publish, start_draft
from csiapp.standards.services.editing import mark_key_factor
from csiapp.training.models import StandardsConfirmation
from tests.factories import standards, training
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

PLACE = "/t/near/standards/REF-AFTERSALES"


@pytest.fixture
def on_staff(app, audited):
    """The person "staff" is on the staff list as a service advisor, beside two without sign-in."""
    with app.app_context():
        training.install(audited)
        training.hire(audited, "N1", ["SA"], name="Advisor One", email="staff@test.example")
        training.hire(audited, "N2", ["TE"], name="Technician Two")
    return audited


def version_id(app, world) -> str:
    with app.app_context(), entered(world.tenant()):
        found = published_version(standards.the_set())
        db.session.close()
        return str(found.id)


def confirmations(app, world) -> int:
    with app.app_context(), entered(world.tenant()):
        count = db.session.scalar(sa.select(sa.func.count()).select_from(StandardsConfirmation))
        db.session.close()
        return count


def text(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_staff_see_the_part_of_their_role_first_and_all_if_they_want(client_of, on_staff):
    staff = client_of("staff")

    own = text(staff, f"{PLACE}/reading")
    everything = text(staff, f"{PLACE}/reading?role=all")
    technicians = text(staff, f"{PLACE}/reading?role=TE")

    assert "My role: Service advisor" in own
    assert "118 standards" in everything
    assert "118 standards" not in own
    assert 'id="ST010101"' not in own  # the reminder is the work of customer relations
    assert 'id="ST010101"' in everything
    assert 'id="ST010101"' not in technicians
    assert staff.get(f"{PLACE}/reading?role=XX").status_code == 404


def test_search_finds_words_of_both_languages_and_codes(client_of, on_staff):
    staff = client_of("staff")

    for word in ("7 to 14 days", "预计保养到期前7至14天内", "st010101"):
        page = text(staff, f"{PLACE}/reading?role=all&q={word}")
        assert 'id="ST010101"' in page
        assert 'id="ST020101"' not in page
    assert "Nothing fits" in text(staff, f"{PLACE}/reading?role=all&q=no-such-word")
    assert 'id="ST020101"' in text(staff, f"{PLACE}/reading?role=all&step=S02")


def test_a_version_is_confirmed_once_however_often_the_button_is_tapped(app, client_of, on_staff):
    staff, version = client_of("staff"), {"version": version_id(app, on_staff)}
    assert "Standards to read" in text(staff, "/t/near/")

    for _tap in range(2):
        assert staff.post(f"{PLACE}/reading/confirm", data=version).status_code == 303

    assert confirmations(app, on_staff) == 1
    assert "You confirmed version 1" in text(staff, f"{PLACE}/reading")
    assert "Standards to read" not in text(staff, "/t/near/")


def test_who_is_not_on_the_staff_list_reads_and_is_told_why_there_is_no_button(
    app, client_of, audited
):
    staff = client_of("staff")

    page = text(staff, f"{PLACE}/reading")
    assert "You are not on the staff list" in page
    assert "118 standards" in page
    answer = staff.post(f"{PLACE}/reading/confirm", data={"version": version_id(app, audited)})
    assert answer.status_code == 422
    assert confirmations(app, audited) == 0


def test_the_manager_sees_who_has_not_confirmed(app, client_of, on_staff):
    manager = client_of("manager")
    assert "Standards not confirmed" in text(manager, "/t/near/")
    client_of("staff").post(f"{PLACE}/reading/confirm", data={"version": version_id(app, on_staff)})

    page = text(manager, f"{PLACE}/confirmations")
    assert "1 / 2" in page
    assert page.index("Technician Two") < page.index("Advisor One")
    assert page.count("Not yet") == 1
    assert client_of("staff").get(f"{PLACE}/confirmations").status_code == 403


def test_a_newer_version_asks_to_be_read_again_and_says_what_it_changed(app, client_of, on_staff):
    staff, old = client_of("staff"), {"version": version_id(app, on_staff)}
    staff.post(f"{PLACE}/reading/confirm", data=old)
    factors = [
        (sub_step["executed_by"], factor["code"])
        for step in standards.reference_content()["steps"]
        for sub_step in step["sub_steps"]
        for factor in sub_step["key_factors"]
    ]
    mine = next(code for roles, code in factors if "SA" in roles)
    other = next(code for roles, code in factors if "SA" not in roles)
    with app.app_context(), standards.at_work(on_staff.tenant()):
        draft = start_draft(standards.the_set())
        for code in (mine, other):
            mark_key_factor(standards.the_set(), code, is_key=False)
        publish(standards.the_set(), "Two marks", draft.edit)

    page = text(staff, f"{PLACE}/reading")
    assert "I have read version 2" in page
    assert "What version 2 changes for you" in page
    assert page.count('<li class="change">') == 1
    assert staff.post(f"{PLACE}/reading/confirm", data=old).status_code == 303
    assert "I have read version 2" in text(staff, f"{PLACE}/reading")


def test_the_page_takes_as_many_queries_whatever_the_size(app, client_of, on_staff):
    staff = client_of("staff")
    staff.get(f"{PLACE}/reading")
    with statements_of(app) as few:
        staff.get(f"{PLACE}/reading?role=all&step=S01")
    with statements_of(app) as many:
        staff.get(f"{PLACE}/reading?role=all")
    assert len(many) == len(few)
