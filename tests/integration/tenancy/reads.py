"""The 35 ways to read another dealership's rows."""

from __future__ import annotations

import threading
import uuid

from sqlalchemy import func, lambda_stmt, literal_column, or_, select, text, true, union_all
from sqlalchemy.orm import (
    aliased,
    joinedload,
    make_transient_to_detached,
    selectinload,
    subqueryload,
    with_loader_criteria,
)

from csiapp.accounts.models import Dealership
from csiapp.core.tenancy import Scope, ScopeKind, entered
from csiapp.standards.models import ServiceStep, StandardVersion
from tests.integration.tenancy.stage import OTHER, OWN, SET2, V2, attack, saw, session_of_our_own

RAW_CURSOR = {
    "sqlite": "prohibited|not authorized",  # the connection's authorizer
    "postgresql": "permission denied",  # the login role has no rights on the table
}


def scope_of(tenant: int) -> Scope:
    return Scope(ScopeKind.TENANT, 1, tenant_id=tenant)


def forged(**values: object) -> StandardVersion:
    """An object that pretends to have been loaded from the other dealership."""
    row = StandardVersion(tenant_id=OTHER, id=V2, network_id=1, **values)
    make_transient_to_detached(row)
    return row


@attack("R01 select")
def _(s, e):
    return saw([v.reason for v in s.scalars(select(StandardVersion))])


@attack("R02 get by the other's key")
def _(s, e):
    row = s.get(StandardVersion, (OTHER, V2))
    return row is not None and saw(row.reason)


@attack("R03 identity map after a change of scope", scope="none")
def _(s, e):
    with entered(scope_of(OTHER)):
        kept = s.get(StandardVersion, (OTHER, V2))
        assert kept.reason == "SECRET"
    with entered(scope_of(OWN)):
        row = s.get(StandardVersion, (OTHER, V2))
        return row is not None and saw(row.reason)


@attack("R04 lazy load from an unscoped parent")
def _(s, e):
    return saw([v.reason for v in s.get(Dealership, OTHER).attacked_versions])


@attack("R05 joined, select-in and subquery loads")
def _(s, e):
    found = False
    for load in (joinedload, selectinload, subqueryload):
        s.expunge_all()
        query = select(Dealership).options(load(Dealership.attacked_versions))
        for dealership in s.scalars(query).unique():
            found |= saw([v.reason for v in dealership.attacked_versions])
    return found


@attack("R06 alias in an outer join")
def _(s, e):
    a = aliased(StandardVersion)
    joined = select(Dealership.id, a.reason).outerjoin(a, a.tenant_id == Dealership.id)
    return saw(s.execute(joined).all()) or saw(s.scalars(select(a.reason)).all())


@attack("R07 alias of a subquery")
def _(s, e):
    sub = select(StandardVersion).subquery()
    a = aliased(StandardVersion, sub)
    return saw([x.reason for x in s.scalars(select(a))]) or saw(
        s.execute(select(sub.c.reason)).all()
    )


@attack("R08 union")
def _(s, e):
    other = select(StandardVersion.reason).where(StandardVersion.tenant_id == OTHER)
    return saw(s.execute(union_all(select(StandardVersion.reason), other)).all())


@attack("R09 CTE, exists, count and scalar subquery")
def _(s, e):
    cte = select(StandardVersion.reason).cte("c")
    count = s.scalar(select(func.count()).select_from(StandardVersion))
    there = select(StandardVersion.id).where(StandardVersion.tenant_id == OTHER).exists()
    exists = s.scalar(select(Dealership.id).where(there, Dealership.id == OWN))
    highest = select(func.max(StandardVersion.reason)).where(
        StandardVersion.tenant_id == Dealership.id
    )
    scalar = s.execute(select(Dealership.id, highest.scalar_subquery())).all()
    return saw(s.execute(select(cte.c.reason)).all()) or count > 1 or exists or saw(scalar)


@attack("R10 nested CTE")
def _(s, e):
    inner = select(StandardVersion.reason).cte("c")
    outer = select(inner.c.reason).cte("d")
    return saw(s.execute(select(outer)).all())


@attack("R11 ORM select that mixes in Core columns")
def _(s, e):
    table = StandardVersion.__table__
    query = select(Dealership.id, table.c.reason).select_from(Dealership)
    return saw(s.execute(query.join(table, table.c.tenant_id == Dealership.id)).all())


@attack("R12 Core select through the session")
def _(s, e):
    return saw(s.execute(select(StandardVersion.__table__)).all())


@attack("R13 text through the session")
def _(s, e):
    return saw(s.execute(text("SELECT * FROM standard_version")).all())


@attack("R14 Core select through the session's connection")
def _(s, e):
    return saw(s.connection().execute(select(StandardVersion.__table__)).all())


@attack("R15 text through the engine")
def _(s, e):
    with e.connect() as connection:
        return saw(connection.execute(text("SELECT reason FROM standard_version")).all())


@attack("R16 raw DBAPI cursor", refusal=RAW_CURSOR)
def _(s, e):
    raw = e.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("SELECT reason FROM standard_version")
        return saw(cursor.fetchall())
    finally:
        raw.close()


@attack("R17 from_statement")
def _(s, e):
    query = select(StandardVersion).from_statement(text("SELECT * FROM standard_version"))
    return saw([v.reason for v in s.scalars(query)])


@attack("R18 expired attribute of a forged object")
def _(s, e):
    row = forged()
    s.add(row)
    return saw(row.reason)


@attack("R19 refresh of a forged object")
def _(s, e):
    row = forged(reason="x", number=9, set_id=SET2)
    s.add(row)
    s.refresh(row)
    return saw(row.reason)


@attack("R20 Core select of a child table")
def _(s, e):
    return len(s.execute(select(ServiceStep.__table__)).all()) > 0


@attack("R21 tautology in WHERE")
def _(s, e):
    query = select(StandardVersion).where(or_(true(), StandardVersion.tenant_id == OTHER))
    return saw([v.reason for v in s.scalars(query)])


@attack("R22 select_from(text)")
def _(s, e):
    return saw(
        s.execute(select(literal_column("reason")).select_from(text("standard_version"))).all()
    )


@attack("R23 literal subquery in an ORM select")
def _(s, e):
    inner = literal_column(f"(SELECT max(reason) FROM standard_version WHERE tenant_id = {OTHER})")
    return saw(s.execute(select(Dealership.id, inner)).all())


@attack("R24 an option that overrides the criteria")
def _(s, e):
    query = select(StandardVersion).options(with_loader_criteria(StandardVersion, true()))
    return saw([v.reason for v in s.scalars(query)])


@attack("R25 compiled cache across scopes", scope="none")
def _(s, e):
    def query():
        return lambda_stmt(lambda: select(StandardVersion.reason))

    with entered(scope_of(OTHER)):
        assert saw(s.execute(query()).all())
    s.rollback()
    s.close()
    with entered(scope_of(OWN)):
        return saw(s.execute(query()).all())


@attack("R26 legacy Query")
def _(s, e):
    everything = [v.reason for v in s.query(StandardVersion)]
    return saw(everything) or saw(
        s.query(StandardVersion).filter_by(id=V2).with_entities(StandardVersion.reason).all()
    )


@attack("R27 no scope at all", scope="none")
def _(s, e):
    answered = 0
    for read in (
        lambda: s.scalars(select(StandardVersion.reason)).all(),
        lambda: s.get(StandardVersion, (OTHER, V2)),
        lambda: s.scalar(select(func.count()).select_from(StandardVersion)),
        lambda: s.get(Dealership, OTHER).attacked_versions,
    ):
        try:
            read()
            answered += 1  # anything but an exception fails open
        except Exception:
            s.rollback()
    return answered > 0


@attack("R28 a thread started inside a scope")
def _(s, e):
    seen: list[object] = []
    app = __import__("flask").current_app._get_current_object()

    def run():
        with app.app_context(), session_of_our_own() as other:
            try:
                seen.append(other.scalars(select(StandardVersion.reason)).all())
            except Exception:
                other.rollback()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return len(seen) > 0


@attack("R29 the next transaction, and after a savepoint")
def _(s, e):
    s.scalars(select(StandardVersion)).all()
    s.commit()
    found = saw([v.reason for v in s.scalars(select(StandardVersion))])
    point = s.begin_nested()
    s.scalars(select(StandardVersion)).all()
    point.rollback()
    return found or saw([v.reason for v in s.scalars(select(StandardVersion))])


@attack("R30 a pooled connection used again without scope", scope="none")
def _(s, e):
    with entered(scope_of(OTHER)):
        s.scalars(select(StandardVersion)).all()
        s.commit()
        s.close()
    with session_of_our_own() as other:
        try:
            return len(other.scalars(select(StandardVersion.reason)).all()) > 0
        except Exception:
            return False


@attack("R31 injected SQL that changes the database's own setting")
def _(s, e):
    if e.dialect.name == "sqlite":
        union = "SELECT reason FROM standard_version UNION SELECT reason FROM standard_version"
        return saw(s.execute(text(union)).all())
    return saw(
        s.execute(
            text(
                f"WITH a AS MATERIALIZED (SELECT set_config('app.tenant', '{OTHER}', true) x) "
                "SELECT a.x, v.reason FROM a CROSS JOIN LATERAL "
                "(SELECT reason FROM standard_version WHERE a.x IS NOT NULL OFFSET 0) v"
            )
        ).all()
    )


@attack("R32 window and group by")
def _(s, e):
    row = func.row_number().over(order_by=StandardVersion.number)
    grouped = select(func.max(StandardVersion.reason)).group_by(StandardVersion.tenant_id)
    return saw(s.execute(select(StandardVersion.reason, row)).all()) or saw(
        s.execute(grouped).all()
    )


@attack("R33 self-join on a key without tenant")
def _(s, e):
    a = aliased(StandardVersion)
    query = select(StandardVersion.id, a.reason).join(a, a.number >= StandardVersion.number)
    return saw(s.execute(query).all())


@attack("R34 get with populate_existing, get_one, FOR UPDATE")
def _(s, e):
    try:
        row = s.get(StandardVersion, (OTHER, V2), populate_existing=True, with_for_update=True)
    except Exception:
        row = None
    return saw(row) or saw(s.get_one(StandardVersion, (OTHER, V2)).reason)


@attack("R35 many-to-one load of a poisoned identity map")
def _(s, e):
    poison = forged(reason="SECRET", number=9, set_id=SET2)
    s.add(poison)
    with s.no_autoflush:
        ours = ServiceStep(tenant_id=OWN, version_id=V2, id=uuid.uuid4())
        s.enable_relationship_loading(ours)
        found = ours.attacked_version is not None and saw(ours.attacked_version.reason)
        theirs = ServiceStep(tenant_id=OTHER, version_id=V2, id=uuid.uuid4())
        s.enable_relationship_loading(theirs)
        s.expunge(poison)
        return found or (
            theirs.attacked_version is not None and saw(theirs.attacked_version.reason)
        )
