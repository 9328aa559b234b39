"""The first content of a form that is built here, and what of a draft is frozen. Pure.

A draft has the shape of a network's template (:mod:`csiapp.audits.form_template`) with three more
keys: ``standard_set`` names the set that it grows from; ``listed`` says that exactly the listed
standards are asked; a question may carry ``na_allowed`` and ``evidence`` of its own. A draft may
be wrong; :mod:`csiapp.audits.builder.checks` says how.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from csiapp.audits.form_content import LOCAL_SECTION, LOCAL_TITLE, question_code
from csiapp.audits.form_template import LISTED_KEY, SET_KEY
from csiapp.audits.timings import stamps_of
from csiapp.standards.content import Placed, StandardsContent, Text, standards_in

Draft = dict[str, Any]
FIRST_SECTION: Text = {"zh": "第一部分", "en": "First part"}


class Start(StrEnum):
    """What a new form begins with."""

    WHOLE = "whole"
    CRITICAL = "critical"
    EMPTY = "empty"


def grow(
    base: Mapping[str, Any], standards: StandardsContent, start: Start, code: str, name: Text
) -> Draft:
    """A draft for the observer of ``base`` (a network's template) from published standards.

    WHOLE asks what ``base`` asks and everything else that this observer sees; CRITICAL only the
    critical standards of that, without narratives, impressions and unscored questions; EMPTY
    has one section without questions.
    """
    placed = placed_by_code(standards)
    draft = copy.deepcopy(dict(base))
    draft |= {"code": code, "name": dict(name), SET_KEY: standards["code"], LISTED_KEY: True}
    for section in draft["sections"]:
        section["questions"] = [q for q in section["questions"] if q["standard"] in placed]
    _ask_the_rest(draft, placed)
    if start is Start.CRITICAL:
        _keep_critical(draft, placed)
    elif start is Start.EMPTY:
        draft["sections"] = [new_section("A", FIRST_SECTION)]
        draft["unscored"] = []
    _drop_lost_follow_ups(draft)
    return draft


def placed_by_code(standards: StandardsContent) -> dict[str, Placed]:
    return {found.standard["code"]: found for found in standards_in(standards)}


def new_section(code: str, title: Text) -> dict[str, Any]:
    return {
        "code": code,
        "title": dict(title),
        "stage": "stage1",
        "questions": [],
        "narrative": None,
        "impression_max": 0,
    }


def new_question(placed: Placed, taken: Collection[str], stage: str = "stage1") -> dict[str, Any]:
    """A question in the words of the standard, under a code that is not ``taken``."""
    code = base = question_code(placed.standard["code"])[:14]
    number = 2
    while code in taken:
        code, number = f"{base}{number}", number + 1
    return {
        "code": code,
        "standard": placed.standard["code"],
        "text": dict(placed.standard["statement"]),
        "stage": stage,
        "reversed": False,
        "derive": None,
        "no_contact": None,
    }


def questions_in(draft: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every scored question with its section, in the order of the form."""
    for section in draft["sections"]:
        for question in section["questions"]:
            yield section, question


def codes_in(draft: Mapping[str, Any]) -> set[str]:
    """Codes of questions, scored or not."""
    return {q["code"] for _, q in questions_in(draft)} | {q["code"] for q in draft["unscored"]}


def frozen(draft: Mapping[str, Any]) -> Draft:
    """What is published: the draft without stamps, rules and references that lead to nothing,
    because their section or question was taken out."""
    content = copy.deepcopy(dict(draft))
    sections = {section["code"] for section in content["sections"]}
    questions = {question["code"] for _, question in questions_in(content)}
    content["timings"] = [t for t in content["timings"] if t["section"] in sections]
    stamps = {timing["code"] for timing in content["timings"]}
    content["timing_rules"] = [
        rule for old in content["timing_rules"] if (rule := _rule(old, stamps, questions))
    ]
    for _, question in questions_in(content):
        if question["derive"] and not stamps_of(question["derive"]["formula"]) <= stamps:
            question["derive"] = None
    asked = {question["standard"] for _, question in questions_in(content)}
    for scenario in content["scenarios"]:
        scenario["sections_excluded"] = [c for c in scenario["sections_excluded"] if c in sections]
        scenario["na_expected"] = [c for c in scenario["na_expected"] if c in asked]
    return content


def _rule(
    rule: dict[str, Any], stamps: set[str], questions: Collection[str]
) -> dict[str, Any] | None:
    chains = [[code for code in chain if code in stamps] for chain in rule["chains"]]
    chains = [chain for chain in chains if len(chain) > 1]
    if not chains:
        return None
    allowed = rule["unless_comment"]
    if allowed and (allowed["question"] not in questions or not set(allowed["chain"]) <= stamps):
        allowed = None
    return rule | {"chains": chains, "unless_comment": allowed}


def _ask_the_rest(draft: Draft, placed: Mapping[str, Placed]) -> None:
    asked = {question["standard"] for _, question in questions_in(draft)}
    own: list[Placed] = []
    for code, found in placed.items():
        if code in asked or draft["kind"] not in found.standard["observed_by"]:
            continue
        if found.standard.get("local"):
            own.append(found)
            continue
        home = _home(draft["sections"], found, placed)
        home["questions"].append(new_question(found, codes_in(draft), home["stage"]))
    if own:
        draft["sections"].append(new_section(LOCAL_SECTION, LOCAL_TITLE))
        for found in own:
            draft["sections"][-1]["questions"].append(new_question(found, codes_in(draft)))


def _home(
    sections: Sequence[dict[str, Any]], found: Placed, placed: Mapping[str, Placed]
) -> dict[str, Any]:
    """The last section that asks something of the same service step, else the last of all."""
    home = sections[-1]
    for section in sections:
        steps = {placed[q["standard"]].step["code"] for q in section["questions"]}
        if found.step["code"] in steps:
            home = section
    return home


def _keep_critical(draft: Draft, placed: Mapping[str, Placed]) -> None:
    for section in draft["sections"]:
        section["questions"] = [
            q for q in section["questions"] if placed[q["standard"]].standard["critical"]
        ]
        section |= {"narrative": None, "impression_max": 0}
    draft["sections"] = [section for section in draft["sections"] if section["questions"]]
    draft["unscored"] = []


def _drop_lost_follow_ups(draft: Draft) -> None:
    present = codes_in(draft)
    for question in [*(q for _, q in questions_in(draft)), *draft["unscored"]]:
        if "shown_if" in question and question["shown_if"]["field"] not in present:
            del question["shown_if"]
