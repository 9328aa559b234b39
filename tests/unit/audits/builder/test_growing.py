"""Forms grown from published standards: whole, of the critical ones only, or empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.builder.checks import completeness, problems_of
from csiapp.audits.builder.growing import Start, frozen, grow, placed_by_code, questions_in
from csiapp.audits.form_content import all_questions, build_form_content
from csiapp.audits.form_template import template_content
from csiapp.reference import loader
from csiapp.standards.content import content_sha256
from tests.unit.audits import examples

NAME = {"zh": "短表", "en": "Short form"}
STANDARDS = examples.standards()
PLACED = placed_by_code(STANDARDS)


def grown(start=Start.WHOLE, kind="visit", standards=STANDARDS):
    base = template_content(loader.form_templates(), kind)
    return grow(base, standards, start, "OWN-1", NAME)


def built(draft):
    return build_form_content(frozen(draft), STANDARDS, examples.model())


@pytest.mark.parametrize("kind", ["visit", "phone", "facility", "records"])
def test_the_whole_form_asks_every_standard_that_its_observer_sees(kind):
    draft = grown(kind=kind)
    seen = {c for c, found in PLACED.items() if kind in found.standard["observed_by"]}
    assert {question["standard"] for _, question in questions_in(draft)} >= seen
    assert not [p for p in problems_of(draft, PLACED, examples.FACTORS) if p.blocking]
    assert built(draft)["code"] == "OWN-1"


def test_the_short_form_asks_the_critical_standards_and_nothing_else():
    draft = grown(Start.CRITICAL)
    critical = {
        code
        for code, found in PLACED.items()
        if found.standard["critical"] and "visit" in found.standard["observed_by"]
    }
    content = built(draft)
    assert {question["standard"] for _, question in all_questions(content)} == critical
    assert all(question["critical"] for _, question in all_questions(content))
    assert content["unscored"] == []
    assert all(section["questions"] for section in content["sections"])
    stamps = {timing["code"] for timing in content["timings"]}
    for rule in content["timing_rules"]:
        assert {stamp for chain in rule["chains"] for stamp in chain} <= stamps


def test_a_listed_form_leaves_out_what_it_does_not_list():
    draft = grown()
    section, question = next(questions_in(draft))
    section["questions"].remove(question)
    asked = {q["standard"] for _, q in all_questions(built(draft))}
    assert question["standard"] not in asked


def test_an_empty_form_begins_with_a_section_and_says_what_it_lacks():
    draft = grown(Start.EMPTY)
    reasons = {problem.reason for problem in problems_of(draft, PLACED, examples.FACTORS)}
    assert {"no_question", "empty_section"} <= reasons


def test_own_settings_of_a_question_replace_those_of_its_standard():
    draft = grown()
    _, question = next(questions_in(draft))
    standard = PLACED[question["standard"]].standard
    question |= {"na_allowed": not standard["na_allowed"], "evidence": "photo"}
    found = examples.question_of(built(draft), question["code"])
    assert (found["na_allowed"], found["evidence"]) == (not standard["na_allowed"], "photo")


def test_stamps_go_with_their_section_and_what_needs_them_is_typed():
    draft = grown()
    code = draft["timings"][0]["section"]
    draft["sections"] = [s for s in draft["sections"] if s["code"] != code]
    content = built(draft)
    assert code not in {timing["section"] for timing in content["timings"]}


@given(st.sampled_from(list(Start)), st.sampled_from(["visit", "phone", "facility", "records"]))
def test_the_same_draft_freezes_to_the_same_hash_and_freezing_twice_changes_nothing(start, kind):
    first, second = frozen(grown(start, kind)), frozen(grown(start, kind))
    assert content_sha256(first) == content_sha256(second) == content_sha256(frozen(first))


def test_completeness_counts_texts_by_language():
    draft = grown(Start.EMPTY)
    written = completeness(draft)
    assert set(written.filled.values()) == {written.total}
    draft["sections"][0]["title"] = {"zh": "甲", "en": " "}
    written = completeness(draft)
    assert (written.filled["zh"], written.filled["en"]) == (written.total, written.total - 1)
