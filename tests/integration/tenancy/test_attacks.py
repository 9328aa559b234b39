"""58 attacks on the walls between dealerships. None may succeed, on either database."""

from __future__ import annotations

import contextlib
import re

import pytest

from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import entered, unsafe_sql
from tests.integration.tenancy import reads, writes
from tests.integration.tenancy.stage import Attack, attacks, set_the_stage, state_of_the_other

pytestmark = [pytest.mark.db, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]
REGISTERED_BY = (reads, writes)


def test_there_are_58_attacks():
    names = [a.name.split()[0] for a in attacks]
    expected = [f"R{n:02}" for n in range(1, 36)] + [f"W{n:02}" for n in range(1, 24)]
    assert names == expected


@pytest.mark.parametrize("attack", attacks, ids=lambda a: a.name.replace(" ", "-"))
def test_attack_fails(attack: Attack, app, world, database, database_kind):
    with database.owner() as owner:
        set_the_stage(owner)
    with database.owner() as owner:
        before = state_of_the_other(owner)
    scopes = {
        "own": lambda: entered(world.tenant()),
        "network": lambda: entered(world.network()),
        "none": contextlib.nullcontext,
    }
    refusal = ""
    with app.app_context():
        token = writing.set(True)
        session = db.session()
        try:
            with scopes[attack.scope]():
                broke = bool(attack.run(session, db.engine))
        except Exception as error:
            broke, refusal = False, f"{type(error).__name__}: {error}"
        finally:
            with contextlib.suppress(Exception):
                session.rollback()
            session.close()
            writing.reset(token)
    with database.owner() as owner:
        after = state_of_the_other(owner)
    assert not broke, "it saw or did what it must not"
    assert after == before, "the other dealership's rows changed, or were copied or tied"
    if attack.refusal:
        assert re.search(attack.refusal[database_kind], refusal), refusal


LIFTED = ("R01", "R12", "R13", "R15")


@pytest.mark.parametrize("name", LIFTED)
def test_reads_succeed_once_the_guards_are_lifted_except_behind_row_level_security(
    name: str, app, world, database, database_kind
):
    """The control: with the guards of the process off, SQLite has no wall against reads, and
    the same attack gets through; PostgreSQL's roles and policies still refuse it."""
    attack = next(a for a in attacks if a.name.startswith(name))
    with database.owner() as owner:
        set_the_stage(owner)
    with app.app_context(), entered(world.tenant()), unsafe_sql("control of the attack tests"):
        try:
            broke = bool(attack.run(db.session(), db.engine))
        except Exception:
            broke = False
        finally:
            db.session.close()
    assert broke is (database_kind == "sqlite")
