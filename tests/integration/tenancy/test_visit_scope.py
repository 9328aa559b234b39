"""A shopper sees the visits assigned to that shopper and nothing else; a head-office verb
writes only the tables that belong to it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from csiapp.audits.models import Answer, AnswerEvent, FormTemplate, FormVersion, Visit
from csiapp.core.activity import record
from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.permissions import VERB_TABLES, Permission
from csiapp.core.tenancy import CrossScopeWrite, Scope, ScopeKind, TenancyError, entered
from csiapp.standards.models import FactorModel
from csiapp.training.models import StaffMember
from tests.integration.tenancy.stage import OTHER, OWN, V1, V2, set_the_stage

pytestmark = pytest.mark.db

MINE, HERS, ELSEWHERE = (uuid.UUID(int=n) for n in (101, 102, 103))
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 1, 1)


@pytest.fixture
def stage(app, world, database):
    """Visits: MINE and ELSEWHERE (another dealership) are the shopper's, HERS is not."""
    frozen = {"content": {}, "sha256": "0" * 64, "number": 1, "name": {"en": "x"}}
    shared = {"id": uuid.UUID(int=201), "network_id": 1, "code": "M", "published_at": NOW, **frozen}
    with database.owner() as owner:
        set_the_stage(owner)
        owner.execute(sa.insert(FactorModel.__table__), shared)
        owner.execute(sa.insert(FormTemplate.__table__), {**shared, "kind": "visit"})
        for tenant, version in ((OWN, V1), (OTHER, V2)):
            owner.execute(
                sa.insert(FormVersion.__table__),
                {
                    **frozen,
                    "tenant_id": tenant,
                    "network_id": 1,
                    "id": uuid.UUID(int=300 + tenant),
                    "code": "M",
                    "kind": "visit",
                    "template_id": shared["id"],
                    "factor_model_id": shared["id"],
                    "standard_version_id": version,
                    "created_at": NOW,
                },
            )
        for visit, tenant, shopper in (
            (MINE, OWN, "shopper"),
            (HERS, OWN, "other_shopper"),
            (ELSEWHERE, OTHER, "shopper"),
        ):
            owner.execute(
                sa.insert(Visit.__table__),
                {
                    "tenant_id": tenant,
                    "network_id": 1,
                    "id": visit,
                    "form_version_id": uuid.UUID(int=300 + tenant),
                    "shopper_id": world.people[shopper],
                    "scenario": "SC1",
                    "state": "assigned",
                    "opens_on": DAY,
                    "due_on": DAY,
                    "note": "",
                    "review_note": "",
                    "assigned_at": NOW,
                    "last_seq": 0,
                },
            )
    with app.app_context():
        token = writing.set(True)
        yield world
        db.session.rollback()
        db.session.close()
        writing.reset(token)


def visit_scope(world, visit: uuid.UUID = MINE, tenant: int = OWN) -> Scope:
    shopper = world.people["shopper"]
    return Scope(
        ScopeKind.VISIT, 1, actor=shopper, tenant_id=tenant, visit_id=visit, shopper_id=shopper
    )


def an_event(visit: uuid.UUID, **owner: object) -> AnswerEvent:
    return AnswerEvent(
        visit_id=visit,
        device="d",
        seq=1,
        field="V001",
        value={"value": 1},
        client_ts="",
        form_sha256="0" * 64,
        digest="0" * 64,
        **owner,
    )


def test_a_shopper_lists_own_visits_at_all_dealerships(stage):
    with entered(stage.shopper()):
        assert set(db.session.scalars(select(Visit.id))) == {MINE, ELSEWHERE}
        db.session.close()


@pytest.mark.parametrize("model", [StaffMember, Answer, FormVersion])
def test_a_shoppers_list_opens_no_other_table(stage, model):
    with entered(stage.shopper()):
        with pytest.raises(TenancyError):
            db.session.scalars(select(model)).all()
        db.session.close()


def test_a_shoppers_list_writes_nothing(stage):
    with entered(stage.shopper()):
        db.session.scalars(select(Visit).where(Visit.id == MINE)).one().note = "pwn"
        with pytest.raises(CrossScopeWrite):
            db.session.commit()
        db.session.rollback()
        db.session.close()


def test_one_visit_is_seen_alone_and_filled(stage):
    with entered(visit_scope(stage)):
        assert list(db.session.scalars(select(Visit.id))) == [MINE]
        db.session.add(an_event(MINE))
        record("visit.submitted", "visit", MINE)
        db.session.commit()
        assert len(db.session.scalars(select(AnswerEvent)).all()) == 1
        assert len(db.session.scalars(select(FormVersion)).all()) == 1
        db.session.close()


@pytest.mark.parametrize("model", [StaffMember])
def test_one_visit_opens_no_table_of_the_dealership(stage, model):
    with entered(visit_scope(stage)):
        with pytest.raises(TenancyError):
            db.session.scalars(select(model)).all()
        db.session.close()


@pytest.mark.parametrize(("visit", "tenant"), [(HERS, OWN), (ELSEWHERE, OTHER)])
def test_answers_cannot_be_written_into_another_visit(stage, visit, tenant):
    with entered(visit_scope(stage)):
        db.session.add(an_event(visit, tenant_id=tenant, network_id=1))
        with pytest.raises(CrossScopeWrite):
            db.session.commit()
        db.session.rollback()
        db.session.close()


def test_answers_of_another_visit_are_not_read(stage):
    with entered(stage.tenant()):
        db.session.add(an_event(HERS))
        db.session.commit()
        db.session.close()
    with entered(visit_scope(stage)):
        assert db.session.scalars(select(AnswerEvent)).all() == []
        db.session.close()


def test_a_visit_scope_for_somebody_elses_visit_finds_no_visit_on_postgresql(stage, database_kind):
    """A forged scope: SQLite trusts the scope that the request hook made; PostgreSQL's
    policy asks for the shopper as well."""
    with entered(visit_scope(stage, HERS)):
        found = list(db.session.scalars(select(Visit.id)))
        db.session.close()
    assert found == ([] if database_kind == "postgresql" else [HERS])


@pytest.mark.parametrize("permission", sorted(VERB_TABLES))
def test_a_head_office_verb_writes_only_its_own_tables(stage, permission: Permission):
    allowed = VERB_TABLES[permission]
    scope = Scope(ScopeKind.TENANT, 1, tenant_id=OWN, writable=allowed)
    with entered(scope):
        db.session.scalars(select(StaffMember)).one().name = "pwn"
        with pytest.raises(CrossScopeWrite):
            db.session.flush()
        db.session.rollback()
        visit = db.session.scalars(select(Visit).where(Visit.id == MINE)).one()
        visit.note = "from head office"
        if "visit" in allowed:
            db.session.flush()
        else:
            with pytest.raises(CrossScopeWrite):
                db.session.flush()
        db.session.rollback()
        db.session.close()


def test_append_only_rows_are_refused_by_session_and_database(stage, database):
    with entered(visit_scope(stage)):
        db.session.add(an_event(MINE))
        db.session.commit()
        event = db.session.scalars(select(AnswerEvent)).one()
        event.value = {"value": 2}
        with pytest.raises(CrossScopeWrite):
            db.session.commit()
        db.session.rollback()
        db.session.close()
    with pytest.raises(sa.exc.IntegrityError), database.owner() as owner:
        owner.execute(sa.update(AnswerEvent.__table__).values(device="x"))
    with pytest.raises(sa.exc.IntegrityError), database.owner() as owner:
        owner.execute(sa.delete(AnswerEvent.__table__))
