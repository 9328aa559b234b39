"""Form, answers and score sheet become a report snapshot. Pure: it looks nothing up by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from csiapp.audits.exact import exact
from csiapp.audits.filled_form import Answers, effective_answers, text_in, unscored_asked
from csiapp.audits.form_content import all_questions, excluded_sections
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.form_shape import Section as FormSection
from csiapp.audits.scoring import ScoreSheet
from csiapp.audits.wording import (
    answer_words,
    kind_words,
    observed_words,
    reason_words,
    resolved,
    target_words,
)
from csiapp.reports.snapshot import (
    CapRule,
    Course,
    CriticalFailure,
    FactorRow,
    GradeBand,
    GroupRow,
    HeadOfficeCopy,
    Impression,
    Improvement,
    Language,
    Outcome,
    Photo,
    Question,
    Receipt,
    Section,
    Shopper,
    Status,
)
from csiapp.standards.content import Text
from csiapp.standards.units import Translator

IMPROVEMENTS = 10
ZERO = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a report says beyond form, answers and score. Names are in the report's language.

    ``scenario`` is a code of the form. ``photos`` maps the SHA-256 of a photo as it was sent to
    its stored print size (none: it never arrived), ``courses`` a course's code to its title, and
    ``gaps`` a question's code to the sentence that says how many people lacked the course on the
    day.
    """

    language: Language
    status: Status
    revision: int
    created_at: datetime
    timezone: str
    network: str
    dealership: str
    region: str
    wave: str
    visit_date: date
    provisional_until: date | None = None
    scenario: str
    form_version: str
    standards_version: str
    standards_sha256: str
    factor_model: str
    receipt_sha256: str
    scoring_rules: str
    shopper: Shopper
    photos: Mapping[str, Photo] = field(default_factory=dict)
    courses: Mapping[str, Text] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)


def compose(
    form: FormContent, answers: Answers, sheet: ScoreSheet, facts: Facts, translate: Translator
) -> HeadOfficeCopy:
    """The head office's copy; call ``for_dealership()`` on it for the other one.

    ``answers`` are the fields of :mod:`csiapp.audits.answer_fields`, ``sheet`` their score.
    """
    return _Composer(form, answers, sheet, facts, translate).report()


class _Composer:
    def __init__(
        self,
        form: FormContent,
        answers: Answers,
        sheet: ScoreSheet,
        facts: Facts,
        translate: Translator,
    ) -> None:
        self._form, self._answers, self._sheet, self._facts = form, answers, sheet, facts
        self._translate = translate
        self._effective = effective_answers(form, facts.scenario, answers)
        self._excluded = excluded_sections(form, facts.scenario)
        self._lost = {entry.code: entry.points for entry in sheet.points_lost}
        self._asked = [question for _, question in all_questions(form)]
        self._steps = {step["code"]: self._text(step["name"]) for step in form["steps"]}
        self._factors = {factor["code"]: self._text(factor["name"]) for factor in form["factors"]}

    def report(self) -> HeadOfficeCopy:
        form, sheet, facts = self._form, self._sheet, self._facts
        questions = {asked["code"]: self._question(asked) for asked in self._asked}
        rules = form["rules"]
        return HeadOfficeCopy(
            language=facts.language,
            status=facts.status,
            revision=facts.revision,
            created_at=facts.created_at,
            timezone=facts.timezone,
            network=facts.network,
            dealership=facts.dealership,
            region=facts.region,
            wave=facts.wave,
            visit_date=facts.visit_date,
            provisional_until=facts.provisional_until if sheet.pending else None,
            scenario=self._scenario_name(),
            form_name=self._text(form["name"]),
            form_version=facts.form_version,
            standards_version=facts.standards_version,
            standards_sha256=facts.standards_sha256,
            factor_model=facts.factor_model,
            raw_score=sheet.raw_score,
            raw_index=sheet.raw_index,
            final_index=sheet.final_index,
            grade=sheet.grade,
            grades=tuple(GradeBand(**grade) for grade in _best_first(rules["grades"])),
            caps=tuple(CapRule(**cap) for cap in rules["caps"]),
            critical_failures=tuple(
                _critical_failure(questions[code]) for code in sheet.critical_failures
            ),
            applicable=sheet.applicable,
            met=sheet.met,
            factors=tuple(self._factor_row(code) for code in self._factors),
            steps=self._group_rows("step", self._steps, sheet.step_scores),
            kinds=self._group_rows("kind", kind_words(self._translate), sheet.kind_scores),
            improvements=tuple(self._improvements(questions)),
            sections=tuple(self._section(section, questions) for section in form["sections"]),
            impressions=tuple(self._impressions()),
            receipt=Receipt(
                sha256=facts.receipt_sha256,
                rules=facts.scoring_rules,
                scored=sheet.applicable,
                not_applicable=len(sheet.not_applicable),
                pending=len(sheet.pending),
                observed=len(sheet.observed),
            ),
            shopper=facts.shopper,
            local_index=sheet.local_index,
        )

    def _text(self, text: Text) -> str:
        return resolved(text, self._facts.language)

    def _scenario_name(self) -> str:
        names = {scenario["code"]: scenario["name"] for scenario in self._form["scenarios"]}
        return self._text(names.get(self._facts.scenario, {}))

    def _question(self, asked: FormQuestion) -> Question:
        code, language = asked["code"], self._facts.language
        answer, score = self._effective.get(code), self._sheet.question_scores.get(code)
        met, pending = code in self._sheet.met_questions, code in self._sheet.pending
        observed = self._sheet.observed.get(code)
        counts = answer is not None and (score is not None or observed is not None)
        return Question(
            code=code,
            text=self._text(asked["text"]),
            answer=answer_words(asked, answer, language, self._translate)
            if answer is not None and counts
            else "",
            target=target_words(asked, language, self._translate),
            outcome=Outcome.of(score, met=met, pending=pending, observed=observed is not None),
            score=score,
            points_lost=self._lost.get(code, ZERO),
            critical=asked["critical"],
            reason=reason_words(self._form, answer, language)
            if observed is None
            else observed_words(asked, observed, self._translate),
            comment=text_in(self._answers, f"{code}.comment"),
            standard_code=asked["standard"],
            standard=self._text(asked["statement"]),
            key_factor=self._text(asked["key_factor_name"]),
            step=self._steps.get(asked["step"], asked["step"]),
            factor=self._factors[asked["factor"]],
            photos=tuple(
                self._facts.photos.get(sha256) or Photo(key="", sha256=sha256)
                for sha256 in self._answers.get(f"{code}.photos") or ()
            ),
            local=asked.get("local", False),
        )

    def _section(self, section: FormSection, questions: Mapping[str, Question]) -> Section:
        asked = section["questions"]
        excluded = section["code"] in self._excluded
        impression = self._answers.get(f"{section['code']}.impression")
        scored = self._scored(asked)
        return Section(
            code=section["code"],
            title=self._text(section["title"]),
            score=self._score(scored),
            applicable=len(scored),
            met=self._met(scored),
            excluded=excluded,
            impression=""
            if impression is None or excluded
            else f"{impression} / {section['impression_max']}",
            narrative="" if excluded else text_in(self._answers, f"{section['code']}.narrative"),
            questions=() if excluded else tuple(questions[question["code"]] for question in asked),
        )

    def _impressions(self) -> Iterable[Impression]:
        for unscored in unscored_asked(self._form, self._facts.scenario, self._answers):
            given = text_in(self._answers, unscored["code"])
            if given and unscored["answer_type"] == "rating_0_10":
                given = f"{given} / 10"
            yield Impression(code=unscored["code"], text=self._text(unscored["text"]), answer=given)

    def _factor_row(self, code: str) -> FactorRow:
        score, share = self._sheet.factor_scores[code], self._sheet.factor_shares[code]
        contribution = 1000 * share * (score or ZERO)
        return FactorRow(
            code=code,
            name=self._factors[code],
            weight=share,
            score=score,
            contribution=contribution,
            points_lost=1000 * share - contribution,
        )

    def _group_rows(
        self, by: str, names: Mapping[str, str], scores: Mapping[str, Fraction]
    ) -> tuple[GroupRow, ...]:
        rows = []
        for code, name in names.items():
            if code in scores:
                own = (q for q in self._asked if _field(q, by) == code and not q.get("local"))
                scored = self._scored(own)
                rows.append(
                    GroupRow(
                        code=code,
                        name=name,
                        score=scores[code],
                        applicable=len(scored),
                        met=self._met(scored),
                    )
                )
        return tuple(rows)

    def _improvements(self, questions: Mapping[str, Question]) -> Iterable[Improvement]:
        courses = {asked["code"]: asked["courses"] for asked in self._asked}
        for entry in self._sheet.points_lost[:IMPROVEMENTS]:
            if not entry.points:
                return
            question = questions[entry.code]
            yield Improvement(
                question_code=entry.code,
                standard_code=question.standard_code,
                standard=question.standard,
                step=question.step,
                points_lost=entry.points,
                critical=question.critical,
                courses=tuple(
                    Course(code=code, title=self._text(self._facts.courses[code]))
                    for code in courses[entry.code]
                    if code in self._facts.courses
                ),
                gap=self._facts.gaps.get(entry.code, ""),
            )

    def _scored(self, asked: Iterable[FormQuestion]) -> list[FormQuestion]:
        return [q for q in asked if q["code"] in self._sheet.question_scores]

    def _met(self, scored: Iterable[FormQuestion]) -> int:
        return sum(q["code"] in self._sheet.met_questions for q in scored)

    def _score(self, scored: Iterable[FormQuestion]) -> Fraction | None:
        """Points got over points possible; sections have no place in the index either."""
        points = {q["code"]: exact(q["points"]) for q in scored}
        got = sum(
            (value * self._sheet.question_scores[code] for code, value in points.items()), ZERO
        )
        return got / sum(points.values(), ZERO) if points else None


def _field(question: FormQuestion, name: str) -> Any:
    return question["step"] if name == "step" else question["kind"]


def _best_first(grades: Iterable[Any]) -> list[Any]:
    return sorted(grades, key=lambda grade: -int(grade["min_index"]))


def _critical_failure(question: Question) -> CriticalFailure:
    return CriticalFailure(
        question_code=question.code,
        question=question.text,
        answer=question.answer,
        standard_code=question.standard_code,
        standard=question.standard,
    )
