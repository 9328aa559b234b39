"""What a draft of a form lacks before it can be published. Pure; words stand in ``wording``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csiapp.audits.builder.growing import questions_in
from csiapp.audits.follow_ups import in_order
from csiapp.standards.content import Placed, Text

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Problem:
    """``reason`` is a stable word; ``subject`` the code of what it is about, in ``section``
    where it stands in one; ``detail`` what the message needs. Only what blocks keeps a draft
    from being published."""

    reason: str
    subject: str
    section: str = ""
    detail: str = ""
    blocking: bool = True


def problems_of(
    draft: Mapping[str, Any], placed: Mapping[str, Placed], factors: Sequence[str]
) -> list[Problem]:
    """Everything that is wrong with the draft, in the order of the form; ``factors`` are those of
    the model that the standards are weighted by."""
    return [
        *_of_the_form(draft),
        *_of_sections(draft, placed),
        *_of_unscored(draft),
        *_of_follow_ups(draft),
        *_of_scenarios(draft),
        *_of_factors(draft, placed, factors),
    ]


@dataclass(frozen=True, slots=True)
class Written:
    """How many of the form's texts there are, and how many are filled in each language."""

    total: int
    filled: Mapping[str, int]


def completeness(draft: Mapping[str, Any]) -> Written:
    """How much of the form is written in each language."""
    texts = list(_texts(draft))
    filled = {code: sum(bool(_in(text, code)) for text in texts) for code in LANGUAGES}
    return Written(len(texts), filled)


def _texts(draft: Mapping[str, Any]) -> Iterator[Text]:
    yield draft["name"]
    for section in draft["sections"]:
        yield section["title"]
        if section["narrative"]:
            yield section["narrative"]["prompt"]
    for _, question in questions_in(draft):
        yield question["text"]
    for question in draft["unscored"]:
        yield question["text"]
    for named in (*draft["scenarios"], *draft["na_reasons"], *draft["timings"]):
        yield named["name"]


def _in(text: Text, language: str) -> str:
    return text.get(language, "").strip()


def _missing(text: Text) -> Iterator[str]:
    return (language for language in LANGUAGES if not _in(text, language))


def _of_the_form(draft: Mapping[str, Any]) -> Iterator[Problem]:
    for language in _missing(draft["name"]):
        yield Problem("no_name", draft["code"], detail=language)
    if not any(True for _ in questions_in(draft)):
        yield Problem("no_question", draft["code"])
    if not draft["na_reasons"]:
        yield Problem("no_na_reason", draft["code"])


def _of_sections(draft: Mapping[str, Any], placed: Mapping[str, Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for section in draft["sections"]:
        code = section["code"]
        for language in _missing(section["title"]):
            yield Problem("no_title", code, code, language)
        for language in _missing(section["narrative"]["prompt"]) if section["narrative"] else ():
            yield Problem("no_prompt", code, code, language)
        if not section["questions"]:
            yield Problem("empty_section", code, code)
        for question in section["questions"]:
            yield from _of_question(draft, code, question, placed)
            if question["standard"] in seen:
                yield Problem("asked_twice", question["code"], code, question["standard"])
            seen.add(question["standard"])


def _of_question(
    draft: Mapping[str, Any],
    section: str,
    question: Mapping[str, Any],
    placed: Mapping[str, Placed],
) -> Iterator[Problem]:
    code = question["code"]
    for language in _missing(question["text"]):
        yield Problem("no_text", code, section, language)
    found = placed.get(question["standard"])
    if found is None:
        yield Problem("no_standard", code, section, question["standard"])
        return
    standard = found.standard
    if draft["kind"] not in standard["observed_by"]:
        yield Problem("not_observed", code, section, draft["kind"], blocking=False)
    if standard["critical"] and not standard.get("local"):
        if question.get("na_allowed", False) and not standard["na_allowed"]:
            yield Problem("critical_na", code, section)
        if question.get("evidence") == "none" and standard["evidence"] != "none":
            yield Problem("critical_evidence", code, section)


def _of_unscored(draft: Mapping[str, Any]) -> Iterator[Problem]:
    for question in draft["unscored"]:
        for language in _missing(question["text"]):
            yield Problem("no_text", question["code"], detail=language)


def _of_follow_ups(draft: Mapping[str, Any]) -> Iterator[Problem]:
    """A condition that names the question itself, a later one, or one that is gone."""
    questions = in_order(draft["sections"], draft["unscored"])
    home = {question["code"]: section["code"] for section, question in questions_in(draft)}
    places = {question["code"]: place for place, question in enumerate(questions)}
    for place, question in enumerate(questions):
        shown_if = question.get("shown_if")
        if shown_if is None:
            continue
        code, parent = question["code"], shown_if["field"]
        at = places.get(parent)
        if at is None:
            reason = "follow_up_gone"
        elif at == place:
            reason = "follow_up_itself"
        elif at > place:
            reason = "follow_up_forward"
        elif not shown_if.keys() & {"any_of", "at_least", "at_most"}:
            reason = "follow_up_never"
        else:
            continue
        yield Problem(reason, code, home.get(code, ""), parent)


def _of_scenarios(draft: Mapping[str, Any]) -> Iterator[Problem]:
    filled = {section["code"] for section in draft["sections"] if section["questions"]}
    for scenario in draft["scenarios"]:
        for language in _missing(scenario["name"]):
            yield Problem("no_scenario_name", scenario["code"], detail=language)
        if filled and filled <= set(scenario["sections_excluded"]):
            yield Problem("scenario_asks_nothing", scenario["code"])


def _of_factors(
    draft: Mapping[str, Any], placed: Mapping[str, Placed], factors: Sequence[str]
) -> Iterator[Problem]:
    asked = {
        placed[question["standard"]].standard["factor"]
        for _, question in questions_in(draft)
        if question["standard"] in placed and not placed[question["standard"]].standard.get("local")
    }
    for factor in factors:
        if factor not in asked:
            yield Problem("no_factor", factor, blocking=False)
    if not asked and any(True for _ in questions_in(draft)):
        yield Problem("only_own", draft["code"])
