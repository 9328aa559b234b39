"""What becomes of a visit's questions when it moves to a newer version of its form."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.form_content import all_questions
from csiapp.audits.moving import moving, owner_of
from tests.unit.audits import examples

FORM = examples.form()
CODES = [question["code"] for _, question in all_questions(FORM)]


def test_to_the_same_form_everything_is_kept():
    found = moving(FORM, examples.form())
    assert set(CODES) <= set(found.kept)
    assert not found.outdated
    assert not found.new


@given(
    gone=st.sets(st.sampled_from(CODES), max_size=8),
    reworded=st.sets(st.sampled_from(CODES), max_size=8),
    added=st.booleans(),
)
def test_kept_asked_again_and_dropped_are_the_older_form_and_nothing_twice(gone, reworded, added):
    newer = examples.form()
    for section in newer["sections"]:
        section["questions"] = [q for q in section["questions"] if q["code"] not in gone]
        for question in section["questions"]:
            if question["code"] in reworded:
                question["text"] = {"zh": "新", "en": "New"}
    if added:
        extra = copy.deepcopy(FORM["sections"][0]["questions"][0]) | {"code": "Q9"}
        newer["sections"][-1]["questions"].append(extra)
    found = moving(FORM, newer)
    parts = [*found.kept, *found.asked_again, *found.dropped]
    assert len(parts) == len(set(parts))
    assert set(found.dropped) == gone
    assert set(found.asked_again) == reworded - gone
    assert set(CODES) <= set(parts)
    assert set(found.new) == ({"Q9"} if added else set())
    assert {*found.kept, *found.asked_again, *found.new} >= {
        question["code"] for _, question in all_questions(newer)
    }


def test_a_fact_stays_when_its_target_or_its_place_moves():
    newer = examples.form()
    question = newer["sections"][0]["questions"].pop()
    question["scoring"] = {"method": "linear", "op": "<=", "full_at": 99, "zero_at": 100}
    newer["sections"][3]["questions"].append(question)
    assert question["code"] in moving(FORM, newer).kept


def test_an_answer_that_is_not_possible_any_more_is_asked_again():
    newer = examples.form()
    question = examples.question_of(newer, CODES[0])
    question["na_allowed"] = False
    answers = {CODES[0]: {"na": "not_occurred"}, "device": "iPad", f"jot.{'a' * 32}": {"text": "x"}}
    assert moving(FORM, newer, answers).asked_again == (CODES[0],)
    assert moving(FORM, newer, {CODES[0]: None}).asked_again == ()


def test_parts_of_a_question_go_with_it_and_a_sections_text_stands_alone():
    assert owner_of("V001.photos") == owner_of("V001.comment") == "V001"
    assert owner_of("A.narrative") == "A.narrative"
