"""Published visits rescored under other standards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csiapp.audits import scoring
from csiapp.audits.filled_form import effective_answers, to_scoring
from csiapp.audits.form_content import all_questions, build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import FORM_KINDS, template_content
from csiapp.audits.observed import observed_questions
from csiapp.audits.replay import Filled, Replayed, replay, summarised
from csiapp.demo.answers import demo_answers
from csiapp.reference import loader
from csiapp.standards.content import Standard, StandardsContent, make_measure, standards_in
from tests.unit.audits.examples import answered, form, model, question_of, standards, worst

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 10)
WEIGHTS = loader.form_templates()["programme_weights"]["forms"]


def built(
    content: StandardsContent, kind: str = "visit", observed: dict[str, str] | None = None
) -> FormContent:
    template = template_content(loader.form_templates(), kind)
    return build_form_content(template, content, model(), observed or {})


def changed(code: str, **fields: Any) -> FormContent:
    content = standards()
    standard_of(content, code).update(fields)  # type: ignore[typeddict-item]
    return built(content)


def standard_of(content: StandardsContent, code: str) -> Standard:
    return next(p.standard for p in standards_in(content) if p.standard["code"] == code)


def published(
    content: FormContent,
    answers: dict[str, Any],
    scenario: str = "SC1",
    untaught: frozenset[str] = frozenset(),
) -> Filled:
    """A visit with its official score, as the service makes it."""
    marks = observed_questions(content, DAY, untaught)
    sheet = scoring.score(to_scoring(content, scenario, answers, marks))
    return Filled(
        content=content,
        scenario=scenario,
        answers=answers,
        day=DAY,
        final_index=sheet.final_index,
        observed=list(sheet.observed),
        failures={question_of(content, code)["standard"] for code in sheet.critical_failures},
    )


# ------------------------------------------------------------------------------ under itself


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(FORM_KINDS),
    scenario=st.sampled_from(["SC1", "SC2", "SC3", "SC4", "SC5"]),
    quality=st.floats(0, 1),
    seed=st.integers(),
    trial=st.sets(st.integers(0, 60), max_size=8),
    first_day=st.sampled_from(["2026-11-09", "2026-11-10", "2026-11-11"]),
    untaught=st.sets(st.integers(0, 60), max_size=8),
)
def test_a_version_replayed_under_itself_gives_the_official_score(
    kind: str,
    scenario: str,
    quality: float,
    seed: int,
    trial: set[int],
    first_day: str,
    untaught: set[int],
) -> None:
    codes = [p.standard["code"] for p in standards_in(standards())]
    content = built(standards(), kind, {codes[n]: first_day for n in trial})
    scenario = scenario if content["scenarios"] else ""
    questions = [q["code"] for _, q in all_questions(content)]
    waiting = frozenset(questions[n % len(questions)] for n in untaught)
    answers = demo_answers(content, scenario, quality, DAY, str(seed))
    visit = published(content, answers, scenario, waiting)
    assert replay(visit, content) == Replayed(
        kind, visit.final_index, visit.final_index, (), (), ()
    )


def test_never_is_taken_over() -> None:
    content = form("visit")
    code = next(q["code"] for _, q in all_questions(content) if q["never_allowed"])
    visit = published(content, answered(content) | {code: {"never": True}})
    assert replay(visit, content).change == 0


# ---------------------------------------------------------------------------- other standards


def test_a_stricter_target_lowers_the_index_by_what_it_costs() -> None:
    plain = form("visit")
    visit = published(plain, answered(plain) | {"V014": {"value": 5}})
    stricter = changed(
        "ST040202", measure=make_measure("duration", unit="minute", op="<=", target=3, tolerance=4)
    )
    result = replay(visit, stricter)
    answers = answered(plain) | {"V014": {"value": 5}}
    assert result.after == scoring.score(to_scoring(stricter, "SC1", answers)).final_index
    assert result.change is not None
    assert result.change < 0


def test_a_standard_made_critical_is_a_new_failure_and_holds_the_index() -> None:
    plain = form("visit")
    visit = published(plain, answered(plain) | {"V017": {"value": "no"}})
    standard = question_of(plain, "V017")["standard"]
    result = replay(visit, changed(standard, critical=True))
    assert (result.new_failures, result.past_failures) == ((standard,), ())
    assert result.after == 850


def test_a_standard_no_longer_critical_is_a_failure_of_the_past() -> None:
    plain = form("visit")
    code = question_of(plain, "V001")["standard"]
    harsh = changed(code, critical=True)
    visit = published(
        harsh, answered(harsh) | {"V001": {"value": worst(question_of(harsh, "V001"))}}
    )
    result = replay(visit, plain)
    assert (result.before, result.past_failures, result.new_failures) == (850, (code,), ())
    assert result.after is not None
    assert result.after > 850


def test_a_new_standard_has_no_data_and_moves_nothing() -> None:
    content = standards()
    placed = next(standards_in(content))
    own: Any = {**placed.standard, "code": "ST999901", "observed_by": ["visit"], "critical": True}
    placed.key_factor["standards"].append(own)
    visit = published(form("visit"), answered(form("visit")))
    result = replay(visit, built(content))
    assert result.without_data == ("ST999901",)
    assert result.change == 0


def test_a_removed_standard_leaves_the_sum() -> None:
    content = standards()
    for placed in standards_in(content):
        if placed.standard["code"] == "ST040202":
            placed.key_factor["standards"].remove(placed.standard)
            break
    plain = form("visit")
    visit = published(plain, answered(plain) | {"V014": {"value": 30}})
    assert visit.final_index < 1000
    assert replay(visit, built(content)).after == 1000


def test_an_answer_of_another_kind_is_no_data() -> None:
    plain = form("visit")
    visit = published(plain, answered(plain) | {"V017": {"value": "no"}})
    standard = question_of(plain, "V017")["standard"]
    result = replay(visit, changed(standard, measure=make_measure("rating", target=8)))
    assert (result.without_data, result.after) == ((standard,), 1000)


def test_minutes_are_not_read_as_seconds_but_time_stamps_tell() -> None:
    plain = form("visit")
    derived = question_of(plain, "V014")["derive"]
    assert derived is not None
    in_hours = make_measure("duration", unit="hour", op="<=", target=1, tolerance=1)
    typed = published(plain, answered(plain) | {"V014": {"value": 4}})
    assert replay(typed, changed("ST040202", measure=in_hours)).without_data == ("ST040202",)
    content = standards()
    standard_of(content, "ST040202")["measure"]["unit"] = "hour"
    hourly = built(content)
    stamps = {"T04": "2026-11-10T09:00:00+08:00", "T06": "2026-11-10T09:04:00+08:00"}
    visit = published(hourly, answered(hourly) | stamps | {"V014": {"value": 1}})
    assert effective_answers(plain, "SC1", stamps)["V014"] == {"value": 4}
    result = replay(visit, plain)
    assert result.without_data == ()


def test_a_visit_of_which_nothing_would_count_has_no_index() -> None:
    content = standards()
    for placed in standards_in(content):
        placed.standard["code"] = "X" + placed.standard["code"]
    visit = published(form("visit"), answered(form("visit")))
    assert replay(visit, built(content)).after is None


# --------------------------------------------------------------------------------- all together


def one(kind: str, before: int, after: int | None, *new: str) -> Replayed:
    return Replayed(kind, before, after, new, (), ("ST1",) if after is None else ())


def test_visits_are_rolled_up_over_forms_like_a_wave() -> None:
    found = summarised(
        [one("visit", 800, 700), one("visit", 900, 900), one("phone", 600, 650)], WEIGHTS
    )
    assert (found.before, found.after, found.change) == (806, 774, -32)
    assert found.visits == 3


def test_a_visit_without_an_index_after_is_in_neither_index() -> None:
    found = summarised([one("visit", 800, 700, "B", "A"), one("visit", 10, None, "B")], WEIGHTS)
    assert (found.before, found.after) == (800, 700)
    assert list(found.new_failures.items()) == [("B", 2), ("A", 1)]
    assert found.without_data == {"ST1": 1}


def test_without_visits_there_is_no_index() -> None:
    found = summarised([], WEIGHTS)
    assert (found.before, found.after, found.change, found.visits) == (None, None, None, 0)
