"""Walls inside the database: row-level security, frozen rows, append-only tables.

PostgreSQL gets four roles without login. A transaction takes one of them and says which
network, dealership, visit and shopper it is about; a role without its setting is an error,
so forgetting one fails closed. Both databases refuse changes to what was published.
"""

from __future__ import annotations

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = ("csiapp_tenant", "csiapp_network", "csiapp_shopper", "csiapp_visit")

TENANT_TABLES = (
    "activity_entry",
    "answer",
    "answer_conflict",
    "answer_event",
    "completion",
    "evidence",
    "finding",
    "form_version",
    "key_factor",
    "report",
    "service_step",
    "staff_member",
    "standard",
    "standard_set",
    "standard_version",
    "sub_step",
    "visit",
    "visit_score",
)
VISIT_TABLES = (
    "answer",
    "answer_conflict",
    "answer_event",
    "evidence",
    "finding",
    "report",
    "visit_score",
)
NETWORK_TABLES = (
    "course",
    "course_requirement",
    "factor_model",
    "form_template",
    "master_version",
    "network_activity_entry",
    "region",
    "wave",
)
APPEND_ONLY = (
    "activity_entry",
    "answer_conflict",
    "answer_event",
    "completion",
    "factor_model",
    "finding",
    "form_template",
    "form_version",
    "master_version",
    "network_activity_entry",
    "visit_score",
)
TREE_TABLES = ("service_step", "sub_step", "key_factor", "standard")

GLOBAL_GRANTS = {
    "network": "SELECT",
    "dealership": "SELECT",
    "outbox": "SELECT, INSERT, UPDATE",
    "user_account": "SELECT",
    "visit_token": "SELECT, INSERT, UPDATE",
}
TENANT_ROLE_GRANTS = {"membership": "SELECT"}  # to whom head office may assign a visit
NETWORK_ROLE_GRANTS = {
    "user_account": "SELECT, INSERT, UPDATE",
    "membership": "SELECT, INSERT, UPDATE, DELETE",
    "user_session": "SELECT, UPDATE",
    "one_time_token": "SELECT, INSERT, UPDATE",
    "mail_outbox": "INSERT, SELECT",
}

TENANT = "tenant_id = current_setting('app.tenant')::bigint"
NETWORK = "network_id = current_setting('app.network')::bigint"
VISIT = "visit_id = current_setting('app.visit')::uuid"
SHOPPER = "shopper_id = current_setting('app.shopper')::uuid"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _create_roles()
        _enable_row_security()
        _freeze_postgresql()
    else:
        _freeze_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _unfreeze_postgresql()
        _disable_row_security()
    else:
        for table, name in _sqlite_triggers():
            op.execute(f"DROP TRIGGER {name}_{table}")


# ---------------------------------------------------------------- PostgreSQL: who sees what


def _create_roles() -> None:
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        for table, rights in GLOBAL_GRANTS.items():
            op.execute(f"GRANT {rights} ON {table} TO {role}")
    for role, grants in (("tenant", TENANT_ROLE_GRANTS), ("network", NETWORK_ROLE_GRANTS)):
        for table, rights in grants.items():
            op.execute(f"GRANT {rights} ON {table} TO csiapp_{role}")
    login = context.config.attributes.get("app_login")
    if login:
        op.execute(f'GRANT USAGE ON SCHEMA public TO "{login}"')
        op.execute(f'GRANT {", ".join(ROLES)} TO "{login}"')
        op.execute(f'GRANT SELECT ON alembic_version TO "{login}"')
        for table in {*GLOBAL_GRANTS, *NETWORK_ROLE_GRANTS}:
            op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{login}"')


def _policy(table: str, name: str, role: str, using: str, verb: str = "ALL") -> None:
    check = f" WITH CHECK ({using})" if verb in {"ALL", "INSERT"} else ""
    seen = f" USING ({using})" if verb != "INSERT" else ""
    op.execute(f"CREATE POLICY {name} ON {table} FOR {verb} TO {role}{seen}{check}")
    rights = "SELECT, INSERT, UPDATE, DELETE" if verb == "ALL" else verb
    op.execute(f"GRANT {rights} ON {table} TO {role}")


def _enable_row_security() -> None:
    for table in (*TENANT_TABLES, *NETWORK_TABLES):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in TENANT_TABLES:
        _policy(table, "of_tenant", "csiapp_tenant", TENANT)
        _policy(table, "of_network", "csiapp_network", NETWORK, "SELECT")
    for table in NETWORK_TABLES:
        _policy(table, "of_network", "csiapp_network", NETWORK)
        for role in ("tenant", "shopper", "visit"):
            _policy(table, f"seen_by_{role}", f"csiapp_{role}", NETWORK, "SELECT")
    for table in VISIT_TABLES:
        _policy(table, "of_visit", "csiapp_visit", f"{TENANT} AND {VISIT}")
    own = f"id = current_setting('app.visit')::uuid AND {SHOPPER}"
    _policy("visit", "of_visit", "csiapp_visit", f"{TENANT} AND {own}")
    _policy("visit", "of_shopper", "csiapp_shopper", f"{NETWORK} AND {SHOPPER}", "SELECT")
    for table in ("form_version", "activity_entry"):
        _policy(table, "seen_in_visit", "csiapp_visit", TENANT, "SELECT")
    _policy("activity_entry", "added_in_visit", "csiapp_visit", TENANT, "INSERT")


def _disable_row_security() -> None:
    op.execute(
        "DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname, tablename FROM pg_policies "
        "WHERE schemaname = 'public' LOOP EXECUTE format('DROP POLICY %I ON %I', "
        "p.policyname, p.tablename); END LOOP; END $$"
    )
    for table in (*TENANT_TABLES, *NETWORK_TABLES):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for role in ROLES:  # the roles stay: other databases of the server may use them
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")


# ---------------------------------------------------------------- PostgreSQL: what stays


def _freeze_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION csiapp_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION csiapp_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION csiapp_refuse()"
        )
    op.execute(
        "CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON report FOR EACH ROW "
        "WHEN (OLD.state = 'ready') EXECUTE FUNCTION csiapp_refuse()"
    )
    _freeze_versions_postgresql()


def _freeze_versions_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION csiapp_only_retire() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE retired standard_version%ROWTYPE; BEGIN "
        "IF OLD.state = 'draft' THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; "
        "END IF; "
        "IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'retired' THEN "
        "retired := OLD; retired.state := 'retired'; "
        "IF retired IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'a published standard_version is never changed' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON standard_version "
        "FOR EACH ROW EXECUTE FUNCTION csiapp_only_retire()"
    )
    op.execute(
        "CREATE FUNCTION csiapp_draft_only() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ "
        "DECLARE item record; found_state text; BEGIN "
        "item := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END; "
        "SELECT state INTO found_state FROM standard_version "
        "WHERE tenant_id = item.tenant_id AND id = item.version_id; "
        "IF found_state IS DISTINCT FROM 'draft' "
        "OR (TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id) THEN "
        "RAISE EXCEPTION '% of a published version is never changed', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END $$"
    )
    for table in TREE_TABLES:
        op.execute(
            f"CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION csiapp_draft_only()"
        )


def _unfreeze_postgresql() -> None:
    for function in ("csiapp_refuse", "csiapp_only_retire", "csiapp_draft_only"):
        op.execute(f"DROP FUNCTION {function}() CASCADE")


# ---------------------------------------------------------------- SQLite: what stays

VERSION_COLUMNS = (
    "tenant_id",
    "id",
    "network_id",
    "set_id",
    "number",
    "based_on_id",
    "master_id",
    "edit",
    "created_at",
    "published_at",
    "published_by",
    "reason",
    "sha256",
)


def _sqlite_triggers() -> list[tuple[str, str]]:
    """(table, trigger) of every SQLite trigger that this migration makes."""
    pairs = [(t, f"append_only_{verb}") for t in APPEND_ONLY for verb in ("update", "delete")]
    for table in ("report", "standard_version"):
        pairs += [(table, f"frozen_{verb}") for verb in ("update", "delete")]
    for table in TREE_TABLES:
        pairs += [(table, f"frozen_{verb}") for verb in ("insert", "update", "delete")]
    return pairs


def _freeze_sqlite() -> None:
    same = " AND ".join(f"NEW.{c} IS OLD.{c}" for c in VERSION_COLUMNS)
    only_retire = (
        "OLD.state <> 'draft' AND NOT "
        f"(OLD.state = 'published' AND NEW.state = 'retired' AND {same})"
    )
    conditions = {
        ("report", "frozen_update"): "OLD.state = 'ready'",
        ("report", "frozen_delete"): "OLD.state = 'ready'",
        ("standard_version", "frozen_update"): only_retire,
        ("standard_version", "frozen_delete"): "OLD.state <> 'draft'",
    }
    for table, name in _sqlite_triggers():
        verb = name.rpartition("_")[2]
        row = "NEW" if verb == "insert" else "OLD"
        condition = conditions.get((table, name), "1")
        if table in TREE_TABLES:
            condition = (
                "(SELECT state FROM standard_version v WHERE "
                f"v.tenant_id = {row}.tenant_id AND v.id = {row}.version_id) IS NOT 'draft'"
            )
            if verb == "update":
                condition += " OR NEW.version_id IS NOT OLD.version_id"
        op.execute(
            f"CREATE TRIGGER {name}_{table} BEFORE {verb.upper()} ON {table} "
            f"WHEN {condition} BEGIN "
            f"SELECT RAISE(ABORT, '{table}: published or append-only rows are never changed'); END"
        )
