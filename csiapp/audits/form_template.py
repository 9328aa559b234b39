"""One form's template, self-contained, from the reference forms: what a network stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csiapp.standards.content import Text

FORM_KINDS = ("visit", "phone", "facility", "records")
SET_KEY = "standard_set"
"""In a template: the code of the set whose standards it asks. Without it each dealership's main
set is asked."""
LISTED_KEY = "listed"
"""In the content of a form that was built here: exactly what it lists is asked. A form of the
reference also asks what its standards hold besides."""


def template_content(document: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The template of ``kind`` out of ``form_templates()`` of :mod:`csiapp.reference.loader`.

    Measures are left out: they come from the standards when a form version is built. A narrative
    that a form asks as a whole stands in its last section. ``reversed`` marks a question worded
    the other way round than its standard ("Was anything added without your consent?"): "no" is
    the good answer where the standard's target is true.
    """
    form = document["forms"][kind]
    visiting = kind == "visit"
    sections = [_section(section) for section in form["sections"]]
    if "narrative" in form:
        sections[-1]["narrative"] = _narrative(form["narrative"])
    scoring = document["scoring"]
    return {
        "code": form["code"],
        "kind": kind,
        "name": form["name"],
        "grades": [
            {"code": grade["code"], "min_index": grade["min"]} for grade in scoring["grades"]
        ],
        "bands": [
            {"code": band["code"], "min_index": band["min"], "name": band["name"]}
            for band in scoring["gbt27922_bands"]["bands"]
        ],
        "sections": sections,
        "unscored": [
            {name: question[name] for name in ("code", "when", "text", "answer_type", "use")}
            | _shown_if(question)
            for question in form.get("unscored_questions", [])
        ],
        "timings": [
            {name: timing[name] for name in ("code", "section", "name")}
            for timing in (document["timing_fields"] if visiting else [])
        ],
        "timing_rules": [
            _timing_rule(rule) for rule in (document["timing_rules"] if visiting else [])
        ],
        "scenarios": [
            _scenario(scenario) for scenario in (document["scenarios"] if visiting else [])
        ],
        "na_reasons": [
            {"code": reason["code"], "name": reason["text"]} for reason in document["na_reasons"]
        ],
        "instructions": _instructions(document, form),
        "scenario_rules": _texts(document["scenario_rules"]) if visiting else [],
        "reporting_rules": _texts(document["reporting_rules"]),
        "rejection_reasons": list(document["rejection_reasons"]),
        "qa_checks": [
            {name: check[name] for name in ("code", "name", "auto")}
            for check in document["qa_checks"]
        ],
    } | (_briefing(document) if visiting else {})


def _briefing(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a shopper must know, and is tested on, before a visit."""
    return {
        "conduct": _texts(document["conduct"]["principles"]),
        "brief_test": [
            {name: question[name] for name in ("code", "text", "options", "right")}
            for question in document["brief_test"]["questions"]
        ],
    }


def _texts(items: Sequence[Mapping[str, Any]]) -> list[Text]:
    return [item["text"] for item in sorted(items, key=lambda item: int(item["order"]))]


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    stage = section.get("stage", "stage1")
    return {
        "code": section["code"],
        "title": section["title"],
        "stage": stage,
        "questions": [
            {
                "code": question["code"],
                "standard": question["standard"],
                "text": question["text"],
                "stage": question.get("stage", stage),
                "reversed": question["scoring"].get("good_answer") == "no",
                "derive": question.get("derive"),
                "no_contact": question.get("no_contact"),
            }
            | _shown_if(question)
            for question in section["questions"]
        ],
        "narrative": _narrative(section["narrative"]) if "narrative" in section else None,
        "impression_max": section.get("section_impression", {}).get("scale_max", 0),
    }


def _shown_if(question: Mapping[str, Any]) -> dict[str, Any]:
    """The condition of a follow-up; no key at all where there is none."""
    return {"shown_if": question["shown_if"]} if "shown_if" in question else {}


def _narrative(narrative: Mapping[str, Any]) -> dict[str, Any]:
    return {"prompt": narrative["prompt"], "min_chars": narrative["min_chars"]}


def _timing_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": rule["code"],
        "text": rule["text"],
        "chains": rule["chains"],
        "strict": rule.get("strict", False),
        "unless_comment": rule.get("unless_comment"),
    }


def _scenario(scenario: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": scenario["code"],
        "name": scenario["name"],
        "sections_excluded": scenario.get("sections_excluded", []),
        "na_expected": scenario["na_expected"],
    }


def _instructions(document: Mapping[str, Any], form: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "instructions" in form:
        return [{"when": "", "text": text} for text in _texts(form["instructions"])]
    told = document["shopper_instructions"]
    return [
        {"when": when, "text": text}
        for when in ("before", "during", "after")
        for text in _texts(told[when])
    ]
