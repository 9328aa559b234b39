"""The worked examples EX1, EX2 and EX7, to the digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from csiapp.audits.exact import rounded
from csiapp.audits.filled_form import to_scoring
from csiapp.audits.scored_forms import score_file
from csiapp.audits.scoring import score
from csiapp.reference import loader
from tests.unit.audits.examples import answered, best, form, question_of, worst

pytestmark = pytest.mark.unit

EXAMPLES = Path(loader.__file__).parent / "data" / "scoring_examples.yaml"
SCORED = {example["code"]: example for example in loader.scoring_examples()["scored_forms"]}


@pytest.mark.parametrize("code", SCORED)
def test_the_example_is_reproduced_exactly(code: str) -> None:
    expected = SCORED[code]["expected"]
    if "variant" in SCORED[code]:
        expected = expected | {"variant": SCORED[code]["variant"]["expected"]}
    assert score_file(EXAMPLES)[code] == expected


def whole_form_answers() -> dict[str, Any]:
    example, content = loader.scoring_examples()["whole_form"], form("visit")
    answers = answered(content)
    for code in answers:
        standard = question_of(content, code)["standard"]
        if standard in example["na"]:
            answers[code] = {"na": "not_occurred"}
        elif standard in example["overrides_by_standard"]:
            answers[code] = {"value": example["overrides_by_standard"][standard]}
    return answers


def test_the_whole_visit_form_is_reproduced_exactly() -> None:
    expected = loader.scoring_examples()["whole_form"]["expected"]
    content = form("visit")
    sheet = score(to_scoring(content, "SC1", whole_form_answers()))

    def shown(scores: Any) -> dict[str, float]:
        return {code: float(rounded(value, 6)) for code, value in scores.items()}

    failed = [question_of(content, code)["standard"] for code in sheet.critical_failures]
    assert {
        "factor_scores": shown(sheet.factor_scores),
        "step_scores": shown(sheet.step_scores),
        "raw_score": float(rounded(sheet.raw_score, 6)),
        "raw_index": sheet.raw_index,
        "critical_failures": failed,
        "final_index": sheet.final_index,
        "grade": sheet.grade,
        "applicable": sheet.applicable,
        "met": sheet.met,
        "compliance_pct": float(rounded(100 * sheet.compliance, 1)),
    } == expected


def test_the_whole_visit_form_reaches_both_ends() -> None:
    content = form("visit")
    top = score(to_scoring(content, "SC1", answered(content, best)))
    bottom = score(to_scoring(content, "SC1", answered(content, worst)))
    assert (top.final_index, top.grade, top.band) == (1000, "A", "star5")
    assert (bottom.raw_index, bottom.grade, bottom.band) == (0, "D", None)
