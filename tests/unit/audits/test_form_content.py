"""Forms built from published standards: the reference forms, and what edits of standards do."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csiapp.audits.exact import exact
from csiapp.audits.form_content import (
    FormError,
    all_questions,
    build_form_content,
    excluded_sections,
    questions_for,
)
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.form_template import FORM_KINDS, template_content
from csiapp.reference import loader
from csiapp.standards.content import (
    Standard,
    StandardsContent,
    canonical_json,
    content_sha256,
    make_measure,
    standards_in,
)
from tests.unit.audits.examples import form, model, question_of, standards

pytestmark = pytest.mark.unit

DOCUMENT = loader.form_templates()
ASKED = [
    (kind, question)
    for kind in FORM_KINDS
    for section in DOCUMENT["forms"][kind]["sections"]
    for question in section["questions"]
]


def standard_of(content: StandardsContent, code: str) -> Standard:
    return next(p.standard for p in standards_in(content) if p.standard["code"] == code)


def built(content: StandardsContent, kind: str = "visit") -> FormContent:
    return build_form_content(template_content(DOCUMENT, kind), content, model())


def exactly(scoring: Any) -> dict[str, Any]:
    words = {"method", "op", "good_answer"}
    return {name: v if name in words else exact(v) for name, v in scoring.items()}


def test_there_are_133_questions() -> None:
    assert len(ASKED) == 133


@pytest.mark.parametrize(("kind", "asked"), ASKED, ids=[q["code"] for _, q in ASKED])
def test_a_question_built_from_its_standard_is_the_one_drafted(
    kind: str, asked: dict[str, Any]
) -> None:
    question = question_of(form(kind), asked["code"])
    assert exactly(question["scoring"]) == exactly(asked["scoring"])
    long_comment = asked["comment_required"] == "score_below_1_min_40_chars"
    assert question["comment_chars"] == (40 if long_comment else 1)
    assert question["points"] == asked["weight_points"]
    assert question["never_allowed"] == asked.get("never_allowed", False)
    assert question["derive"] == asked.get("derive")
    assert [o["code"] for o in question["options"]] == [o["code"] for o in asked.get("options", [])]
    for name in (
        "standard", "text", "answer_type", "factor", "indicator", "step", "critical", "na_allowed",
        "evidence",
    ):  # fmt: skip
        assert question[name] == asked[name]
    if asked["answer_type"] != "percent":
        assert question["unit"] == asked.get("unit", "")


def test_the_order_and_the_sections_are_those_of_the_template() -> None:
    for kind in FORM_KINDS:
        sections = [
            (section["code"], [question["code"] for question in section["questions"]])
            for section in DOCUMENT["forms"][kind]["sections"]
        ]
        assert [
            (section["code"], [question["code"] for question in section["questions"]])
            for section in form(kind)["sections"]
        ] == sections


def test_a_target_edited_by_the_dealership_counts() -> None:
    content = standards()
    measure = standard_of(content, "ST040202")["measure"]
    measure["target"], measure["tolerance"] = 3, "2.5"
    scoring = question_of(built(content), "V014")["scoring"]
    assert scoring == {"method": "linear", "op": "<=", "full_at": 3, "zero_at": "5.5"}


def test_a_reversed_question_follows_its_standard() -> None:
    content = standards()
    assert question_of(built(content), "V049")["scoring"]["good_answer"] == "no"
    standard_of(content, "ST090201")["measure"]["target"] = False
    assert question_of(built(content), "V049")["scoring"]["good_answer"] == "yes"


def test_making_a_standard_critical_asks_for_the_long_comment() -> None:
    content = standards()
    standard_of(content, "ST020101")["critical"] = True
    question = question_of(built(content), "V001")
    assert (question["critical"], question["comment_chars"]) == (True, 40)


def test_a_duration_measured_in_another_unit_is_not_derived_any_more() -> None:
    content = standards()
    standard_of(content, "ST040202")["measure"]["unit"] = "hour"
    assert question_of(built(content), "V014")["derive"] is None


def test_a_standard_taken_away_takes_its_question_away() -> None:
    content = standards()
    for placed in standards_in(content):
        if placed.standard["code"] == "ST040202":
            placed.key_factor["standards"].remove(placed.standard)
            break
    codes = [question["code"] for _, question in all_questions(built(content))]
    assert "V014" not in codes
    assert len(codes) == 75


def test_an_added_standard_is_asked_at_the_end_of_the_last_section_of_its_step() -> None:
    content = standards()
    first = next(standards_in(content))
    second_step = content["steps"][1]
    added = deepcopy(first.standard) | {"code": "ST029901", "observed_by": ["visit"]}
    second_step["sub_steps"][0]["key_factors"][0]["standards"].append(added)
    (section,) = [s for s in built(content)["sections"] if s["code"] == "A"]
    question = section["questions"][-1]
    assert question["code"] == "QST029901"
    assert question["text"] == first.standard["statement"]
    assert len(all_questions(built(content, "phone"))) == 11


def test_the_steps_stand_in_the_order_of_the_dealership() -> None:
    content = standards()
    content["steps"].insert(0, content["steps"].pop())
    assert [step["code"] for step in built(content)["steps"]][:3] == ["S14", "S01", "S02"]


def test_a_narrative_asked_of_the_whole_form_stands_in_its_last_section() -> None:
    narratives = [section["narrative"] for section in form("phone")["sections"]]
    assert narratives[-1] is not None
    assert narratives[:-1] == [None] * (len(narratives) - 1)


@pytest.mark.parametrize("kind", FORM_KINDS)
def test_the_content_is_the_same_after_a_trip_through_json(kind: str) -> None:
    content = form(kind)
    again = json.loads(json.dumps(content))
    assert again == content
    assert canonical_json(again) == canonical_json(content)
    assert content["standards"]["sha256"] == content_sha256(standards())


@given(st.data())
def test_every_edit_of_a_number_changes_the_hash(data: st.DataObject) -> None:
    content = standards()
    found = [p.standard for p in standards_in(content) if "visit" in p.standard["observed_by"]]
    data.draw(st.sampled_from(found))["points"] += data.draw(st.integers(1, 9))
    assert content_sha256(built(content)) != content_sha256(form("visit"))


def test_what_does_not_fit_together_is_refused() -> None:
    other_model = model() | {"code": "OTHER"}
    with pytest.raises(FormError, match="weighted by"):
        build_form_content(template_content(DOCUMENT, "visit"), standards(), other_model)

    def broken(change: Any) -> StandardsContent:
        content = standards()
        change(standard_of(content, "ST020101"))
        return content

    with pytest.raises(FormError, match="factor XX is not in the model"):
        built(broken(lambda s: s.update(factor="XX")))
    with pytest.raises(FormError, match="points are not above 0"):
        built(broken(lambda s: s.update(points=0)))
    with pytest.raises(FormError, match="ST020101 has no target"):
        built(broken(lambda s: s.update(measure=make_measure("count", unit="rings"))))
    with pytest.raises(FormError, match="no question is left"):
        built(standards() | {"steps": []})


def test_a_template_with_a_wrong_formula_is_refused() -> None:
    template = template_content(DOCUMENT, "visit")
    question: FormQuestion = template["sections"][1]["questions"][3]
    question["derive"] = {"formula": "T05 - T99", "unit": "second"}
    with pytest.raises(FormError, match="no time stamp T99"):
        build_form_content(template, standards(), model())
    question["derive"] = {"formula": "__import__('os')", "unit": "second"}
    with pytest.raises(FormError, match="cannot read"):
        build_form_content(template, standards(), model())


def test_a_scenario_leaves_whole_sections_out() -> None:
    content = form("visit")
    walk_in = {section["code"] for section, _ in questions_for(content, "SC4")}
    assert walk_in == set("BCDEFGHIJ")
    assert excluded_sections(content, "SC1") == frozenset()
    assert excluded_sections(form("phone"), "") == frozenset()
    with pytest.raises(ValueError, match="no scenario 'SC9'"):
        questions_for(content, "SC9")
    with pytest.raises(ValueError, match="no scenario"):
        questions_for(content, "")
