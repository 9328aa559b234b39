"""Changes of a draft, and what its checks say of them."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.builder import changes
from csiapp.audits.builder.changes import ChangeError
from csiapp.audits.builder.checks import problems_of
from csiapp.audits.builder.growing import Start, questions_in
from tests.unit.audits import examples
from tests.unit.audits.builder.test_growing import PLACED, grown

TEXT = {"zh": "文字", "en": "Words"}
SETTINGS = {"na_allowed": None, "evidence": None, "shown_if": None}


def reasons(draft):
    return {(p.reason, p.subject) for p in problems_of(draft, PLACED, examples.FACTORS)}


def codes(draft):
    return [question["code"] for _, question in questions_in(draft)]


def change(draft, code, **values):
    section, question = changes.find_question(draft, code)
    kept = {"text": question["text"], "section": section["code"], **SETTINGS}
    changes.change_question(draft, code, **{**kept, **values})


def test_sections_are_added_named_ordered_and_removed():
    draft = grown(Start.CRITICAL)
    before = [section["code"] for section in draft["sections"]]
    added = changes.add_section(draft, TEXT)
    assert added not in before
    changes.change_section(draft, added, {"zh": "新", "en": "New"}, None)
    changes.order_sections(draft, [added, *before])
    assert draft["sections"][0]["title"]["en"] == "New"
    assert ("empty_section", added) in reasons(draft)
    changes.move_section(draft, added, "down")
    assert [s["code"] for s in draft["sections"]][:2] == [before[0], added]
    changes.remove_section(draft, added)
    assert [s["code"] for s in draft["sections"]] == before


def test_a_section_asks_for_a_description_in_both_languages_or_for_none():
    draft = grown(Start.CRITICAL)
    section = draft["sections"][0]
    asked = {"prompt": {"zh": "请写", "en": ""}, "min_chars": 30}
    changes.change_section(draft, section["code"], TEXT, asked)
    assert ("no_prompt", section["code"]) in reasons(draft)
    asked["prompt"] = TEXT
    changes.change_section(draft, section["code"], TEXT, asked)
    assert section["narrative"] == {"prompt": TEXT, "min_chars": 30}
    assert not reasons(draft) & {("no_prompt", section["code"])}
    changes.change_section(draft, section["code"], TEXT, None)
    assert section["narrative"] is None


def remark(draft, code="", **values):
    given = {"text": TEXT, "when": "after_visit", "answer_type": "text", "shown_if": None}
    return changes.set_unscored(draft, code, **{**given, **values})


def test_questions_without_points_are_added_reworded_ordered_and_removed():
    draft = grown(Start.CRITICAL)
    first, second = remark(draft), remark(draft, answer_type="rating_0_10")
    before = remark(draft, when="before_visit")
    assert (first, second, before) == ("U01", "U02", "U03")
    assert [q["code"] for q in draft["unscored"]] == [before, first, second]
    changes.move_unscored(draft, second, "up")
    assert [q["code"] for q in draft["unscored"]] == [before, second, first]
    changes.order_unscored(draft, [first, second, before])
    assert [q["code"] for q in draft["unscored"]] == [before, first, second]
    remark(draft, first, text={"zh": "", "en": "Other"})
    assert ("no_text", first) in reasons(draft)
    changes.remove_unscored(draft, first)
    assert [q["code"] for q in draft["unscored"]] == [before, second]
    with pytest.raises(ChangeError):
        remark(draft, "U99")


def test_a_question_without_points_can_be_a_follow_up():
    draft = grown(Start.CRITICAL)
    earlier = remark(draft, answer_type="rating_0_10")
    code = remark(draft, shown_if={"field": earlier, "at_most": 5})
    assert not {r for r in reasons(draft) if r[1] == code}
    changes.remove_unscored(draft, earlier)
    assert ("follow_up_gone", code) in reasons(draft)
    remark(draft, code)
    assert "shown_if" not in draft["unscored"][0]


@given(st.randoms(use_true_random=False))
def test_moving_questions_about_loses_none(random):
    draft = grown(Start.CRITICAL)
    before = sorted(codes(draft))
    for _ in range(30):
        changes.move_question(draft, random.choice(before), random.choice(["up", "down"]))
    assert sorted(codes(draft)) == before


def test_a_question_at_the_end_of_its_section_goes_on_into_the_next():
    draft = grown(Start.CRITICAL)
    first, second = draft["sections"][:2]
    code = first["questions"][-1]["code"]
    changes.move_question(draft, code, "down")
    assert second["questions"][0]["code"] == code
    changes.move_question(draft, code, "up")
    assert first["questions"][-1]["code"] == code


def test_standards_come_in_once_and_go():
    draft = grown(Start.EMPTY)
    wanted = list(PLACED)[:3]
    assert len(changes.add_questions(draft, "A", wanted, PLACED)) == 3
    assert changes.add_questions(draft, "A", wanted, PLACED) == []
    changes.remove_question(draft, codes(draft)[0])
    assert [q["standard"] for _, q in questions_in(draft)] == wanted[1:]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda d: changes.remove_section(d, "ZZ"),
        lambda d: changes.remove_question(d, "V999"),
        lambda d: changes.order_sections(d, ["A"]),
        lambda d: changes.add_questions(d, "A", ["NO-SUCH"], PLACED),
        lambda d: changes.remove_scenario(d, "SC99"),
    ],
)
def test_what_is_not_there_is_refused(attempt):
    with pytest.raises(ChangeError):
        attempt(grown())


def test_follow_ups_that_point_wrong_are_named():
    draft = grown()
    first, second, third = codes(draft)[:3]
    for code, parent, reason in (
        (second, second, "follow_up_itself"),
        (second, third, "follow_up_forward"),
        (second, "V999", "follow_up_gone"),
    ):
        wrong = copy.deepcopy(draft)
        change(wrong, code, shown_if={"field": parent, "any_of": ["yes"]})
        assert (reason, code) in reasons(wrong)
    change(draft, second, shown_if={"field": first, "any_of": ["yes"]})
    assert not {r for r, _ in reasons(draft)} & {"follow_up_itself", "follow_up_forward"}
    changes.remove_question(draft, first)
    assert ("follow_up_gone", second) in reasons(draft)


def test_a_language_a_standard_and_a_factor_that_are_missing_are_named():
    draft = grown()
    code = codes(draft)[0]
    change(draft, code, text={"zh": "只有中文", "en": ""})
    assert ("no_text", code) in reasons(draft)
    _, question = changes.find_question(draft, code)
    question["standard"] = "GONE"
    assert ("no_standard", code) in reasons(draft)
    lonely = grown(Start.EMPTY)
    found = next(iter(PLACED))
    changes.add_questions(lonely, "A", [found], PLACED)
    assert ("no_factor", "SI") in reasons(lonely) or ("no_factor", "SA") in reasons(lonely)


def test_a_critical_standard_cannot_be_made_easier():
    draft = grown(Start.CRITICAL)
    code = next(
        q["code"]
        for _, q in questions_in(draft)
        if not PLACED[q["standard"]].standard["na_allowed"]
    )
    change(draft, code, na_allowed=True)
    assert ("critical_na", code) in reasons(draft)


def test_scenarios_are_added_changed_and_removed():
    draft = grown()
    code = changes.set_scenario(draft, "", TEXT, {"A", "B"})
    assert draft["scenarios"][-1]["sections_excluded"] == ["A", "B"]
    changes.set_scenario(draft, code, TEXT, {s["code"] for s in draft["sections"]})
    assert ("scenario_asks_nothing", code) in reasons(draft)
    changes.remove_scenario(draft, code)
    assert code not in {scenario["code"] for scenario in draft["scenarios"]}
