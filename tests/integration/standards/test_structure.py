"""The tree of a draft is changed: items are added, moved, copied and retired, and all undone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csiapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.levels import LEVELS, is_local
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, SubStep
from csiapp.standards.services import (
    KeyFactorChange,
    StandardChange,
    StepChange,
    SubStepChange,
    add_item,
    mark_key_factor,
    move_item,
    place_item,
    publish,
    retire_item,
    save_key_factor,
    save_standard,
    save_step,
    save_sub_step,
    split_item,
    start_draft,
    undo,
)
from csiapp.standards.services.editing import item_seen
from csiapp.standards.services.structure import order_seen, order_steps, tree_seen
from tests.factories.standards import at_work, the_set

pytestmark = pytest.mark.db

LOCKED = "ST050201"
KEY = "KF0101"
FREE = "ST020101"

STEP = StepChange(
    {"zh": "取送车", "en": "Pick-up"}, {"zh": "省时", "en": "Saves time"}, "SI", True, []
)
SUB_STEP = SubStepChange(
    {"zh": "约定", "en": "Agree"}, [{"zh": "打电话", "en": "Call"}], ["SA"], ["TL01"]
)
KEY_FACTOR = KeyFactorChange(
    {"zh": "准时", "en": "On time"}, {"zh": "别让我等", "en": "Do not let me wait"}, 4, True, None
)
STANDARD = StandardChange(
    statement={"zh": "10分钟内到达", "en": "Arrive within 10 minutes"},
    kind="process",
    measure_type="duration",
    operator="<=",
    target=Decimal(10),
    tolerance=Decimal(5),
    unit="minute",
    options=[],
    importance=4,
    critical=True,
    na_allowed=True,
    evidence="none",
    observed_by=["visit"],
    courses=[],
)


def _draft():
    return queries.draft_version(the_set())


def _content():
    return queries.version_content(_draft())


def _row(level: str, code: str):
    return queries.find_item(_draft().id, LEVELS[level], code)


def _seen(level: str, code: str) -> str:
    return tree_seen(level, queries.subtree(_draft().id, LEVELS[level], code))


def _ids() -> dict[str, object]:
    return {
        row.code: row.id
        for model in (ServiceStep, SubStep, KeyFactor, Standard)
        for row in db.session.scalars(sa.select(model).where(model.version_id == _draft().id))
    }


def _undo() -> None:
    undo(the_set(), queries.last_edit(_draft().id).number)


# ------------------------------------------------------------------------------------- adding


def test_a_dealership_decomposes_down_to_a_standard_of_its_own(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        mine = the_set()
        step = add_item(mine, "", STEP)
        sub_step = add_item(mine, step, SUB_STEP)
        factor = add_item(mine, sub_step, KEY_FACTOR)
        standard = add_item(mine, factor, STANDARD)
        found = _content()["steps"][-1]["sub_steps"][0]["key_factors"][0]["standards"][0]
        assert [step, sub_step, factor, standard] == ["LS1", "LB1", "LK1", "LT1"]
        assert all(is_local(code) for code in (step, sub_step, factor, standard))
        assert found["local"] is True
        assert found["factor"] == "SI"
        assert (found["points"], found["critical"]) == (4, False)


def test_a_local_standard_takes_no_points_from_the_networks(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        before = {s.code: s.points for s in db.session.scalars(sa.select(Standard))}
        code = add_item(the_set(), KEY, STANDARD)
        row = _row("standard", code)
        raised = {f: getattr(row, f) for f in StandardChange.__slots__} | {"importance": 5}
        save_standard(the_set(), code, item_seen(row), StandardChange(**raised))
        after = {s.code: s.points for s in db.session.scalars(sa.select(Standard)) if not s.local}
        assert after == before


def test_a_local_code_is_never_given_twice(app, draft, forms_built):
    with app.app_context():
        with at_work(draft.tenant()):
            assert add_item(the_set(), KEY, STANDARD) == "LT1"
            publish(the_set(), "One of our own", _draft().edit)
            start_draft(the_set())
            retire_item(the_set(), "standard", "LT1", _seen("standard", "LT1"))
        with at_work(draft.tenant()):
            assert add_item(the_set(), KEY, STANDARD) == "LT2"


def test_nothing_is_added_below_what_is_not_there(app, draft):
    with app.app_context(), at_work(draft.tenant()), pytest.raises(NotFound):
        add_item(the_set(), "KF9999", STANDARD)


# ------------------------------------------------------------------------------------- moving


def test_a_move_changes_places_and_neither_codes_nor_ids(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        before = _ids()
        place_item(the_set(), "standard", FREE, KEY, "")
        place_item(the_set(), "key_factor", "KF0201", "S05.1", None)
        place_item(the_set(), "sub_step", "S04.1", "S01", "S01.1")
        move_item(the_set(), "step", "S03", "down")
        assert _ids() == before
        assert _row("standard", FREE).key_factor_id == _row("key_factor", KEY).id
        assert _row("standard", FREE).position == 1
        first = _content()["steps"][0]["sub_steps"]
        assert [part["code"] for part in first[:2]] == ["S01.1", "S04.1"]


def test_places_stay_without_gaps_whatever_is_moved(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        place_item(the_set(), "standard", FREE, KEY, None)
        for parent in (KEY, "KF0201"):
            rows = queries.siblings(_draft().id, LEVELS["standard"], _row("key_factor", parent).id)
            assert [row.position for row in rows] == list(range(1, len(rows) + 1))


MOVED = [("sub_step", "S05.1"), ("key_factor", KEY), ("standard", FREE), ("standard", LOCKED)]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(14)), st.lists(st.tuples(st.sampled_from(MOVED), st.booleans())))
def test_no_order_changes_any_id(app, draft, places, moves):
    with app.app_context(), at_work(draft.tenant()):
        before, codes = _ids(), _codes()
        order = [codes[place] for place in places]
        order_steps(the_set(), order, order_seen(codes))
        for (level, code), up in moves:
            move_item(the_set(), level, code, "up" if up else "down")
        assert _codes() == order
        assert _ids() == before


def test_a_locked_standard_moves_within_its_key_factor_only(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        move_item(the_set(), "standard", LOCKED, "down")
        with pytest.raises(Forbidden, match="in its key factor"):
            place_item(the_set(), "standard", LOCKED, KEY, None)


def test_a_drop_beside_what_moved_meanwhile_is_refused(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        place_item(the_set(), "standard", "ST010102", "KF0201", None)
        with pytest.raises(Conflict, match="moved the items meanwhile"):
            place_item(the_set(), "standard", FREE, KEY, "ST010102")


# --------------------------------------------------------------------------- copies and retiring


def test_a_copy_is_local_through_and_through(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        copy = split_item(the_set(), "sub_step", "S05.2")
        rows = queries.subtree(_draft().id, LEVELS["sub_step"], copy)
        assert all(is_local(row.code) for found in rows.values() for row in found)
        assert all(s.local and not s.locked and not s.critical for s in rows["standard"])
        assert _row("sub_step", copy).position == _row("sub_step", "S05.2").position + 1


def test_the_points_of_a_retired_standard_go_to_its_factor(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        totals = {t.code: t.points for t in queries.factor_totals(_draft())}
        retire_item(the_set(), "standard", FREE, _seen("standard", FREE))
        assert {t.code: t.points for t in queries.factor_totals(_draft())} == totals
        with pytest.raises(NotFound):
            _row("standard", FREE)


@pytest.mark.parametrize(("level", "code"), [("standard", LOCKED), ("step", "S05")])
def test_what_the_network_keeps_cannot_be_retired(app, draft, level, code):
    with app.app_context(), at_work(draft.tenant()):
        seen = _seen(level, code)
        with pytest.raises(Forbidden, match="keeps this at every dealership"):
            retire_item(the_set(), level, code, seen)


def test_what_somebody_changed_meanwhile_is_not_retired(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        seen = _seen("key_factor", KEY)
        mark_key_factor(the_set(), KEY, is_key=False)
        with pytest.raises(Conflict, match="changed this meanwhile"):
            retire_item(the_set(), "key_factor", KEY, seen)


def test_the_last_standard_of_a_factor_stays(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        free = [
            row.code
            for row in db.session.scalars(
                sa.select(Standard).where(
                    Standard.version_id == _draft().id, Standard.factor == "SF", ~Standard.locked
                )
            )
        ]
        for code in free[1:]:
            _retire("standard", code)
        with pytest.raises(Invalid, match="the index needs it"):
            _retire("standard", free[0])


# --------------------------------------------------------------------------------------- undo


def _save(level: str, code: str, service, change_type, **changes) -> None:
    row = _row(level, code)
    values = {name: getattr(row, name) for name in change_type.__slots__} | changes
    service(the_set(), code, item_seen(row), change_type(**values))


NAME = {"zh": "另一个名称", "en": "Another name"}
VERBS: dict[str, Callable[[], object]] = {
    "order": lambda: order_steps(the_set(), _codes()[::-1], order_seen(_codes())),
    "move": lambda: move_item(the_set(), "step", _codes()[1], "up"),
    "place standard": lambda: place_item(the_set(), "standard", FREE, KEY, ""),
    "place factor": lambda: place_item(the_set(), "key_factor", "KF0201", "S04.1", None),
    "place sub-step": lambda: place_item(the_set(), "sub_step", "S02.1", "S01", ""),
    "mark": lambda: mark_key_factor(the_set(), KEY, is_key=not _row("key_factor", KEY).is_key),
    "save step": lambda: _save("step", "S01", save_step, StepChange, name=NAME),
    "save sub-step": lambda: _save(
        "sub_step", "S01.1", save_sub_step, SubStepChange, operation_steps=[NAME]
    ),
    "save factor": lambda: _save(
        "key_factor", KEY, save_key_factor, KeyFactorChange, indicator="SI1", importance=1
    ),
    "save standard": lambda: _save(
        "standard", FREE, save_standard, StandardChange, importance=1, target=Decimal("2.5")
    ),
    "add step": lambda: add_item(the_set(), "", STEP),
    "add sub-step": lambda: add_item(the_set(), "S01", SUB_STEP),
    "add factor": lambda: add_item(the_set(), "S01.1", KEY_FACTOR),
    "add standard": lambda: add_item(the_set(), KEY, STANDARD),
    "split step": lambda: split_item(the_set(), "step", "S05"),
    "split standard": lambda: split_item(the_set(), "standard", LOCKED),
    "retire standard": lambda: _retire("standard", "ST010102"),
    "retire factor": lambda: _retire("key_factor", "KF0102"),
    "retire sub-step": lambda: _retire("sub_step", "S02.1"),
    "retire step": lambda: _retire("step", _step_without_locked()),
}


def _codes() -> list[str]:
    return [step.code for step in queries.outline(_draft().id)]


def _step_without_locked() -> str:
    return next(step.code for step in queries.outline(_draft().id) if not step.critical)


def _retire(level: str, code: str) -> None:
    retire_item(the_set(), level, code, _seen(level, code))


@pytest.mark.parametrize("verb", VERBS)
def test_undo_brings_back_exactly_what_was(app, draft, verb):
    with app.app_context():
        with at_work(draft.tenant()):
            before, ids = _content(), _ids()
            VERBS[verb]()
            assert _content() != before
        with at_work(draft.tenant()):
            _undo()
        with at_work(draft.tenant()):
            assert _content() == before
            assert _ids() == ids
            assert queries.last_edit(_draft().id) is None
            assert _draft().edit == 2


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(verbs=st.lists(st.sampled_from(sorted(VERBS)), max_size=8))
def test_any_changes_are_undone_one_after_the_other(app, draft, verbs):
    """Verbs in any order; one that is refused as things stand changes nothing. Every example
    leaves the draft as it found it, so the next begins with the same."""
    states = []
    with app.app_context():
        for verb in verbs:
            with at_work(draft.tenant()):
                states.append((_content(), _ids()))
                edit = _draft().edit
                try:
                    VERBS[verb]()
                except (Conflict, Forbidden, Invalid, NotFound):
                    db.session.rollback()
                if _draft().edit == edit:
                    states.pop()
        while states:
            with at_work(draft.tenant()):
                _undo()
                assert (_content(), _ids()) == states.pop()


def test_an_undo_of_what_somebody_else_has_built_on_is_refused(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        mark_key_factor(the_set(), KEY, is_key=False)
        seen = queries.last_edit(_draft().id).number
        move_item(the_set(), "step", "S02", "up")
        with pytest.raises(Conflict, match="Look before you undo"):
            undo(the_set(), seen)


def test_nothing_to_undo_is_said(app, draft):
    with (
        app.app_context(),
        at_work(draft.tenant()),
        pytest.raises(Conflict, match="nothing to undo"),
    ):
        undo(the_set(), 0)


def test_a_change_that_changes_nothing_leaves_nothing_to_undo(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        move_item(the_set(), "step", "S01", "up")
        _save("step", "S01", save_step, StepChange)
        assert queries.last_edit(_draft().id) is None
        assert _draft().edit == 0


# ------------------------------------------------------------------------------------ languages


def test_a_save_never_drops_a_language(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        _save("step", "S01", save_step, StepChange, name={"zh": "预约", "en": ""})
        _save(
            "sub_step", "S01.1", save_sub_step, SubStepChange,
            operation_steps=[{**t, "en": ""} for t in _row("sub_step", "S01.1").operation_steps],
        )  # fmt: skip
        assert _row("step", "S01").name["en"]
        assert all(text["en"] for text in _row("sub_step", "S01.1").operation_steps)


def test_the_share_of_a_language_falls_where_a_text_lacks_it(app, draft):
    with app.app_context(), at_work(draft.tenant()):
        before = queries.language_shares(_draft().id)
        add_item(the_set(), KEY, StandardChange(**{
            **{name: getattr(STANDARD, name) for name in StandardChange.__slots__},
            "statement": {"zh": "只有中文的一条标准", "en": ""},
        }))  # fmt: skip
        after = queries.language_shares(_draft().id)
        for where in ("", "S01"):
            assert after[where].total == before[where].total + 1
            assert after[where].filled["zh"] == before[where].filled["zh"] + 1
            assert after[where].filled["en"] == before[where].filled["en"]
        assert after["S02"] == before["S02"]
