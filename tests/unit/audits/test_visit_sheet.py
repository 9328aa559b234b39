"""A filled form in the reader's language, and what is blotted out of it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from babel.support import NullTranslations
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.filled_form import to_scoring
from csiapp.audits.scoring import score
from csiapp.audits.visit_sheet import HIDDEN, VisitSheet, hiding
from tests.unit.audits import examples

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 5, tzinfo=UTC)


def sheet(
    changes: dict[str, Any] | None = None,
    *,
    scenario: str = "SC1",
    scored: bool = True,
    **more: Any,
) -> VisitSheet:
    content = examples.form()
    answers = {**examples.complete(content), **(changes or {})}
    result = score(to_scoring(content, scenario, answers)) if scored else None
    given_by_default = {"language": "en", "translate": NullTranslations()}
    return VisitSheet(
        content=content,
        scenario=scenario,
        answers=answers,
        score=result,
        **{**given_by_default, **more},
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        ({"value": "yes"}, "met", "Yes"),
        ({"value": "no"}, "not_met", "No"),
        ({"na": "not_occurred"}, "not_applicable", ""),
    ],
)
def test_an_answer_is_shown_in_words_with_its_outcome(answer, outcome, words):
    line = sheet({"V018": answer}).questions()["V018"]
    assert (line.outcome, line.answer) == (outcome, words)


def test_a_part_score_a_pending_and_an_unscored_answer_have_their_own_outcome():
    questions = sheet({"V014": {"value": 7}, "V075": None}).questions()
    assert questions["V014"].outcome == "part"
    assert questions["V075"].outcome == "pending"
    assert sheet({"V017": None}, scored=False).questions()["V017"].outcome == "blank"


def test_a_section_outside_the_scenario_counts_nothing():
    parts = {part.code: part for part in sheet(scenario="SC4").sections()}
    assert parts["A"].excluded
    assert parts["A"].applicable == 0
    assert not parts["B"].excluded
    assert parts["B"].met == parts["B"].applicable > 0


def test_contributions_and_lost_points_of_the_factors_make_the_whole():
    lines = sheet({"V017": {"value": "no"}, "V014": {"value": 8}}).factors()
    assert sum(line.share for line in lines) == 1
    assert sum(line.contribution + line.points_lost for line in lines) == 1000
    assert [line.code for line in lines if line.points_lost] == ["SI", "SA"]


def test_a_form_without_a_score_has_no_factors_and_no_steps():
    blank = sheet(scored=False)
    assert blank.factors() == []
    assert blank.steps() == []


def test_steps_stand_in_the_dealerships_order_with_their_scores():
    steps = sheet({"V017": {"value": "no"}}).steps()
    content = examples.form()
    order = [step["code"] for step in content["steps"]]
    assert [step.code for step in steps] == [c for c in order if c in {s.code for s in steps}]
    assert {step.code for step in steps if step.score < Fraction(1)} == {"S04"}


def test_former_values_are_shown_in_words():
    former = {
        "V017": [({"value": "no"}, "tablet", NOW), (None, "tablet", NOW)],
        "V017.comment": [("First thought", "tablet", NOW)],
        "V017.photos": [(["a" * 64, "b" * 64], "phone", NOW)],
    }
    line = sheet(overwritten=former).questions()["V017"]
    shown = [(f.part, f.words, f.device) for f in line.overwritten]
    assert shown == [
        ("", "No", "tablet"),
        ("", "", "tablet"),
        ("comment", "First thought", "tablet"),
        ("photos", "2", "phone"),
    ]


def test_both_languages_are_spoken():
    assert sheet(language="zh").scenario_name() == "定期保养（已预约、在店等候）"
    assert sheet().scenario_name() == "Routine maintenance (booked, waiting)"


def test_stamps_are_shown_to_the_minute_of_the_shoppers_clock():
    stamps = sheet({"T05": "2026-03-05T23:59:31+08:00"}).stamps()
    assert [stamp.answer for stamp in stamps] == ["2026-03-05 23:59"]


def test_a_changed_stamp_shows_both_times_and_the_reason():
    (stamp,) = sheet(
        {"T05": "2026-03-05T10:02:00+08:00", "T05.reason": "Forgot to tap"},
        overwritten={"T05": [("2026-03-05T10:09:31+08:00", "tab-1", None)]},
    ).stamps()
    assert (stamp.answer, stamp.reason) == ("2026-03-05 10:02:00", "Forgot to tap")
    assert [former.words for former in stamp.former] == ["2026-03-05 10:09:31"]


def test_a_stamp_that_was_taken_back_is_still_seen():
    (stamp,) = sheet(
        {"T05": None, "T05.reason": "By mistake"},
        overwritten={"T05": [("2026-03-05T10:09:31+08:00", "tab-1", None)]},
    ).stamps()
    assert (stamp.answer, len(stamp.former)) == ("", 1)


def test_notes_stand_in_the_order_of_their_time_with_what_they_went_into():
    later = {"text": "Nobody", "at": "2026-03-05T09:30:00+07:00", "used": ["V012.comment"]}
    first = {"text": "", "at": "2026-03-05T10:02:00+08:00", "used": []}
    notes = sheet({f"jot.{'b' * 32}": first, f"jot.{'a' * 32}": later}).notes()
    assert [(note.at, note.text, list(note.used)) for note in notes] == [
        ("2026-03-05 10:02:00", "", []),
        ("2026-03-05 09:30:00", "Nobody", ["V012"]),
    ]


def test_secrets_are_blotted_out_wherever_the_shopper_typed_them():
    hidden = sheet(
        {
            "V017.comment": "I am LI NA.",
            "A.narrative": "li na called, " * 9,
            "U04": "Ask Li Na",
        },
        hide=hiding(["Li Na", "li.na@test.example"]),
    )
    texts = [hidden.questions()["V017"].comment, hidden.remarks()[-1].answer]
    texts += [part.narrative for part in hidden.sections()]
    assert not any("li na" in text.lower() for text in texts)
    assert texts[0] == f"I am {HIDDEN}."


def test_a_longer_secret_is_hidden_before_its_part():
    assert hiding(["li", "li@x.example"])("write to li@x.example") == f"write to {HIDDEN}"


@given(text=st.text(), secret=st.text(min_size=2, max_size=6))
def test_a_hidden_word_never_stays(text, secret):
    if len(secret.strip()) > 1 and secret.strip() not in HIDDEN:
        assert secret.strip() not in hiding([secret])(text)


@given(text=st.text())
def test_without_secrets_nothing_is_changed(text):
    assert hiding(["", " ", "x"])(text) == text
