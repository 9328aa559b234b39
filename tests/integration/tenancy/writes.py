"""The 23 ways to change, plant or take another dealership's rows."""

from __future__ import annotations

import datetime as dt
import importlib
import uuid

import sqlalchemy as sa
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import aliased, make_transient_to_detached

from csiapp.standards.models import ServiceStep, StandardVersion
from csiapp.training.models import StaffMember
from tests.integration.tenancy.reads import RAW_CURSOR, forged
from tests.integration.tenancy.stage import A2, OTHER, OWN, SET2, T2, V1, V2, attack, saw

STAFF = {
    "network_id": 1,
    "name": "pwn",
    "number": "9",
    "roles": [],
    "joined_on": dt.date(2026, 1, 1),
}


def step(**values: object) -> ServiceStep:
    return ServiceStep(
        code="S99",
        position=9,
        name={"en": "pwn"},
        purpose={"en": "pwn"},
        primary_factor="SI",
        customer_present=True,
        moments=[],
        **values,
    )


@attack("W01 ORM update of the other's row")
def _(s, e):
    s.execute(update(StandardVersion).where(StandardVersion.id == V2).values(reason="pwn"))
    s.commit()


@attack("W02 ORM delete with RETURNING")
def _(s, e):
    gone = delete(ServiceStep).where(ServiceStep.id == A2).returning(ServiceStep.purpose)
    rows = s.execute(gone).all()
    s.commit()
    return saw(rows)


@attack("W03 bulk update by primary key")
def _(s, e):
    s.execute(update(StandardVersion), [{"tenant_id": OTHER, "id": V2, "reason": "pwn"}])
    s.commit()


@attack("W04 bulk_update_mappings")
def _(s, e):
    s.bulk_update_mappings(StandardVersion, [{"tenant_id": OTHER, "id": V2, "reason": "pwn"}])
    s.commit()


@attack("W05 bulk_insert_mappings")
def _(s, e):
    s.bulk_insert_mappings(StaffMember, [{"tenant_id": OTHER, "id": uuid.uuid4(), **STAFF}])
    s.commit()


@attack("W06 insert of rows of the other")
def _(s, e):
    s.execute(insert(StaffMember), [{"tenant_id": OTHER, "id": uuid.uuid4(), **STAFF}])
    s.commit()


@attack("W07 upsert over the other's row")
def _(s, e):
    dialect = importlib.import_module(f"sqlalchemy.dialects.{e.dialect.name}")
    planted = dialect.insert(StaffMember).values(tenant_id=OTHER, id=T2, **STAFF)
    keys = ["tenant_id", "id"]
    s.execute(planted.on_conflict_do_update(index_elements=keys, set_={"name": "pwn"}))
    s.commit()


@attack("W08 add a row with the other's tenant")
def _(s, e):
    s.add(StaffMember(tenant_id=OTHER, **STAFF))
    s.commit()


@attack("W09 move an own row to the other")
def _(s, e):
    row = s.scalars(select(StaffMember)).first()
    row.tenant_id = OTHER
    row.number = "77"
    s.commit()


@attack("W10 foreign key to the other's parent")
def _(s, e):
    s.add(step(version_id=V2))
    s.commit()


@attack("W11 child of a forged parent")
def _(s, e):
    parent = forged()
    s.add(parent)
    s.add(step(attacked_version=parent))
    s.commit()


@attack("W12 delete a forged object")
def _(s, e):
    row = step(tenant_id=OTHER, id=A2, network_id=1, version_id=V2)
    make_transient_to_detached(row)
    s.add(row)
    s.delete(row)
    s.commit()


@attack("W13 change a forged own object with the other's id")
def _(s, e):
    row = StandardVersion(
        tenant_id=OWN, id=V2, network_id=1, reason="x", number=9, state="draft", edit=0
    )
    make_transient_to_detached(row)
    s.add(row)
    row.reason = "pwn"
    s.commit()


@attack("W14 update that sets the tenant")
def _(s, e):
    s.execute(update(StaffMember).values(tenant_id=OTHER))
    s.commit()


@attack("W15 merge over the other's key")
def _(s, e):
    s.merge(StaffMember(tenant_id=OTHER, id=T2, **STAFF))
    s.commit()


@attack("W16 write from head office's read scope", scope="network")
def _(s, e):
    row = s.scalars(select(StandardVersion).where(StandardVersion.tenant_id == OTHER)).one()
    row.reason = "pwn"
    s.commit()


@attack("W17 bulk update from head office's read scope", scope="network")
def _(s, e):
    s.execute(update(StandardVersion).values(reason="pwn"))
    s.commit()


@attack("W18 raw DBAPI write", refusal=RAW_CURSOR)
def _(s, e):
    raw = e.raw_connection()
    try:
        raw.cursor().execute(f"UPDATE standard_version SET reason='pwn' WHERE tenant_id={OTHER}")
        raw.commit()
    finally:
        raw.close()


@attack("W19 tie an own child to a forged parent through the collection")
def _(s, e):
    parent = forged(reason="SECRET", number=9, set_id=SET2)
    s.add(parent)
    with s.no_autoflush:
        ours = s.scalars(select(ServiceStep)).first()
        parent.attacked_steps.append(ours)
    s.commit()


@attack("W20 insert from select")
def _(s, e):
    table = StaffMember.__table__
    columns = ["tenant_id", "id", "network_id", "name", "number", "roles", "joined_on"]
    taken = select(
        sa.literal(OWN),
        sa.literal(uuid.uuid4(), sa.Uuid),
        *(table.c[c] for c in columns[2:]),
    ).where(table.c.tenant_id == OTHER)
    s.execute(insert(StaffMember).from_select(columns, taken))
    s.commit()


@attack("W21 own update with an ORM subquery on the other")
def _(s, e):
    a = aliased(StandardVersion)
    stolen = select(func.max(a.reason)).where(a.tenant_id == OTHER).scalar_subquery()
    change = update(StandardVersion).where(StandardVersion.id == V1)
    s.execute(
        change.values(reason=func.coalesce(stolen, "none")),
        execution_options={"synchronize_session": False},
    )
    s.commit()


@attack("W22 own flush with a Core subquery on the other")
def _(s, e):
    row = s.scalars(select(StandardVersion)).first()
    t = StandardVersion.__table__.alias()
    stolen = select(func.max(t.c.reason)).where(t.c.tenant_id == OTHER).scalar_subquery()
    row.reason = func.coalesce(stolen, "none")
    s.commit()


@attack("W23 Core update through the session's connection")
def _(s, e):
    t = StandardVersion.__table__
    s.connection().execute(update(t).where(t.c.tenant_id == OTHER).values(reason="pwn"))
    s.commit()
