"""Every table is owned by a dealership or a network, or is on the short list of global ones."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from csiapp.core.db import Base
from csiapp.core.tenancy.ownership import NetworkOwned, TenantOwned
from csiapp.core.tenancy.registry import scoped_classes

GLOBAL = {
    "dealership": "the tenants themselves: names and time zones",
    "mail_outbox": "messages to people, sent by the periodic process",
    "membership": "read to find the scope that a request may enter",
    "network": "the networks themselves",
    "one_time_token": "an invitation is opened before anybody is signed in",
    "outbox": "promised jobs of all tenants: ids only",
    "user_account": "a person may belong to several dealerships",
    "user_session": "read to find out who is signed in",
    "visit_token": "a tablet's key is looked up before its scope exists",
}


def test_every_table_is_scoped_or_on_the_global_list(app):
    tables = set(Base.metadata.tables)
    assert set(scoped_classes) | set(GLOBAL) == tables
    assert not set(scoped_classes) & set(GLOBAL)


@pytest.mark.parametrize("table", sorted(GLOBAL))
def test_no_global_table_has_an_owner_column_by_accident(app, table):
    assert "tenant_id" not in Base.metadata.tables[table].c


def test_tenant_tables_begin_their_keys_with_the_tenant(app):
    for name, cls in scoped_classes.items():
        if not issubclass(cls, TenantOwned):
            continue
        table = cls.__table__
        assert [c.name for c in table.primary_key] == ["tenant_id", "id"], name
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint):
                assert constraint.columns.keys()[0] == "tenant_id", (name, constraint.name)
            if isinstance(constraint, sa.ForeignKeyConstraint):
                parent = constraint.referred_table.name
                if issubclass(scoped_classes.get(parent, object), TenantOwned):
                    assert constraint.column_keys[0] == "tenant_id", (name, constraint.name)


def test_every_owned_table_names_its_owner_and_cannot_be_without(app):
    for name, cls in scoped_classes.items():
        owner = "tenant_id" if issubclass(cls, TenantOwned) else "network_id"
        assert not cls.__table__.c[owner].nullable, name
        assert not cls.__table__.c.network_id.nullable, name


@pytest.mark.db
def test_row_level_security_stands_on_every_scoped_table(app, database, database_kind):
    """PostgreSQL only. SQLite's counterpart, triggers and an authorizer on each connection,
    is made from the same registry at run time and proven by the attack tests."""
    if database_kind == "sqlite":
        with app.app_context():
            from csiapp.core.extensions import db  # the engine needs the app

            with db.engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    "SELECT name FROM temp.sqlite_master WHERE name LIKE 'wall_%'"
                ).all()
        assert len(rows) == 3 * len(scoped_classes)
        return
    with database.owner() as owner:
        secured = {
            row.relname
            for row in owner.execute(
                sa.text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
            )
        }
        policies = {
            (row.tablename, row.role, row.cmd)
            for row in owner.execute(
                sa.text("SELECT tablename, unnest(roles)::text AS role, cmd FROM pg_policies")
            )
        }
    assert secured == set(scoped_classes)
    for table, cls in scoped_classes.items():
        network = "ALL" if issubclass(cls, NetworkOwned) else "SELECT"
        tenant = "SELECT" if issubclass(cls, NetworkOwned) else "ALL"
        assert (table, "csiapp_network", network) in policies
        assert (table, "csiapp_tenant", tenant) in policies
        visible = cls.visit_key or cls.visit_reads_all or issubclass(cls, NetworkOwned)
        seen = {role for name, role, _ in policies if name == table}
        assert ("csiapp_visit" in seen) is bool(visible), table
        shopper = bool(cls.shopper_key) or issubclass(cls, NetworkOwned)
        assert ("csiapp_shopper" in seen) is shopper, table
