"""Changes of a draft through the services: what holds, and what is refused."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from csiapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.core.models import ActivityEntry
from csiapp.standards import queries
from csiapp.standards.content import standards_in
from csiapp.standards.installation import adopt_master
from csiapp.standards.models import Standard
from csiapp.standards.services import (
    StandardChange,
    mark_key_factor,
    move_item,
    order_steps,
    save_standard,
)
from csiapp.standards.services.editing import item_seen
from csiapp.standards.services.structure import order_seen
from tests.factories.standards import at_work, grown_content, install, reference_content, the_set

pytestmark = pytest.mark.db

TIMED = "ST020101"  # answered within 3 rings: a count
LOCKED = "ST050201"  # all six covers: critical, so locked


def _row(code: str) -> Standard:
    return queries.find_standard(queries.draft_version(the_set()).id, code).standard


def _as_it_is(row: Standard) -> StandardChange:
    names = [field.name for field in fields(StandardChange)]
    return StandardChange(**{name: getattr(row, name) for name in names})


def _save(code: str, **changes) -> list[str]:
    row = _row(code)
    return save_standard(the_set(), code, item_seen(row), replace(_as_it_is(row), **changes))


def _step_codes() -> list[str]:
    return [step.code for step in queries.outline(queries.draft_version(the_set()).id)]


# ------------------------------------------------------------------------------------- steps


def test_a_step_moves_by_one_place_and_no_code_changes(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        before = _step_codes()
        move_item(the_set(), "step", "S02", "up")
        assert _step_codes() == ["S02", "S01", *before[2:]]


@pytest.mark.parametrize(("code", "direction"), [("S01", "up"), ("S14", "down")])
def test_a_step_at_the_end_stays_there(app, draft, code, direction):
    with app.app_context(), at_work(draft.tenant()):
        before = _step_codes()
        move_item(the_set(), "step", code, direction)
        assert _step_codes() == before
        assert queries.draft_version(the_set()).edit == 0


def test_a_dropped_order_is_kept_and_every_item_keeps_its_code_and_content(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        before = _step_codes()
        order_steps(the_set(), before[::-1], order_seen(before))
        assert _step_codes() == before[::-1]
        steps = queries.version_content(queries.draft_version(the_set()))["steps"]
    assert steps == reference_content()["steps"][::-1]


def test_a_drop_on_an_order_that_moved_meanwhile_is_refused(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        seen = _step_codes()
        move_item(the_set(), "step", "S01", "down")
        with pytest.raises(Conflict):
            order_steps(the_set(), seen[::-1], order_seen(seen))


@pytest.mark.parametrize("change", [
    lambda codes: codes[1:],
    lambda codes: [*codes, codes[0]],
    lambda codes: [*codes[1:], "S99"],
])  # fmt: skip
def test_an_order_must_name_each_step_once(app, draft, change):
    with app.app_context(), at_work(draft.tenant()):
        codes = _step_codes()
        with pytest.raises(Conflict):
            order_steps(the_set(), change(codes), order_seen(codes))


def test_an_unknown_step_or_key_factor_is_not_found(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        with pytest.raises(NotFound):
            move_item(the_set(), "step", "S99", "up")
        with pytest.raises(NotFound):
            mark_key_factor(the_set(), "KF9999", is_key=True)


# --------------------------------------------------------------------------------- standards


def test_target_and_wording_change_and_are_logged_with_what_was_before(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        _save(TIMED, target=Decimal("2.50"), statement={"zh": "两声半内接听电话"})
        row = _row(TIMED)
        assert row.target == Decimal("2.5")
        assert row.statement == {
            "zh": "两声半内接听电话",
            "en": "The booking call is answered within 3 rings",
        }
        last = db.session.scalars(
            sa.select(ActivityEntry).order_by(ActivityEntry.seq.desc()).limit(1)
        ).one()
        assert (last.verb, last.subject_id) == ("standards.standard_edited", TIMED)
        assert last.detail["changed"]["target"] == [3, "2.5"]


def test_a_save_never_drops_a_language(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        _save(TIMED, statement={"zh": "", "en": "Answered in 3 rings"})
        assert set(_row(TIMED).statement) == {"zh", "en"}
        assert _row(TIMED).statement["zh"]


def test_saving_without_a_change_counts_no_edit(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        assert _save(TIMED) == []
        assert queries.draft_version(the_set()).edit == 0


def test_the_second_of_two_editors_is_refused_and_nothing_is_overwritten(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        seen, mine = item_seen(_row(TIMED)), _as_it_is(_row(TIMED))
        _save(TIMED, target=Decimal(5))
        with pytest.raises(Conflict):
            save_standard(the_set(), TIMED, seen, replace(mine, target=Decimal(9)))
        assert _row(TIMED).target == 5


def test_a_change_elsewhere_does_not_make_a_form_stale(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        seen, mine = item_seen(_row(TIMED)), _as_it_is(_row(TIMED))
        move_item(the_set(), "step", "S02", "up")
        _save("ST010101", importance=1)
        save_standard(the_set(), TIMED, seen, replace(mine, target=Decimal(2)))
        assert _row(TIMED).target == 2


@pytest.mark.parametrize("change", [
    {"target": Decimal(5)},
    {"tolerance": Decimal(1)},
    {"operator": "<="},
    {"unit": "signs"},
    {"importance": 1},
    {"critical": False},
])  # fmt: skip
def test_what_the_network_locks_is_refused(app, draft, change):
    with app.app_context(), at_work(draft.tenant()):
        with pytest.raises(Forbidden) as refusal:
            _save(LOCKED, **change)
        assert "network" in refusal.value.message


def test_the_wording_evidence_and_courses_of_a_locked_standard_are_the_dealerships(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        _save(LOCKED, statement={"en": "Six covers, before moving"}, evidence="none", courses=[])
        row = _row(LOCKED)
        assert (row.statement["en"], row.evidence, row.courses) == (
            "Six covers, before moving",
            "none",
            [],
        )


def test_importance_shares_the_factors_points_again_and_locked_standards_keep_theirs(app, draft):
    original = {p.standard["code"]: p.standard for p in standards_in(reference_content())}
    with app.app_context(), at_work(draft.tenant()):
        moved = _save("ST010101", importance=1)
        assert "ST010101" in moved
        rows = db.session.scalars(
            sa.select(Standard).where(Standard.version_id == queries.draft_version(the_set()).id)
        ).all()
        points = {row.code: row.points for row in rows}
        for total in queries.factor_totals(queries.draft_version(the_set())):
            assert total.points == reference_content()["factor_points"][total.code]
        locked = [row.code for row in rows if row.locked]
        assert {code: points[code] for code in locked} == {
            code: original[code]["points"] for code in locked
        }


def test_the_old_importance_brings_the_old_points_back(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        _save("ST010101", importance=1)
        _save("ST010101", importance=4)
        assert queries.version_content(queries.draft_version(the_set())) == reference_content()


def test_an_importance_that_leaves_a_standard_without_points_is_refused(app, world, forms_built):
    crowded = grown_content(1200)
    with app.app_context():
        install(world, crowded)
        with at_work(world.tenant()):
            adopt_master(queries.latest_master(crowded["code"]))
            with pytest.raises(Invalid):
                _save("ST010101", importance=5)
