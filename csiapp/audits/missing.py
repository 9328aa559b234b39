"""What still blocks the submission of a filled form (life of an audit, stages 6 and 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal

from csiapp.audits.exact import exact
from csiapp.audits.filled_form import (
    Answers,
    answer_rule,
    effective_answers,
    not_asked,
    text_in,
    timing_violations,
    timings_in,
    unscored_asked,
)
from csiapp.audits.form_content import excluded_sections
from csiapp.audits.form_shape import FormContent, FormQuestion, Section
from csiapp.audits.timings import stamps_of

Stage = Literal["stage1", "stage2"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that blocks submission. ``section`` is empty for unscored questions.

    Reasons: ``blank``, ``stamps_missing`` (a computed duration; ``detail`` names the stamps),
    ``na_not_allowed``, ``na_reason_missing``, ``comment_missing``, ``comment_short`` (``detail``
    is the least length), ``evidence_missing``, ``photo_missing`` (``detail`` names photos that
    never arrived), ``narrative_missing``, ``narrative_short``, ``stamp_order`` (``detail`` is the
    rule and the stamp that should not be later).
    """

    field: str
    section: str
    reason: str
    detail: tuple[str, ...] = ()


def missing_items(
    content: FormContent,
    scenario: str,
    answers: Answers,
    photos: Collection[str],
    *,
    stage: Stage = "stage1",
) -> list[Gap]:
    """All that blocks the submission of ``stage``, in the order of the form.

    ``photos`` are the SHA-256 of the photos that have arrived. At stage one, blank questions and
    narratives of stage two do not block; what was answered early is checked like the rest.
    """
    form = _Filled(content, answers, photos, timings_in(content, scenario, answers), stage)
    effective = effective_answers(content, scenario, answers)
    excluded, hidden = excluded_sections(content, scenario), not_asked(content, scenario, answers)
    gaps: list[Gap] = []
    for section in content["sections"]:
        if section["code"] in excluded:
            continue
        for question in section["questions"]:
            if question["code"] in hidden:
                continue
            gaps += form.question_gaps(section, question, effective.get(question["code"]))
        gaps += form.narrative_gaps(section)
    sections = {timing["code"]: timing["section"] for timing in content["timings"]}
    gaps += [
        Gap(broken.later, sections[broken.later], "stamp_order", (broken.rule, broken.earlier))
        for broken in timing_violations(content, scenario, answers)
    ]
    gaps += [
        Gap(unscored["code"], "", "blank")
        for unscored in unscored_asked(content, scenario, answers)
        if answers.get(unscored["code"]) in {None, ""}
    ]
    return gaps


@dataclass(frozen=True, slots=True)
class _Filled:
    content: FormContent
    answers: Answers
    photos: Collection[str]
    timings: Mapping[str, datetime]
    stage: Stage

    def question_gaps(
        self, section: Section, question: FormQuestion, answer: Mapping[str, Any] | None
    ) -> Iterator[Gap]:
        if answer is None:
            if self._due(question["stage"]):
                yield self._blank(section, question)
            return
        field = f"{question['code']}.photos"
        announced = self.answers.get(field) or []
        absent = tuple(photo for photo in announced if photo not in self.photos)
        if absent:
            yield Gap(field, section["code"], "photo_missing", absent)
        if "na" in answer:
            yield from self._na_gaps(section, question, answer["na"])
            return
        score = _score(question, answer)
        if score < 1:
            yield from self._comment_gaps(section, question)
        if self._lacks_evidence(question, answer, score) and not announced:
            yield Gap(field, section["code"], "evidence_missing")

    def narrative_gaps(self, section: Section) -> Iterator[Gap]:
        narrative = section["narrative"]
        if narrative is None or not self._due(section["stage"]):
            return
        field = f"{section['code']}.narrative"
        length = len(text_in(self.answers, field))
        if length < narrative["min_chars"]:
            reason = "narrative_short" if length else "narrative_missing"
            yield Gap(field, section["code"], reason, (str(narrative["min_chars"]),))

    def _due(self, stage: str) -> bool:
        return self.stage == "stage2" or stage == "stage1"

    def _blank(self, section: Section, question: FormQuestion) -> Gap:
        derive = question["derive"]
        absent = sorted(stamps_of(derive["formula"]) - set(self.timings)) if derive else []
        reason = "stamps_missing" if absent else "blank"
        return Gap(question["code"], section["code"], reason, tuple(absent))

    def _na_gaps(self, section: Section, question: FormQuestion, given: str) -> Iterator[Gap]:
        if not question["na_allowed"]:
            yield Gap(question["code"], section["code"], "na_not_allowed")
        elif given not in {reason["code"] for reason in self.content["na_reasons"]}:
            yield Gap(question["code"], section["code"], "na_reason_missing")

    def _comment_gaps(self, section: Section, question: FormQuestion) -> Iterator[Gap]:
        field = f"{question['code']}.comment"
        length = len(text_in(self.answers, field))
        needed = question["comment_chars"]
        if length < needed:
            reason = "comment_short" if length else "comment_missing"
            yield Gap(field, section["code"], reason, (str(needed),))

    def _lacks_evidence(
        self, question: FormQuestion, answer: Mapping[str, Any], score: Fraction
    ) -> bool:
        """A failed critical question needs evidence: a photo (also of a paper), or the time
        stamps where those are the evidence. Where the event never happened, or the standard asks
        for no evidence, the long comment is it."""
        limit = exact(self.content["rules"]["critical_fail_below"])
        if not question["critical"] or score >= limit:
            return False
        if question["evidence"] == "none" or "never" in answer:
            return False
        rule = question["no_contact"]
        if rule is not None and "value" in rule and answer["value"] == rule["value"]:
            return False  # that nobody called cannot be photographed
        derive = question["derive"]
        stamped = derive is not None and stamps_of(derive["formula"]) <= self.timings.keys()
        return not (question["evidence"] == "timestamp" and stamped)


def _score(question: FormQuestion, answer: Mapping[str, Any]) -> Fraction:
    return Fraction(0) if "never" in answer else answer_rule(question).score(answer["value"])
