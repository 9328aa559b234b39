"""A receipt can be recomputed by anybody, and tells when it was changed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csiapp.audits.filled_form import to_scoring
from csiapp.audits.receipts import receipt, scoring_input, verify_receipt
from csiapp.audits.scoring import ScoringInput, score
from csiapp.standards.content import content_sha256
from tests.unit.audits.examples import filled_forms, form
from tests.unit.audits.test_scoring_examples import whole_form_answers

pytestmark = pytest.mark.unit


def leaves(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(node, dict):
        return [leaf for name, item in node.items() for leaf in leaves(item, (*path, name))]
    if isinstance(node, list):
        return [leaf for place, item in enumerate(node) for leaf in leaves(item, (*path, place))]
    return [path]


def altered(value: Any) -> list[Any]:
    """Other values of a kind that a forger might put in."""
    if isinstance(value, bool):
        return [not value, int(value)]
    if isinstance(value, int):
        return [value + 1, value - 1, str(value)]
    if value is None:
        return [0, "1"]
    return [value + "0", "no" if value == "yes" else "yes", "3/4", "1/0", ""]


@given(filled_forms())
def test_a_receipt_verifies_after_a_trip_through_json(form_given: ScoringInput) -> None:
    made = receipt(form_given)
    assert verify_receipt(json.loads(json.dumps(made)))
    assert score(scoring_input(made)) == score(form_given)


@given(filled_forms(), st.data())
def test_a_receipt_changed_in_any_place_does_not_verify(
    form_given: ScoringInput, data: st.DataObject
) -> None:
    made = receipt(form_given)
    *path, last = data.draw(st.sampled_from(leaves(made)))
    forged = deepcopy(made)
    node: Any = forged
    for part in path:
        node = node[part]
    node[last] = data.draw(st.sampled_from(altered(node[last])))
    assume(json.dumps(forged) != json.dumps(made))
    assert not verify_receipt(forged)


def test_a_forger_who_hashes_again_is_still_caught_by_the_arithmetic() -> None:
    made = receipt(to_scoring(form("visit"), "SC1", whole_form_answers()))
    made["result"]["final_index"] = 855
    made["sha256"] = content_sha256({k: v for k, v in made.items() if k != "sha256"})
    assert not verify_receipt(made)


def test_a_receipt_shows_every_question_with_its_exact_score() -> None:
    made = receipt(to_scoring(form("visit"), "SC1", whole_form_answers()))
    by_code = {question["code"]: question for question in made["questions"]}
    assert len(by_code) == 76
    assert by_code["V001"]["answer"] == {"number": "5"}
    assert by_code["V001"]["score"] == "1/3"
    assert by_code["V023"]["answer"] == {"mark": "not_applicable"}
    assert by_code["V023"]["score"] is None
    assert made["result"]["final_index"] == 750


@pytest.mark.parametrize("rubbish", [None, [], {}, {"format": 1}, {"format": 2}, "receipt", 7])
def test_rubbish_is_no_receipt(rubbish: Any) -> None:
    assert not verify_receipt(rubbish)
