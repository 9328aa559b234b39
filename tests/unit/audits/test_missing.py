"""What blocks a submission."""

from __future__ import annotations

from typing import Any

import pytest

from csiapp.audits.missing import Gap, Stage, missing_items
from tests.unit.audits.examples import complete, form, question_of, worst

pytestmark = pytest.mark.unit

VISIT = form("visit")
PHOTO = "ab" * 32
LONG = "At 9:12 the advisor went to the office and did not come back."


def gaps(
    changes: dict[str, Any],
    scenario: str = "SC1",
    stage: Stage = "stage1",
    arrived: frozenset[str] = frozenset(),
) -> list[Gap]:
    answers = {k: v for k, v in (complete(VISIT) | changes).items() if v is not None}
    return missing_items(VISIT, scenario, answers, arrived, stage=stage)


def test_a_well_filled_form_lacks_nothing() -> None:
    assert gaps({}, stage="stage2") == []


def test_an_empty_form_lacks_every_answer_narrative_and_unscored_question() -> None:
    found = missing_items(VISIT, "SC1", {}, set(), stage="stage2")
    blank = [gap for gap in found if gap.reason in {"blank", "stamps_missing"}]
    assert len(blank) == 76 + 4
    assert [gap.field for gap in found if gap.reason == "narrative_missing"] == [
        f"{letter}.narrative" for letter in "ABCDEFGHIJ"
    ]
    assert len(found) == 90


def test_a_blank_names_its_section_and_a_computed_one_its_stamps() -> None:
    assert gaps({"V001": None}) == [Gap("V001", "A", "blank")]
    assert gaps({"V014": None, "T04": "2026-03-02T09:00:00+08:00"}) == [
        Gap("V014", "B", "stamps_missing", ("T06",))
    ]


def test_not_applicable_needs_permission_and_a_known_reason() -> None:
    assert gaps({"V008": {"na": "not_occurred"}}) == []
    assert gaps({"V001": {"na": "not_occurred"}}) == [Gap("V001", "A", "na_not_allowed")]
    assert gaps({"V008": {"na": ""}}) == [Gap("V008", "A", "na_reason_missing")]


def test_a_score_below_1_needs_a_comment() -> None:
    lost = {"V001": {"value": 4}}
    assert gaps(lost) == [Gap("V001.comment", "A", "comment_missing", ("1",))]
    assert gaps(lost | {"V001.comment": "   "})[0].reason == "comment_missing"
    assert gaps(lost | {"V001.comment": "4"}) == []
    assert gaps({"V025": {"value": 9}})[0].field == "V025.comment"  # met, yet not full


def test_a_critical_question_needs_the_long_comment() -> None:
    lost = {"V026": {"value": "no"}, "V026.comment": "Not done."}
    assert gaps(lost) == [Gap("V026.comment", "C", "comment_short", ("40",))]
    assert gaps(lost | {"V026.comment": LONG}) == []


@pytest.mark.parametrize("code", ["V020", "V034"])  # evidence: photo, document
def test_a_failed_critical_question_needs_a_photo(code: str) -> None:
    lost = {code: {"value": worst(question_of(VISIT, code))}, f"{code}.comment": LONG}
    (gap,) = gaps(lost)
    assert (gap.field, gap.reason) == (f"{code}.photos", "evidence_missing")
    assert gaps(lost | {f"{code}.photos": [PHOTO]}, arrived=frozenset({PHOTO})) == []


def test_a_critical_question_that_did_not_fail_needs_no_photo() -> None:
    assert gaps({"V020": {"value": 5}, "V020.comment": LONG}) == []  # 2/3


def test_an_announced_photo_must_have_arrived() -> None:
    announced = {"V001.photos": [PHOTO]}
    assert gaps(announced) == [Gap("V001.photos", "A", "photo_missing", (PHOTO,))]
    assert gaps(announced, arrived=frozenset({PHOTO})) == []


def test_time_stamps_are_the_evidence_of_a_time() -> None:
    lost: dict[str, Any] = {"V014": {"value": 20}, "V014.comment": LONG}
    assert [gap.reason for gap in gaps(lost)] == ["evidence_missing"]
    times = {"T04": "2026-03-02T09:00:00+08:00", "T06": "2026-03-02T09:20:00+08:00"}
    assert gaps(lost | times) == []
    assert gaps({"V014": {"never": True}, "V014.comment": LONG}) == []


def test_a_narrative_has_a_least_length() -> None:
    assert gaps({"C.narrative": "Short."}) == [Gap("C.narrative", "C", "narrative_short", ("60",))]


def test_stage_two_may_wait_until_its_own_submission() -> None:
    waiting = {"V074": None, "V075": None, "V076": None, "J.narrative": None}
    assert gaps(waiting) == []
    found = gaps(waiting, stage="stage2")
    assert {gap.field for gap in found} == waiting.keys()


def test_what_was_answered_early_is_checked_like_the_rest() -> None:
    assert gaps({"V074": {"value": "yes"}}) == [Gap("V074.comment", "I", "comment_missing", ("1",))]


def test_a_left_out_section_lacks_nothing() -> None:
    empty = {field: None for field in complete(VISIT) if field.startswith(("V00", "A."))}
    assert {gap.section for gap in gaps(empty)} == {"A", "B"}  # V009 is the first of section B
    assert {gap.section for gap in gaps(empty, scenario="SC4")} == {"B"}


def test_stamps_out_of_order_block() -> None:
    times = {"T01": "2026-03-02T09:00:10+08:00", "T02": "2026-03-02T09:00:00+08:00"}
    assert gaps(times) == [Gap("T02", "A", "stamp_order", ("TR1", "T01"))]


def test_a_rating_of_0_is_an_answer() -> None:
    assert gaps({"U01": 0}) == []
    assert gaps({"U04": ""}) == [Gap("U04", "", "blank")]
