"""What a dealership may do, it can do: the walls refuse nothing that is its own."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import aliased, joinedload, selectinload, subqueryload

from csiapp.accounts.models import Dealership
from csiapp.core.db import new_id, writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered
from csiapp.standards.models import ServiceStep, StandardVersion
from csiapp.training.models import StaffMember
from tests.integration.tenancy.stage import OTHER, OWN, V1, set_the_stage
from tests.integration.tenancy.writes import STAFF, step

pytestmark = pytest.mark.db


@pytest.fixture
def session(app, world, database):
    """A session in the own dealership's scope."""
    with database.owner() as owner:
        set_the_stage(owner)
    with app.app_context():
        token = writing.set(True)
        with entered(world.tenant()):
            yield db.session()
            db.session.rollback()
            db.session.close()
        writing.reset(token)


def test_own_rows_are_read_by_select_get_and_refresh(session):
    version = session.scalars(select(StandardVersion)).one()
    assert version.reason == "own"
    assert session.get(StandardVersion, (OWN, V1)) is version
    session.refresh(version)
    assert version.reason == "own"


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload])
def test_own_children_are_loaded_lazily_and_eagerly(session, load):
    query = select(StandardVersion).options(load(StandardVersion.attacked_steps))
    assert len(session.scalars(query).unique().one().attacked_steps) == 1
    session.expunge_all()
    assert len(session.scalars(select(StandardVersion)).one().attacked_steps) == 1


def test_new_rows_are_stamped_with_the_scope(session):
    version = session.scalars(select(StandardVersion)).one()
    version.attacked_steps.append(step())
    session.add(StaffMember(**{k: v for k, v in STAFF.items() if k != "network_id"}))
    session.commit()
    added = session.scalars(select(ServiceStep).where(ServiceStep.code == "S99")).one()
    assert (added.tenant_id, added.network_id) == (OWN, 1)


def test_joins_aggregates_subqueries_and_windows_see_own_rows_only(session):
    a = aliased(StandardVersion)
    joined = select(Dealership.id, a.reason).outerjoin(a, a.tenant_id == Dealership.id)
    rows = dict(session.execute(joined.where(Dealership.id.in_([OWN, OTHER]))).all())
    assert rows == {OWN: "own", OTHER: None}
    assert session.scalar(select(func.count()).select_from(StandardVersion)) == 1
    has_step = select(ServiceStep.id).where(ServiceStep.version_id == StandardVersion.id).exists()
    assert session.scalar(select(StandardVersion.reason).where(has_step)) == "own"
    both = sa.union_all(select(StandardVersion.id), select(ServiceStep.version_id)).subquery()
    assert session.scalar(select(func.count()).select_from(both)) == 2
    rank = func.rank().over(partition_by=StandardVersion.tenant_id, order_by=StandardVersion.number)
    ranked = select(StandardVersion.reason, rank.label("rank")).subquery()
    assert session.execute(select(ranked)).all() == [("own", 1)]


def test_bulk_insert_update_and_delete_work_on_own_rows(session):
    rows = [
        {"tenant_id": OWN, "id": new_id(), **STAFF, "number": str(n), "name": f"b{n}"}
        for n in range(10, 15)
    ]
    session.execute(insert(StaffMember), rows)
    changed = update(StaffMember).where(StaffMember.name.like("b%")).values(name="c")
    assert session.execute(changed).rowcount == 5
    assert session.execute(delete(StaffMember).where(StaffMember.number == "10")).rowcount == 1


def test_savepoints_keep_the_scope(session):
    with session.begin_nested():
        session.add(StaffMember(**{**STAFF, "joined_on": dt.date(2026, 2, 2)}))
    session.commit()
    assert session.scalar(select(func.count()).select_from(StaffMember)) == 2


def test_head_office_reads_all_its_dealerships_and_groups_them(app, world, database):
    with database.owner() as owner:
        set_the_stage(owner)
    with app.app_context(), entered(world.network()):
        counted = select(StandardVersion.tenant_id, func.count()).group_by(
            StandardVersion.tenant_id
        )
        assert dict(db.session.execute(counted).all()) == {OWN: 1, OTHER: 1}
        db.session.close()


def test_another_networks_head_office_sees_nothing_of_it(app, world, database):
    with database.owner() as owner:
        set_the_stage(owner)
    with app.app_context(), entered(world.network("far", "far_headoffice")):
        assert db.session.scalars(select(StandardVersion)).all() == []
        db.session.close()


def test_global_tables_need_no_scope(app, world):
    with app.app_context():
        assert len(db.session.scalars(select(Dealership)).all()) == 3
        db.session.close()
