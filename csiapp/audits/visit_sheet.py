"""A filled form and its score as pages show them, in the reader's language. Pure.

Scores stay exact fractions; pages round them once. `hide` blots out what a reader may not
know (:func:`hiding`): on a dealership's page, who the shopper is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from csiapp.audits.answer_fields import JOT_PREFIX
from csiapp.audits.filled_form import Answers, effective_answers, text_in, unscored_asked
from csiapp.audits.form_content import excluded_sections
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.form_shape import Section as FormSection
from csiapp.audits.scoring import ScoreSheet
from csiapp.audits.timings import stamp_time
from csiapp.audits.wording import (
    answer_words,
    observed_words,
    reason_words,
    resolved,
    target_words,
)
from csiapp.standards.units import Translator

ZERO = Fraction(0)
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A value that no longer counts, in words. `part` is comment or photos, or empty."""

    part: str
    words: str
    device: str
    received_at: Any


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """`outcome` is met, part, not_met, not_applicable, observed (asked, does not count yet),
    pending or blank. `reason` says why a question does not count. `local` is the dealership's
    own."""

    code: str
    text: str
    answer: str
    target: str
    outcome: str
    score: Fraction | None
    points_lost: Fraction
    reason: str
    comment: str
    critical: bool
    local: bool
    standard: str
    statement: str
    key_factor: str
    photos: Sequence[str]
    overwritten: Sequence[Overwritten]


@dataclass(frozen=True, slots=True)
class SectionPart:
    code: str
    title: str
    excluded: bool
    applicable: int
    met: int
    impression: str
    narrative: str
    questions: Sequence[QuestionLine]


@dataclass(frozen=True, slots=True)
class FactorLine:
    """`share` sums to 1 over the factors; `contribution` and `points_lost` are index points."""

    code: str
    name: str
    share: Fraction
    score: Fraction | None
    contribution: Fraction
    points_lost: Fraction


@dataclass(frozen=True, slots=True)
class NamedScore:
    code: str
    name: str
    score: Fraction


@dataclass(frozen=True, slots=True)
class Remark:
    """An answer that is not scored."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class StampLine:
    """A time stamp; ``reason`` says why it was set by hand, ``former`` are earlier values."""

    text: str
    answer: str
    reason: str
    former: Sequence[Overwritten]


@dataclass(frozen=True, slots=True)
class Note:
    """What was jotted down during the visit, and the codes that it went into."""

    at: str
    text: str
    used: Sequence[str]


def _show(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSheet:
    """`overwritten` maps a field to its former values: (value, device, received_at)."""

    content: FormContent
    scenario: str
    answers: Answers
    score: ScoreSheet | None
    language: str
    translate: Translator
    overwritten: Mapping[str, Sequence[tuple[Any, str, Any]]] = field(default_factory=dict)
    hide: Callable[[str], str] = _show

    def say(self, text: Mapping[str, str]) -> str:
        return resolved(dict(text), self.language)

    def scenario_name(self) -> str:
        names = {s["code"]: s["name"] for s in self.content["scenarios"]}
        return self.say(names.get(self.scenario, {}))

    def questions(self) -> dict[str, QuestionLine]:
        """Code -> line, for every question of the form."""
        return {line.code: line for section in self.sections() for line in section.questions}

    def sections(self) -> list[SectionPart]:
        """The form's sections in order, those left out by the scenario too."""
        effective = effective_answers(self.content, self.scenario, self.answers)
        excluded = excluded_sections(self.content, self.scenario)
        return [
            self._section(section, effective, excluded=section["code"] in excluded)
            for section in self.content["sections"]
        ]

    def factors(self) -> list[FactorLine]:
        if self.score is None:
            return []
        lines = []
        for factor in self.content["factors"]:
            code = factor["code"]
            value, share = self.score.factor_scores[code], self.score.factor_shares[code]
            got = 1000 * share * (value or ZERO)
            name = self.say(factor["name"])
            lines.append(FactorLine(code, name, share, value, got, 1000 * share - got))
        return lines

    def steps(self) -> list[NamedScore]:
        """Scores of the service steps that were asked, in the dealership's order."""
        scores = self.score.step_scores if self.score else {}
        return [
            NamedScore(step["code"], self.say(step["name"]), scores[step["code"]])
            for step in self.content["steps"]
            if step["code"] in scores
        ]

    def step_name(self, code: str) -> str:
        return next((self.say(s["name"]) for s in self.content["steps"] if s["code"] == code), code)

    def remarks(self) -> list[Remark]:
        found = []
        for unscored in unscored_asked(self.content, self.scenario, self.answers):
            given = self.hide(text_in(self.answers, unscored["code"]))
            rated = bool(given) and unscored["answer_type"] == "rating_0_10"
            found.append(Remark(self.say(unscored["text"]), f"{given} / 10" if rated else given))
        return found

    def stamps(self) -> list[StampLine]:
        """The time stamps of the visit, as the device wrote them: to the minute, and to the second
        where they were changed."""
        lines = []
        for timing in self.content["timings"]:
            code = timing["code"]
            former = [
                Overwritten("", _clock(value), device, at)
                for value, device, at in self.overwritten.get(code, ())
            ]
            if self.answers.get(code) or former:
                answer = _clock(self.answers.get(code))[
                    : None if former else len("yyyy-mm-dd HH:MM")
                ]
                reason = self.hide(text_in(self.answers, f"{code}.reason"))
                lines.append(StampLine(self.say(timing["name"]), answer, reason, former))
        return lines

    def notes(self) -> list[Note]:
        """The notes of the covert minutes by their time."""
        jots = [
            value for name, value in self.answers.items() if name.startswith(JOT_PREFIX) and value
        ]
        return [
            Note(
                _clock(jot["at"]),
                self.hide(jot["text"]),
                [name.partition(".")[0] for name in jot["used"]],
            )
            for jot in sorted(jots, key=lambda jot: stamp_time(jot["at"]))
        ]

    def _section(
        self, section: FormSection, effective: Mapping[str, Mapping[str, Any]], *, excluded: bool
    ) -> SectionPart:
        lost = {entry.code: entry.points for entry in self.score.points_lost} if self.score else {}
        lines = [
            self._question(q, effective.get(q["code"]), lost.get(q["code"], ZERO))
            for q in section["questions"]
        ]
        code = section["code"]
        impression = self.answers.get(f"{code}.impression")
        return SectionPart(
            code=code,
            title=self.say(section["title"]),
            excluded=excluded,
            applicable=sum(line.score is not None for line in lines),
            met=sum(line.outcome == "met" for line in lines),
            impression="" if impression is None else f"{impression} / {section['impression_max']}",
            narrative=self.hide(text_in(self.answers, f"{code}.narrative")),
            questions=lines,
        )

    def _question(
        self, question: FormQuestion, answer: Mapping[str, Any] | None, points_lost: Fraction
    ) -> QuestionLine:
        code = question["code"]
        return QuestionLine(
            code=code,
            text=self.say(question["text"]),
            answer=self._words(question, answer),
            target=target_words(question, self.language, self.translate),
            outcome=self._outcome(code, answer),
            score=self.score.question_scores.get(code) if self.score else None,
            points_lost=points_lost,
            reason=self._reason(question, answer),
            comment=self.hide(text_in(self.answers, f"{code}.comment")),
            critical=question["critical"],
            local=question.get("local", False),
            standard=question["standard"],
            statement=self.say(question["statement"]),
            key_factor=self.say(question["key_factor_name"]),
            photos=self.answers.get(f"{code}.photos") or (),
            overwritten=list(self._overwritten(question)),
        )

    def _reason(self, question: FormQuestion, answer: Mapping[str, Any] | None) -> str:
        mark = self.score.observed.get(question["code"]) if self.score else None
        if mark is not None:
            return observed_words(question, mark, self.translate)
        return reason_words(self.content, answer, self.language)

    def _words(self, question: FormQuestion, answer: Mapping[str, Any] | None) -> str:
        if not answer or "na" in answer:
            return ""
        return answer_words(question, answer, self.language, self.translate)

    def _outcome(self, code: str, answer: Mapping[str, Any] | None) -> str:
        score = self.score.question_scores.get(code) if self.score else None
        if self.score is None or score is None:
            if answer is None:
                pending = self.score is not None and code in self.score.pending
                left_out = self.score is not None and code in self.score.not_applicable
                return "pending" if pending else "not_applicable" if left_out else "blank"
            if "na" in answer:
                return "not_applicable"
            return "observed" if self.score and code in self.score.observed else "blank"
        if code in self.score.met_questions:
            return "met"
        return "part" if score > 0 else "not_met"

    def _overwritten(self, question: FormQuestion) -> Iterable[Overwritten]:
        code = question["code"]
        for part in ("", "comment", "photos"):
            name = f"{code}.{part}" if part else code
            for value, device, at in self.overwritten.get(name, ()):
                yield Overwritten(part, self._former(question, part, value), device, at)

    def _former(self, question: FormQuestion, part: str, value: Any) -> str:
        if value is None:
            return ""
        if part == "photos":
            return str(len(value))
        if part == "comment":
            return str(value)
        return self._words(question, value) or reason_words(self.content, value, self.language)


def _clock(stamp: Any) -> str:
    """To the second, in the device's own zone; empty where there is none."""
    return str(stamp or "")[:19].replace("T", " ")


def hiding(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that blots these words out of a text, however they are capitalised."""
    marks = sorted((re.escape(s.strip()) for s in secrets if len(s.strip()) > 1), key=len)
    if not marks:
        return _show
    pattern = re.compile("|".join(reversed(marks)), re.IGNORECASE)
    return lambda text: pattern.sub(HIDDEN, text)
