"""What the form builder says: problems of a draft, changes that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.audits.builder.checks import Problem

KIND_NAMES: dict[str, Any] = {
    "visit": _l("Mystery shopper on a visit"),
    "phone": _l("Mystery shopper on the telephone"),
    "facility": _l("Auditor of the facility"),
    "records": _l("Auditor of records"),
}
"""Observer of a form by its kind."""

ANSWERS: dict[str, Any] = {
    "yes": _l("Yes"),
    "no": _l("No"),
    "na": _l("Not applicable"),
    "never": _l("Never happened"),
}
"""Answers that a follow-up can wait for, beside the codes of options and a range of numbers."""

ASKED_WHEN: dict[str, Any] = {
    "before_visit": _l("Before the visit"),
    "after_visit": _l("After the visit"),
}
UNSCORED_ANSWERS: dict[str, Any] = {
    "rating_0_10": _l("A mark from 0 to 10"),
    "text": _l("A text"),
}
"""How a question without points is answered."""

_LANGUAGES: dict[str, Any] = {"zh": _l("Chinese"), "en": _l("English")}
_PROBLEMS: dict[str, Any] = {
    "no_name": _l("The form has no name in %(detail)s."),
    "no_question": _l("The form asks nothing."),
    "no_na_reason": _l("The form offers no reason for “not applicable”."),
    "no_title": _l("Section %(subject)s has no name in %(detail)s."),
    "no_prompt": _l("The description of section %(subject)s has no words in %(detail)s."),
    "empty_section": _l("Section %(subject)s has no question. Fill it or remove it."),
    "asked_twice": _l("Question %(subject)s asks standard %(detail)s a second time."),
    "no_text": _l("Question %(subject)s has no words in %(detail)s."),
    "no_standard": _l(
        "Question %(subject)s is scored, but its standard %(detail)s is not published any more."
    ),
    "not_observed": _l("Question %(subject)s: the standard does not name this observer."),
    "critical_na": _l("Question %(subject)s: a critical standard does not become optional."),
    "critical_evidence": _l("Question %(subject)s: a critical standard keeps its evidence."),
    "follow_up_itself": _l("Question %(subject)s waits for its own answer."),
    "follow_up_forward": _l("Question %(subject)s waits for %(detail)s, which is asked later."),
    "follow_up_gone": _l("Question %(subject)s waits for %(detail)s, which is not asked."),
    "follow_up_never": _l("Question %(subject)s waits for %(detail)s, but names no answer."),
    "no_scenario_name": _l("Scenario %(subject)s has no name in %(detail)s."),
    "scenario_asks_nothing": _l("Scenario %(subject)s leaves every question out."),
    "no_factor": _l("No question counts for factor %(subject)s: the others weigh more."),
    "only_own": _l("Only standards of the dealership's own are asked, so there is no index."),
}
_EDITS: dict[str, Any] = {
    "form_described": _l("settings of the form"),
    "section_added": _l("section added"),
    "section_named": _l("section %(subject)s renamed"),
    "section_changed": _l("section %(subject)s changed"),
    "section_removed": _l("section %(subject)s removed"),
    "sections_ordered": _l("sections ordered"),
    "questions_added": _l("questions added to %(subject)s"),
    "question_changed": _l("question %(subject)s changed"),
    "question_removed": _l("question %(subject)s removed"),
    "questions_ordered": _l("questions ordered"),
    "unscored_set": _l("question without points changed"),
    "unscored_removed": _l("question %(subject)s removed"),
    "unscored_ordered": _l("questions without points ordered"),
    "scenario_set": _l("scenario changed"),
    "scenario_removed": _l("scenario %(subject)s removed"),
}


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem in words, and where it is mended."""

    problem: Problem
    text: str


def problem_lines(problems: list[Problem]) -> list[ProblemLine]:
    return [ProblemLine(problem, _problem(problem)) for problem in problems]


def _problem(problem: Problem) -> str:
    detail = _LANGUAGES.get(problem.detail, problem.detail)
    return str(_PROBLEMS[problem.reason]) % {"subject": problem.subject, "detail": detail}


def edit_words(verb: str, subject: str) -> str:
    return str(_EDITS[verb]) % {"subject": subject}


def condition_words(shown_if: Mapping[str, Any]) -> str:
    """When a follow-up is asked, for the list of questions."""
    words = {
        "yes": _("Yes"),
        "no": _("No"),
        "na": _("Not applicable"),
        "never": _("Never happened"),
    }
    answers = [words.get(answer, answer) for answer in shown_if.get("any_of", [])]
    if "at_least" in shown_if:
        answers.append(f"≥ {shown_if['at_least']}")
    if "at_most" in shown_if:
        answers.append(f"≤ {shown_if['at_most']}")
    said = " / ".join(answers)
    return str(_("only if %(field)s: %(answers)s", field=shown_if["field"], answers=said))
