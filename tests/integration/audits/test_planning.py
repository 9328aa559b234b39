"""Head office plans visits: rotation, waves, changes, and who may do it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from csiapp.audits.models import AnswerEvent, Visit, VisitToken
from csiapp.audits.queries.answers import last_try, ordered_answers
from csiapp.audits.queries.visits import answers_of, get_visit
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.planning import (
    Plan,
    Unfit,
    cancel_visit,
    change_visit,
)
from csiapp.audits.services.submission import accept_visit, pass_test
from csiapp.audits.services.tokens import mint_token
from csiapp.audits.services.waves import CodeTaken, create_wave, move_wave
from csiapp.core.clock import utcnow
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from csiapp.core.tenancy import entered
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.world import today

pytestmark = pytest.mark.db

TODAY = today()
DAY = dt.timedelta(days=1)


def new_wave(world, first=TODAY - 5 * DAY, last=TODAY + 30 * DAY, code="W1") -> uuid.UUID:
    with at_work(world.network()):
        wave = create_wave(
            code=code, name={"zh": "波次", "en": "Wave"}, starts_on=first, ends_on=last
        )
        return wave.id


def plan_of(world, shopper="shopper", **changes) -> Plan:
    plan = {
        "shopper_id": world.people[shopper],
        "opens_on": TODAY,
        "due_on": TODAY + 5 * DAY,
        **changes,
    }
    return Plan(**plan)


def test_an_assigned_visit_pins_the_form_in_force_and_is_logged(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited, note="  Bring the old invoice. ")
        with entered(audited.tenant()):
            visit = get_visit(visit_id)
            assert (visit.state, visit.note) == ("assigned", "Bring the old invoice.")
            assert visit.assigned_by == audited.people["headoffice"]
            entry = db.session.scalars(
                sa.select(ActivityEntry).where(ActivityEntry.verb == "visit.assigned")
            ).one()
            assert (entry.subject_id, entry.detail["form"]) == (str(visit_id), "MS-VISIT")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("shopper_id", "manager"),
        ("shopper_id", "far_shopper"),
        ("due_on", TODAY - 9 * DAY),
        ("scenario", "SC99"),
        ("wave_id", uuid.uuid4()),
    ],
)
def test_what_does_not_fit_is_refused_by_field(app, audited, field, wrong):
    value = audited.people[wrong] if isinstance(wrong, str) and wrong in audited.people else wrong
    with app.app_context(), pytest.raises(Unfit) as refused:
        audits.assign(audited, **{field: value})
    assert refused.value.field == field


def test_the_same_shopper_does_not_come_back_within_90_days(app, audited):
    first = {"opens_on": TODAY, "due_on": TODAY + 5 * DAY}
    soon = {"opens_on": TODAY + 94 * DAY, "due_on": TODAY + 99 * DAY}
    later = {"opens_on": TODAY + 95 * DAY, "due_on": TODAY + 99 * DAY}
    with app.app_context():
        audits.assign(audited, **first)
        with pytest.raises(Unfit, match=f"first day is {TODAY + 95 * DAY}") as refused:
            audits.assign(audited, **soon)
        assert refused.value.field == "shopper_id"
        audits.assign(audited, **later)
        audits.assign(audited, shopper="other_shopper", **first)


def test_rotation_counts_visits_of_one_dealership_only(app, both_audited):
    with app.app_context():
        audits.assign(both_audited)
        audits.assign(both_audited, dealership="next")


def test_rotation_counts_from_the_day_the_shopper_was_there(app, audited, good_visit):
    with app.app_context():
        with at_work(audited.tenant()):
            visit = get_visit(good_visit)
            visit.started_at = visit.submitted_at = utcnow() - 91 * DAY
        with entered(audited.tenant()):
            assert get_visit(good_visit).due_on > TODAY
            db.session.close()
        audits.assign(audited)


def test_a_called_off_visit_does_not_hold_the_shopper_back(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited)
        with at_work(audits.acting(audited, "headoffice")):
            assert cancel_visit(visit_id, "Dealership closed").state == "cancelled"
        audits.assign(audited)


def test_rotation_takes_the_day_at_the_dealership(app, audited, good_visit):
    """Eight in the evening UTC is four in the morning of the next day there."""
    evening = dt.datetime.combine(TODAY - 90 * DAY, dt.time(20), dt.UTC)
    with app.app_context():
        with at_work(audited.tenant()):
            visit = get_visit(good_visit)
            visit.started_at = visit.submitted_at = evening
        with pytest.raises(Unfit, match=str(TODAY + DAY)):
            audits.assign(audited)


def begin(world, visit_id, answers) -> None:
    """The shopper accepts, passes the test and answers on a device of their own."""
    with at_work(audits.acting(world, "shopper")):
        accept_visit(visit_id)
        pass_test(visit_id)
        fill_in(visit_id, answers, device="first")


def test_another_shopper_has_to_accept_anew_and_the_first_is_locked_out(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited)
        with at_work(audits.acting(audited, "shopper")):
            accept_visit(visit_id)
            mint_token(visit_id)
        with at_work(audits.acting(audited, "headoffice")):
            visit = change_visit(visit_id, plan_of(audited, "other_shopper"))
            assert (visit.state, visit.accepted_at) == ("assigned", None)
            assert db.session.scalars(sa.select(VisitToken)).one().revoked_at is not None


def test_another_shopper_inherits_nothing_and_the_journal_keeps_what_the_first_did(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited)
        begin(audited, visit_id, {"V014": {"value": 2}, "device": "iPad"})
        with at_work(audits.acting(audited, "headoffice")):
            change_visit(visit_id, plan_of(audited, opens_on=TODAY + DAY))  # not accepted any more
            change_visit(visit_id, plan_of(audited, "other_shopper"))
        with at_work(audits.acting(audited, "other_shopper")):
            accept_visit(visit_id)
            assert (answers_of(visit_id), last_try(visit_id)) == ({}, None)
            assert ordered_answers(visit_id).keys() == {"V014"}, "and who held it is forgotten"
            pass_test(visit_id)
            fill_in(visit_id, {"V014": {"value": 5}})
            assert ordered_answers(visit_id)["V014"]["value"] == {"value": 5}
            of_v014 = sa.select(AnswerEvent.value).where(AnswerEvent.field == "V014")
            kept = db.session.scalars(of_v014.order_by(AnswerEvent.seq)).all()
            assert kept == [{"value": 2}, None, {"value": 5}]


def test_a_device_of_a_shopper_before_hears_that_its_answers_are_gone(app, audited):
    """The visit may come back to them: else their device shows as kept what counts no more."""
    with app.app_context():
        visit_id = audits.assign(audited)
        begin(audited, visit_id, {"V014": {"value": 2}})
        with entered(audited.tenant()):
            held = ordered_answers(visit_id)["V014"]
            db.session.close()
        with at_work(audits.acting(audited, "headoffice")):
            change_visit(visit_id, plan_of(audited, "other_shopper"))
            change_visit(visit_id, plan_of(audited))
        with at_work(audits.acting(audited, "shopper")):
            accept_visit(visit_id)
            now = ordered_answers(visit_id)["V014"]
            assert now["value"] is None
            assert now["seq"] > held["seq"]
            assert get_visit(visit_id).last_seq == now["seq"]


def test_a_new_note_alone_does_not_ask_the_shopper_again(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited, opens_on=TODAY, due_on=TODAY + 5 * DAY)
        with at_work(audits.acting(audited, "shopper")):
            accept_visit(visit_id)
        with at_work(audits.acting(audited, "headoffice")):
            assert change_visit(visit_id, plan_of(audited, note="Hello")).state == "accepted"


def test_a_started_visit_is_neither_changed_nor_called_off(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id)
        with at_work(audits.acting(audited, "headoffice")):
            with pytest.raises(Conflict):
                change_visit(visit_id, plan_of(audited))
            with pytest.raises(Conflict):
                cancel_visit(visit_id, "Too late")


def test_calling_off_needs_a_reason(app, audited):
    with app.app_context():
        visit_id = audits.assign(audited)
        with at_work(audits.acting(audited, "headoffice")), pytest.raises(Unfit):
            cancel_visit(visit_id, "  ")


def test_a_visit_lies_inside_its_wave(app, audited):
    with app.app_context():
        wave_id = new_wave(audited, last=TODAY + 3 * DAY)
        with pytest.raises(Unfit, match="The wave runs"):
            audits.assign(audited, wave_id=wave_id)
        audits.assign(audited, wave_id=wave_id, due_on=TODAY + 3 * DAY)


def test_a_wave_opens_and_closes_when_its_visits_are_done(app, audited):
    with app.app_context():
        wave_id = new_wave(audited)
        visit_id = audits.assign(audited, wave_id=wave_id)
        with at_work(audited.network()):
            assert move_wave(wave_id, "open").state == "fielding"
            with pytest.raises(Conflict, match="1 visit of this wave"):
                move_wave(wave_id, "close")
        with at_work(audits.acting(audited, "headoffice")):
            cancel_visit(visit_id, "Not needed")
        with at_work(audited.network()):
            assert move_wave(wave_id, "close").state == "closed"
        with pytest.raises(Unfit, match="closed"):
            audits.assign(audited, wave_id=wave_id, shopper="other_shopper")
        with at_work(audited.network()):
            assert move_wave(wave_id, "reopen").state == "fielding"


def test_a_wave_is_refused_with_a_taken_code_or_its_days_reversed(app, audited):
    with app.app_context():
        new_wave(audited)
        with pytest.raises(CodeTaken):
            new_wave(audited)
        with pytest.raises(Invalid):
            new_wave(audited, first=TODAY, last=TODAY - DAY, code="W2")


def test_a_dealership_without_standards_gets_no_visit(app, audited):
    with app.app_context(), pytest.raises(Conflict, match="not published its standards"):
        audits.assign(audited, dealership="next")


def test_a_phone_form_has_no_scenario(app, audited):
    with app.app_context():
        audits.assign(audited, form_code="MS-PHONE", scenario="")
        with pytest.raises(Unfit):
            audits.assign(audited, form_code="MS-PHONE", scenario="SC1", shopper="other_shopper")


def test_planning_writes_nothing_but_the_plan(app, audited, client_of):
    """The page's scope may write visits, forms and the log, and nothing else."""
    client = client_of("headoffice")
    answer = client.post(
        "/n/near/d/near/visits/new?form=MS-VISIT",
        data={
            "scenario": "SC2",
            "shopper_id": str(audited.people["shopper"]),
            "opens_on": TODAY.isoformat(),
            "due_on": (TODAY + 7 * DAY).isoformat(),
        },
    )
    assert answer.status_code == 303, answer.text
    with app.app_context(), entered(audited.tenant()):
        visit = db.session.scalars(sa.select(Visit)).one()
        assert (visit.scenario, visit.wave_id) == ("SC2", None)
        assert str(visit.id) in answer.location


def test_the_page_shows_why_a_shopper_cannot_come(app, audited, client_of):
    with app.app_context():
        audits.assign(audited)
    answer = client_of("headoffice").post(
        "/n/near/d/near/visits/new",
        data={
            "scenario": "SC1",
            "shopper_id": str(audited.people["shopper"]),
            "opens_on": TODAY.isoformat(),
            "due_on": (TODAY + 7 * DAY).isoformat(),
        },
    )
    assert answer.status_code == 422
    assert "90 days must lie between two visits" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_form_without_scenarios_is_planned_through_its_page(app, audited, client_of):
    answer = client_of("headoffice").post(
        "/n/near/d/near/visits/new?form=MS-PHONE",
        data={
            "shopper_id": str(audited.people["shopper"]),
            "opens_on": TODAY.isoformat(),
            "due_on": TODAY.isoformat(),
        },
    )
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("due_on", ["", "not a day", "2020-01-01", "99999-01-01"])
def test_a_wrong_last_day_is_said_at_the_field(app, audited, client_of, due_on):
    answer = client_of("headoffice").post(
        "/n/near/d/near/visits/new",
        data={
            "scenario": "SC1",
            "shopper_id": str(audited.people["shopper"]),
            "opens_on": TODAY.isoformat(),
            "due_on": due_on,
        },
    )
    assert answer.status_code == 422
    assert 'id="due_on-error"' in answer.text


def test_another_form_than_the_networks_is_not_found(app, audited, client_of):
    assert client_of("headoffice").get("/n/near/d/near/visits/new?form=XX").status_code == 404


def test_the_dealership_list_says_who_has_no_standards_yet(app, audited, client_of):
    page = client_of("headoffice").get("/n/near/visits/new").text
    assert "/n/near/d/near/visits/new" in page
    assert "/n/near/d/next/visits/new" not in page
    assert "No published standards" in page


def test_changing_and_calling_off_through_the_pages(app, audited, client_of):
    with app.app_context():
        visit_id = audits.assign(audited)
    client, at = client_of("headoffice"), f"/n/near/d/near/visits/{visit_id}"
    assert client.get(f"{at}/change").status_code == 200
    data = {
        "shopper_id": str(audited.people["other_shopper"]),
        "opens_on": TODAY.isoformat(),
        "due_on": (TODAY + 9 * DAY).isoformat(),
        "note": "New day",
    }
    assert client.post(f"{at}/change", data=data).status_code == 303
    assert client.post(f"{at}/cancel", data={}).status_code == 422
    assert client.post(f"{at}/cancel", data={"reason": "Closed"}).status_code == 303
    assert client.post(f"{at}/cancel", data={"reason": "Closed"}).status_code == 409
    assert client.get(f"{at}/change").status_code == 409
    with app.app_context(), entered(audited.tenant()):
        visit = get_visit(visit_id)
        assert (visit.state, visit.note) == ("cancelled", "New day")
        assert visit.shopper_id == audited.people["other_shopper"]


def test_waves_through_the_pages(app, audited, client_of):
    client = client_of("headoffice")
    data = {
        "code": "2027-Q1",
        "name_zh": "第一季度",
        "name_en": "First quarter",
        "starts_on": "2027-01-01",
        "ends_on": "2027-03-31",
    }
    assert client.post("/n/near/waves/new", data={**data, "code": "a b"}).status_code == 422
    assert client.post("/n/near/waves/new", data=data).status_code == 303
    taken = client.post("/n/near/waves/new", data=data)
    assert taken.status_code == 422
    assert "There is a wave with this code already." in taken.text
    page = client.get("/n/near/waves").text
    assert "First quarter" in page
    action = next(part for part in page.split('"') if part.endswith("/open"))
    assert client.post(action).status_code == 303
    assert client.post(action).status_code == 409
    assert "In the field" in client.get("/n/near/waves").text
