"""What the tablet's scripts need to know of a form: the rules, without the words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csiapp.audits.form_content import excluded_sections
from csiapp.audits.form_shape import FormContent, FormQuestion, Section, UnscoredQuestion

NUMERIC_TYPES = frozenset({"number", "duration", "percent"})


def asked_sections(content: FormContent, scenario: str) -> list[Section]:
    """The sections that this scenario asks, in the order of the visit."""
    excluded = excluded_sections(content, scenario)
    return [section for section in content["sections"] if section["code"] not in excluded]


def unscored_questions(content: FormContent, when: str) -> list[UnscoredQuestion]:
    """Those asked ``before_visit`` or ``after_visit``."""
    return [question for question in content["unscored"] if question["when"] == when]


def form_rules(
    content: FormContent, sections: Sequence[Section], *, second: bool = False
) -> dict[str, Any]:
    """JSON for ``static/js/audit-rules.js``, which mirrors ``missing.py``. In the ``second``
    stage all that its ``sections`` ask is due."""
    codes = {section["code"] for section in sections}
    return {
        "critical_below": content["rules"]["critical_fail_below"],
        "sections": [
            {
                "code": section["code"],
                "stage": "stage1" if second else section["stage"],
                "narrative": section["narrative"]["min_chars"] if section["narrative"] else 0,
                "questions": [
                    _question_rules(question) | ({"stage": "stage1"} if second else {})
                    for question in section["questions"]
                ],
            }
            for section in sections
        ],
        "stamps": {
            timing["code"]: timing["section"]
            for timing in content["timings"]
            if timing["section"] in codes
        },
        "timing_rules": [
            {name: rule[name] for name in ("code", "chains", "strict", "unless_comment")}
            for rule in content["timing_rules"]
        ],
        "unscored": [
            {"code": question["code"]} | _shown_if(question)
            for question in ([] if second else content["unscored"])
        ],
    }


def _question_rules(question: FormQuestion) -> dict[str, Any]:
    return (
        {
            "code": question["code"],
            "numeric": question["answer_type"] in NUMERIC_TYPES,
            "scoring": question["scoring"],
            "options": {option["code"]: option["score"] for option in question["options"]},
            "derive": question["derive"],
            "critical": question["critical"],
            "evidence": question["evidence"],
            "comment_chars": question["comment_chars"],
            "stage": question["stage"],
        }
        | _uncalled(question)
        | _shown_if(question)
    )


def _uncalled(question: FormQuestion) -> dict[str, int]:
    """The value that says that nobody called: it needs no evidence."""
    rule = question["no_contact"]
    return {"uncalled": rule["value"]} if rule and "value" in rule else {}


def _shown_if(question: FormQuestion | UnscoredQuestion) -> dict[str, Any]:
    return {"shown_if": question["shown_if"]} if "shown_if" in question else {}
