"""Teach before score, and the dealership's own standards: asked and shown beside the index."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.filled_form import to_scoring, visit_day
from csiapp.audits.form_content import FormError, all_questions, build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import template_content
from csiapp.audits.observed import changed_questions, marks_in, observed_questions
from csiapp.audits.receipts import receipt, verify_receipt
from csiapp.audits.scoring import Mark, ScoringError, score
from csiapp.reference import loader
from csiapp.standards.content import StandardsContent, standards_in
from tests.unit.audits.examples import answered, best, form, model, question_of, standards, worst
from tests.unit.audits.test_scoring_examples import whole_form_answers

pytestmark = pytest.mark.unit

RECEIPT_OF_EX7 = "79ec85952afa9a39e500165be4b80dac91a42667c829a94af48d26cb08e1cc8a"
"""Written down before there were trial questions and local standards."""

CHANGED = "ST040202"
ASKED_BY = "V014"
FIRST_DAY = "2026-12-01"
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def built(content: StandardsContent, observed: dict[str, str] | None = None) -> FormContent:
    template = template_content(loader.form_templates(), "visit")
    return build_form_content(template, content, model(), observed or {})


def with_local(*codes: str, points: int = 7) -> StandardsContent:
    """The reference standards, and the dealership's own ones in the first key factor."""
    content = standards()
    placed = next(p for p in standards_in(content) if p.standard["measure"]["type"] == "yes_no")
    for place, code in enumerate(codes, 1):
        own: Any = deepcopy(placed.standard)
        own |= {"code": code, "observed_by": ["visit"], "points": points * place, "local": True}
        placed.key_factor["standards"].append(own)
    return content


def on_trial() -> FormContent:
    return built(standards(), {CHANGED: FIRST_DAY})


def at(day: date, untaught: tuple[str, ...] = ()) -> dict[str, Mark]:
    return observed_questions(on_trial(), day, untaught)


# -------------------------------------------------------------------- which questions, and when


def test_only_a_standard_that_changed_has_a_first_day() -> None:
    assert [q["code"] for q in changed_questions(on_trial())] == [ASKED_BY]
    assert list(changed_questions(form("visit"))) == []


def test_a_changed_standard_is_on_trial_up_to_the_day_before_it_counts() -> None:
    assert at(date(2026, 11, 30)) == {ASKED_BY: Mark.TRIAL}
    assert at(date(2026, 12, 1)) == {}


def test_a_changed_standard_waits_for_a_course_whatever_the_day() -> None:
    assert at(date(2027, 6, 1), (ASKED_BY,)) == {ASKED_BY: Mark.UNTAUGHT}


def test_an_untouched_standard_counts_without_a_course() -> None:
    every_code = [q["code"] for _, q in all_questions(on_trial())]
    assert at(date(2027, 6, 1), tuple(every_code)) == {ASKED_BY: Mark.UNTAUGHT}


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK], ids=str)
@pytest.mark.parametrize("device", [SHANGHAI, NEW_YORK, UTC], ids=str)
@pytest.mark.parametrize(("minutes", "counts"), [(-1, False), (0, True), (1, True)])
def test_it_counts_from_midnight_at_the_dealership(
    zone: ZoneInfo, device: ZoneInfo, minutes: int, counts: bool
) -> None:
    midnight = datetime(2026, 12, 1, tzinfo=zone)
    drove_in = (midnight + timedelta(minutes=minutes)).astimezone(device)
    day = visit_day(on_trial(), "SC1", {"T03": drove_in.isoformat()}, zone)
    assert day is not None
    assert (at(day) == {}) is counts


def test_the_day_is_that_of_the_arrival_not_of_the_booking_call() -> None:
    stamps = {"T01": "2026-11-28T10:00:00+08:00", "T03": "2026-12-01T09:00:00+08:00"}
    assert visit_day(on_trial(), "SC1", stamps, SHANGHAI) == date(2026, 12, 1)
    stamps.pop("T03")
    assert visit_day(on_trial(), "SC1", stamps, SHANGHAI) == date(2026, 11, 28)
    assert visit_day(on_trial(), "SC1", {}, SHANGHAI) is None


# ------------------------------------------------------------------------------- what is scored


@given(pick=st.sampled_from([best, worst]), mark=st.sampled_from([Mark.TRIAL, Mark.UNTAUGHT]))
def test_an_observed_question_weighs_as_little_as_one_that_did_not_apply(
    pick: Any, mark: Mark
) -> None:
    content = on_trial()
    filled = answered(content) | {ASKED_BY: {"value": pick(question_of(content, ASKED_BY))}}
    observed = score(to_scoring(content, "SC1", filled, {ASKED_BY: mark}))
    left_out = score(to_scoring(content, "SC1", filled, {ASKED_BY: Mark.EXCLUDED}))
    for name in ("raw_score", "factor_scores", "step_scores", "applicable", "met", "compliance"):
        assert getattr(observed, name) == getattr(left_out, name)
    assert observed.observed == {ASKED_BY: mark}
    assert ASKED_BY not in observed.not_applicable
    assert ASKED_BY not in observed.question_scores


def test_a_critical_question_on_trial_does_not_hold_the_index_down() -> None:
    content = built(standards(), {"ST050101": FIRST_DAY})
    code = next(q["code"] for q in changed_questions(content))
    filled = answered(content) | {code: {"value": worst(question_of(content, code))}}
    assert score(to_scoring(content, "SC1", filled)).critical_failures == (code,)
    sheet = score(to_scoring(content, "SC1", filled, {code: Mark.TRIAL}))
    assert (sheet.critical_failures, sheet.final_index) == ((), 1000)


def test_an_observed_question_is_still_asked() -> None:
    content = on_trial()
    filled = answered(content)
    del filled[ASKED_BY]
    with pytest.raises(ScoringError, match=f"{ASKED_BY}: is blank"):
        score(to_scoring(content, "SC1", filled, {ASKED_BY: Mark.TRIAL}))


def test_the_receipt_says_what_was_observed_and_verifies() -> None:
    content = on_trial()
    made = receipt(to_scoring(content, "SC1", answered(content), {ASKED_BY: Mark.UNTAUGHT}))
    assert made["result"]["observed"] == [ASKED_BY]
    assert marks_in(made) == {ASKED_BY: Mark.UNTAUGHT}
    assert verify_receipt(json.loads(json.dumps(made)))


def test_receipts_without_such_questions_are_what_they_were() -> None:
    made = receipt(to_scoring(form("visit"), "SC1", whole_form_answers()))
    assert made["sha256"] == RECEIPT_OF_EX7


# ----------------------------------------------------------------- the dealership's own standards


def test_local_standards_stand_in_a_section_of_their_own_at_the_end() -> None:
    content = built(with_local("LS1", "LS2"))
    section = content["sections"][-1]
    assert section["title"]["en"] == "The dealership's own standards"
    assert [q["code"] for q in section["questions"]] == ["QLS1", "QLS2"]
    assert [s["code"] for s in content["sections"][:-1]] == [s["code"] for s in form()["sections"]]
    assert "local" not in question_of(content, "V001")


def test_a_form_that_local_standards_do_not_name_has_no_local_section() -> None:
    template = template_content(loader.form_templates(), "phone")
    content = build_form_content(template, with_local("LS1"), model())
    assert "L" not in [section["code"] for section in content["sections"]]


def test_a_form_of_local_standards_alone_is_refused() -> None:
    content = with_local("LS1")
    for placed in list(standards_in(content)):
        if not placed.standard.get("local"):
            placed.key_factor["standards"].remove(placed.standard)
    with pytest.raises(FormError, match="no question is left"):
        built(content)


@pytest.mark.parametrize("pick", [best, worst])
def test_local_answers_never_move_the_index(pick: Any) -> None:
    plain, content = form("visit"), built(with_local("LS1", "LS2"))
    filled = whole_form_answers()
    official = score(to_scoring(plain, "SC1", filled))
    own = {code: {"value": pick(question_of(content, code))} for code in ("QLS1", "QLS2")}
    sheet = score(to_scoring(content, "SC1", filled | own))
    for name in (
        "raw_score", "final_index", "grade", "factor_scores", "indicator_scores", "step_scores",
        "kind_scores", "critical_failures", "applicable", "met", "compliance", "points_lost",
    ):  # fmt: skip
        assert getattr(sheet, name) == getattr(official, name)
    assert sheet.local_index == (1000 if pick is best else 0)


def test_the_local_index_is_points_got_over_points_possible() -> None:
    content = built(with_local("LS1", "LS2"))
    filled = answered(content) | {"QLS2": {"value": worst(question_of(content, "QLS2"))}}
    sheet = score(to_scoring(content, "SC1", filled))
    assert sheet.local_score == Fraction(7, 7 + 14)
    assert sheet.local_index == 333
    made = receipt(to_scoring(content, "SC1", filled))
    assert (made["result"]["local_score"], made["result"]["local_index"]) == ("1/3", 333)
    assert verify_receipt(json.loads(json.dumps(made)))


def test_a_local_standard_may_be_on_trial_too() -> None:
    content = built(with_local("LS1", "LS2"), {"LS2": FIRST_DAY})
    filled = answered(content) | {"QLS2": {"value": worst(question_of(content, "QLS2"))}}
    sheet = score(to_scoring(content, "SC1", filled, {"QLS2": Mark.TRIAL}))
    assert (sheet.local_index, sheet.observed) == (1000, {"QLS2": Mark.TRIAL})


def test_without_local_answers_there_is_no_local_index() -> None:
    content = built(with_local("LS1"))
    assert score(to_scoring(form("visit"), "SC1", whole_form_answers())).local_index is None
    filled = answered(content)
    assert score(to_scoring(content, "SC1", filled, {"QLS1": Mark.TRIAL})).local_index is None
