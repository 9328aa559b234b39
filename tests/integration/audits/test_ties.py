"""A shopper with a tie to a dealership, or former staff of it, is not sent there."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from csiapp.accounts.models import Membership
from csiapp.audits.models import ShopperTie
from csiapp.audits.queries.ties import list_ties
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.planning import Unfit
from csiapp.audits.services.ties import declare_tie, end_tie
from csiapp.core.db import writing
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.training.models import StaffMember
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.world import today

pytestmark = pytest.mark.db


def refused(world, **plan):
    with pytest.raises(Unfit) as unfit:
        audits.assign(world, **plan)
    assert unfit.value.field == "shopper_id"
    return unfit.value.message


def declared(world, kind="family", dealership="near"):
    with at_work(audits.acting(world, "headoffice", dealership)):
        return declare_tie(world.people["shopper"], kind).id


def test_a_declared_tie_blocks_this_shopper_at_this_dealership_until_it_ends(app, both_audited):
    with app.app_context():
        tie_id = declared(both_audited)
        assert "Family works there" in refused(both_audited)
        audits.assign(both_audited, shopper="other_shopper")
        audits.assign(both_audited, dealership="next")
        with at_work(audits.acting(both_audited, "headoffice")):
            end_tie(tie_id)
            end_tie(tie_id)
        audits.assign(both_audited)


def test_a_tie_of_another_dealership_cannot_be_ended_here(app, both_audited):
    with app.app_context():
        tie_id = declared(both_audited, dealership="next")
        with pytest.raises(NotFound), at_work(audits.acting(both_audited, "headoffice")):
            end_tie(tie_id)


@pytest.mark.parametrize("active", [True, False])
def test_whoever_has_or_had_a_sign_in_of_the_dealership_is_not_sent_there(
    app, both_audited, active
):
    with app.app_context():
        writing.set(True)
        at = {"network_id": 1, "dealership_id": both_audited.dealerships["near"]}
        role = {"role": Role.STAFF.value, "active": active}
        db.session.add(Membership(user_id=both_audited.people["shopper"], **at, **role))
        db.session.commit()
        db.session.close()
        assert "works or worked" in refused(both_audited)
        audits.assign(both_audited, dealership="next")


def test_former_staff_of_the_staff_list_are_not_sent_there(app, both_audited):
    with app.app_context():
        day = today()
        with at_work(both_audited.tenant()):
            left = {"joined_on": day - dt.timedelta(900), "left_on": day - dt.timedelta(400)}
            who = {"name": "Test", "number": "9", "roles": ["SA"], **left}
            db.session.add(StaffMember(user_id=both_audited.people["shopper"], **who))
        assert "works or worked" in refused(both_audited)
        audits.assign(both_audited, dealership="next")


def test_a_shopper_declines_with_a_tie_and_is_not_sent_there_again(app, both_audited, client_of):
    with app.app_context():
        visit_id = audits.assign(both_audited)
    shopper = client_of("shopper")
    assert "I know somebody there" in shopper.get(f"/v/{visit_id}/").text
    assert shopper.post(f"/v/{visit_id}/decline", data={"tie": "friend"}).status_code == 303
    with app.app_context():
        with entered(audits.acting(both_audited, "headoffice")):
            tie = db.session.scalars(sa.select(ShopperTie)).one()
            assert (tie.kind, tie.visit_id) == ("friend", visit_id)
            assert tie.declared_by == both_audited.people["shopper"]
            assert get_visit(visit_id).state == "unassigned"
            db.session.close()
        assert "Knows staff there" in refused(both_audited)


def test_an_unknown_tie_declines_nothing(app, both_audited, client_of):
    with app.app_context():
        visit_id = audits.assign(both_audited)
    answer = client_of("shopper").post(f"/v/{visit_id}/decline", data={"tie": "nonsense"})
    assert answer.status_code == 422
    with app.app_context(), entered(audits.acting(both_audited, "headoffice")):
        assert get_visit(visit_id).state == "assigned"
        db.session.close()


def test_a_shopper_reads_only_their_own_ties(app, both_audited):
    with app.app_context():
        declared(both_audited)
        for person, count in (("shopper", 1), ("other_shopper", 0)):
            who = both_audited.people[person]
            with entered(Scope(ScopeKind.SHOPPER, 1, actor=who, shopper_id=who)):
                assert list_ties(1).total == count
                db.session.close()


def test_head_office_declares_sees_and_ends_ties(app, both_audited, client_of):
    with app.app_context():
        audits.assign(both_audited)
    office = client_of("headoffice")
    form = {
        "shopper_id": str(both_audited.people["shopper"]),
        "kind": "interest",
        "note": "Supplier",
    }
    page = office.post("/n/near/d/near/ties", data=form, follow_redirects=True).text
    assert "Has money or business there" in page
    assert "1 planned visit of this shopper" in page
    assert "Supplier" in office.get("/n/near/ties").text
    assert office.post("/n/near/d/near/ties", data={"kind": "interest"}).status_code == 422
    with app.app_context(), entered(both_audited.network()):
        (line,) = list_ties(1).items
        db.session.close()
    office.post(f"/n/near/d/near/ties/{line.tie.id}/end")
    assert "No ties declared" in office.get("/n/near/ties").text


def test_the_dealership_hears_nothing_of_ties(app, both_audited, client_of):
    with app.app_context():
        declared(both_audited)
    log = client_of("manager").get("/t/near/activity").text
    assert "tie" not in log.split("<main", 1)[1].replace("entities", "")


def test_a_long_list_of_ties_takes_few_queries(app, both_audited, client_of):
    with app.app_context(), at_work(audits.acting(both_audited, "headoffice")):
        for _number in range(20):
            declare_tie(both_audited.people["shopper"], "other")
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_conn, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    office = client_of("headoffice")
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert office.get("/n/near/ties").text.count("Another reason") == 20
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in seen if "FROM shopper_tie" in s]) == 2
