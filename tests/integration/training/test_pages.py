"""Training in the browser: recording, staff, one's own courses, home cards, who may do what."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from csiapp.core.tenancy import entered
from csiapp.training import queries
from csiapp.training.services import mark_left
from tests.factories import training
from tests.factories.standards import at_work
from tests.factories.world import today
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

HTMX = {"HX-Request": "true"}
TODAY = today()
RESULT = {"kind": "passed", "on": TODAY.isoformat(), "mark": "92"}


@pytest.fixture
def person(app, taught):
    with app.app_context():
        return training.hire(taught, "A-1", name="Ann Sample")


@pytest.fixture
def manager(client_of):
    return client_of("manager")


def course_url(person, code="TC08") -> str:
    return f"/t/near/training/people/{person}/courses/{code}"


# ------------------------------------------------------------------------------- one entry


def test_recording_in_the_panel_renews_the_cell_the_rate_and_the_overview(person, manager):
    part = manager.post(course_url(person), data=RESULT, headers=HTMX)
    assert part.status_code == 200
    assert "data-sheet-done" in part.text
    cell = re.search(rf'<a class="([^"]+)" id="cell-{person.hex}-TC08"[^>]*hx-swap-oob', part.text)
    assert cell is not None
    assert "matrix-ok" in cell[1]
    assert f'id="rate-{person.hex}" hx-swap-oob="true"' in part.text
    assert 'id="training-overview" hx-swap-oob="true"' in part.text
    assert "Recorded." in part.text


def test_recording_works_without_scripts(person, manager):
    answer = manager.post(course_url(person), data=RESULT)
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    assert "mark 92" in page
    assert "Test manager" in page


def test_a_mark_below_the_pass_mark_is_recorded_as_not_passed_and_said(person, manager):
    part = manager.post(course_url(person), data=RESULT | {"mark": "84"}, headers=HTMX).text
    assert "Recorded as not passed: the pass mark is 85." in part
    assert "matrix-bad" in part


@pytest.mark.parametrize(("change", "words"), [
    ({"mark": ""}, "Type the mark."),
    ({"mark": "ninety"}, "Not a valid integer value."),
    ({"mark": "101"}, "A mark is a whole number from 0 to 100."),
    ({"kind": "voided"}, "Not a valid choice."),
    ({"on": ""}, "Choose the day."),
    ({"on": "2999-01-01"}, "The date lies in the future."),
    ({"kind": "waived"}, "Say why this person is exempt from the course."),
])  # fmt: skip
def test_what_does_not_fit_is_said_and_what_was_typed_stays(person, manager, change, words):
    data = RESULT | {"note": "" if change.get("kind") == "waived" else "Typed with care"} | change
    answer = manager.post(course_url(person), data=data, headers=HTMX)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="course-view"' in answer.text
    assert data["note"] in answer.text


def test_an_entry_is_taken_back_with_a_reason(app, taught, person, manager):
    with app.app_context():
        entry = training.note_down(taught, person, "TC08")
    url = f"/t/near/training/entries/{entry}/take-back"
    refused = manager.post(url, data={"reason": " "}, headers=HTMX)
    assert refused.status_code == 422
    assert "Say why the entry is taken back." in refused.text
    assert "data-sheet-done" in manager.post(url, data={"reason": "A slip"}, headers=HTMX).text
    page = manager.get(course_url(person)).text
    assert "Taken back" in page
    assert "Why: A slip" in page


def test_an_unknown_course_or_person_does_not_exist(app, taught, person, manager):
    with app.app_context():
        next_door = training.hire(taught, "1", dealership="next")
    for url in (course_url(person, "TC99"), course_url(next_door)):
        assert manager.get(url).status_code == 404
        assert manager.post(url, data=RESULT).status_code == 404


# ------------------------------------------------------------------------------ several at once


def group(people, **more):
    return {**RESULT, "who": [str(one) for one in people], **more}


def test_one_course_is_recorded_for_several_with_a_mark_each(app, taught, person, manager):
    with app.app_context():
        other = training.hire(taught, "A-2", name="Bob Sample")
    url = "/t/near/training/record?course=TC08"
    assert "Bob Sample" in manager.get(url).text
    data = group([person, other], **{f"mark-{person}": "90", f"mark-{other}": "60"})
    answer = manager.post(url, data=data)
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    assert "Recorded for 2 people." in page
    assert "Below the pass mark of 85: 1" in page
    assert "mark 90" in manager.get(course_url(person)).text
    assert "Not passed" in manager.get(course_url(other)).text


def test_a_group_with_a_problem_is_not_recorded_and_says_at_whom(app, taught, person, manager):
    with app.app_context():
        other = training.hire(taught, "A-2", name="Bob Sample")
    url = "/t/near/training/record?course=TC08"
    for wrong in ("", "lots"):
        data = group([person, other], **{f"mark-{person}": "90", f"mark-{other}": wrong})
        answer = manager.post(url, data=data)
        assert answer.status_code == 422
        assert f'id="problem-{other.hex}"' in answer.text
        assert f'id="problem-{person.hex}"' not in answer.text
        assert 'value="90"' in answer.text
    assert "Nothing is recorded yet." in manager.get(course_url(person)).text


def test_a_group_needs_somebody_and_a_course(app, taught, person, manager):
    nobody = manager.post("/t/near/training/record?course=TC08", data=group([]))
    assert nobody.status_code == 422
    assert "Choose at least one person." in nobody.text
    assert manager.post("/t/near/training/record", data=group([person])).status_code == 404
    with app.app_context():
        next_door = training.hire(taught, "1", dealership="next")
    foreign = manager.post("/t/near/training/record?course=TC08", data=group([next_door]))
    assert foreign.status_code == 422


# -------------------------------------------------------------------------------------- staff

NEW = {"name": "Eve Sample", "number": "E-5", "roles": ["SA", "RC"], "joined_on": "2024-02-01"}


def test_a_person_is_added_and_appears_in_the_matrix(taught, manager):
    answer = manager.post("/t/near/training/staff/new", data=NEW)
    assert answer.status_code == 303
    assert "Eve Sample is on the staff list." in manager.get(answer.location).text
    assert "Eve Sample" in manager.get("/t/near/training").text


@pytest.mark.parametrize(("change", "words"), [
    ({"name": "  "}, "Type the name."),
    ({"number": "A-1"}, "Somebody else has this staff number."),
    ({"number": "a b"}, "Use letters, digits"),
    ({"roles": []}, "Choose at least one role."),
    ({"roles": ["XX"]}, "is not a valid choice"),
    ({"joined_on": "1890-01-01"}, "This date cannot be right."),
    ({"joined_on": "2999-01-01"}, "This date cannot be right."),
    ({"joined_on": "2026-13-45"}, "Not a valid date value."),
    ({"email": "nobody@test.example"}, "Nobody with this e-mail address signs in"),
    ({"email": "next_manager@test.example"}, "Nobody with this e-mail address signs in"),
])  # fmt: skip
def test_a_person_who_does_not_fit_is_refused_and_the_input_stays(person, manager, change, words):
    answer = manager.post("/t/near/training/staff/new", data=NEW | {"name": "Eve"} | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Eve"' in answer.text or change.get("name") is not None


def test_a_person_is_edited_and_keeps_the_number(app, taught, person, manager):
    url = f"/t/near/training/staff/{person}"
    assert 'value="Ann Sample"' in manager.get(url).text
    data = NEW | {"number": "A-1", "name": "Ann Other", "roles": ["TE"]}
    assert manager.post(url, data=data).status_code == 303
    with app.app_context(), entered(taught.tenant()):
        changed = queries.get_staff(person)
        assert (changed.name, changed.roles) == ("Ann Other", ["TE"])


def test_a_sign_in_belongs_to_one_person(app, taught, person, manager):
    email = "staff@test.example"
    url = f"/t/near/training/staff/{person}"
    own = NEW | {"number": "A-1", "email": email.upper()}
    assert manager.post(url, data=own).status_code == 303
    assert manager.post(url, data=own | {"email": email}).status_code == 303
    second = manager.post("/t/near/training/staff/new", data=NEW | {"email": email})
    assert second.status_code == 422
    assert "This sign-in belongs to Eve Sample already." in second.text


def test_somebody_who_left_is_kept_and_may_come_back(app, taught, person, manager):
    url = f"/t/near/training/staff/{person}"
    early = manager.post(f"{url}/leave", data={"left_on": "2019-01-01"})
    assert early.status_code == 422
    assert "The last day lies before the first." in early.text
    yesterday = TODAY - dt.timedelta(days=1)
    assert manager.post(f"{url}/leave", data={"left_on": yesterday.isoformat()}).status_code == 303
    assert "Ann Sample" not in manager.get("/t/near/training/staff").text
    assert "Ann Sample" in manager.get("/t/near/training/staff?here=left").text
    page = manager.get(f"/t/near/training/people/{person}").text
    assert f"Left the dealership on {yesterday}" in page
    assert manager.post(f"{url}/return").status_code == 303
    assert "Ann Sample" in manager.get("/t/near/training/staff").text


def test_the_staff_list_is_searched_filtered_and_asks_as_often_for_many(app, taught, manager):
    def statements() -> int:
        with statements_of(app) as sent:
            assert manager.get("/t/near/training/staff").status_code == 200
        return len(sent)

    with app.app_context():
        training.crowd(taught, 2)
    few = statements()
    with app.app_context():
        training.crowd(taught, 60, first=2)
        training.hire(taught, "Z_9", ["SM"], name="100% Sample")
    assert statements() == few
    found = manager.get("/t/near/training/staff?q=0%25").text
    assert "100% Sample" in found
    assert "Test crowd" not in found
    assert "100% Sample" in manager.get("/t/near/training/staff?role=SM&q=z_").text
    assert "Page 2 of 3" in manager.get("/t/near/training/staff?page=2").text


# ------------------------------------------------------------------------------------ who may


def test_staff_see_their_own_training_and_no_more(app, taught, person, client_of):
    staff = client_of("staff")
    for url in ("", "/staff", "/staff/new", "/record", f"/people/{person}"):
        assert staff.get(f"/t/near/training{url}").status_code == 403, url
    assert staff.post(course_url(person), data=RESULT).status_code == 403
    assert staff.post(f"/t/near/training/staff/{person}/leave").status_code == 403
    assert staff.get("/t/next/training/mine").status_code == 404


def test_my_training_says_what_is_next_the_most_urgent_first(app, taught, client_of):
    with app.app_context():
        me = training.hire(taught, "M-1", ["CA"], email="staff@test.example")
        training.hire(taught, "M-2", ["CA"], name="Somebody Else")
        valid, old = TODAY - dt.timedelta(days=30), TODAY - dt.timedelta(days=800)
        training.note_down(taught, me, "TC02", "passed", valid)
        training.note_down(taught, me, "TC22", "passed", old)
    page = client_of("staff").get("/t/near/training/mine").text
    assert "Somebody Else" not in page
    assert "it ran out on" in page
    assert page.index("Billing and cashier skills") < page.index("Moments of truth")
    assert page.index("Moments of truth") < page.index("Customer satisfaction and CSI")


def test_my_training_without_a_staff_record_says_what_to_do(taught, client_of):
    page = client_of("staff").get("/t/near/training/mine")
    assert page.status_code == 200
    assert "You are not on the staff list of this dealership" in page.text


def test_home_shows_what_waits_for_the_manager_and_for_oneself(app, taught, client_of):
    assert "Training to renew" not in client_of("manager").get("/t/near/").text
    with app.app_context():
        me = training.hire(taught, "M-1", ["CA"], email="staff@test.example")
        training.note_down(taught, me, "TC22", "passed", TODAY - dt.timedelta(days=800))
    manager = client_of("manager").get("/t/near/").text
    assert "Training to renew" in manager
    assert "/t/near/training?state=expired" in manager
    staff = client_of("staff").get("/t/near/").text
    assert "My open courses" in staff
    assert "Training to renew" not in staff


def test_the_matrix_without_staff_says_how_to_begin(app, taught, manager, client_of):
    assert "Nobody is on the staff list yet" in manager.get("/t/near/training").text
    with app.app_context():
        person = training.hire(taught, "1", name="Gone Sample")
        with at_work(taught.tenant()):
            mark_left(person, TODAY - dt.timedelta(days=1))
    assert "Gone Sample" not in manager.get("/t/near/training").text
