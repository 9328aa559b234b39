"""Every standard against five questions, and the gaps that the answers leave.

Is it measurable? Trained: does a course teach it, and do those who execute it hold it today?
Was it audited lately? Can anybody observe it? Does it belong to an indicator of the index?
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from csiapp.standards.checks import Problem, effectiveness_problems
from csiapp.standards.content import Placed, StandardsContent, Text, standards_in
from csiapp.studio.audited import AuditedVisit, all_answers
from csiapp.studio.learners import Learner

IMPORTANT_FROM = 4
"""Key factors of this importance, or marked as key, need a standard."""


class Question(StrEnum):
    MEASURABLE = "measurable"
    TRAINED = "trained"
    AUDITED = "audited"
    OBSERVABLE = "observable"
    MAPPED = "mapped"


class Verdict(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Gap(StrEnum):
    """The gap lists; the last is of what has no standard at all."""

    TRAINED_UNAUDITED = "trained_unaudited"
    AUDITED_UNTRAINED = "audited_untrained"
    UNMEASURABLE = "unmeasurable"
    UNOBSERVABLE = "unobservable"
    UNMAPPED = "unmapped"
    NO_STANDARD = "no_standard"


@dataclass(frozen=True, slots=True)
class Taught:
    """The courses that teach a standard, and the people who execute it."""

    courses: tuple[str, ...]
    staff: int
    holding: int


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a standard was answered in the time looked at, and which forms ask it now."""

    answers: int = 0
    last: dt.date | None = None
    forms: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the answers are taken from. `teaching` are courses beside those that a standard names
    itself; `courses` and `indicators` are those that there are; `asking` names the current forms
    that ask a standard."""

    courses: Collection[str]
    teaching: Mapping[str, Sequence[str]]
    learners: Sequence[Learner]
    visits: Sequence[AuditedVisit]
    asking: Mapping[str, Sequence[Text]]
    indicators: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Row:
    """One standard with what answers the questions. `reasons` say why it is not measurable."""

    placed: Placed
    reasons: tuple[Problem, ...]
    taught: Taught
    seen: Seen
    observers: tuple[str, ...]
    indicator: str | None

    @property
    def code(self) -> str:
        return self.placed.standard["code"]

    def verdict(self, question: Question) -> Verdict:
        match question:
            case Question.MEASURABLE:
                return _yes(not self.reasons)
            case Question.TRAINED if self.taught.courses and self.taught.staff:
                return Verdict.YES if self.taught.holding == self.taught.staff else Verdict.PARTLY
            case Question.TRAINED:
                return Verdict.PARTLY if self.taught.courses else Verdict.NO
            case Question.AUDITED:
                return _yes(self.seen.answers > 0)
            case Question.OBSERVABLE:
                return _yes(bool(self.observers))
            case _:
                return _yes(self.indicator is not None)

    @property
    def complete(self) -> bool:
        return all(self.verdict(question) is Verdict.YES for question in Question)

    @property
    def gaps(self) -> frozenset[Gap]:
        """The lists that the standard stands in. Trained is what a course teaches."""
        trained, audited = bool(self.taught.courses), self.seen.answers > 0
        found = {
            Gap.TRAINED_UNAUDITED: trained and not audited,
            Gap.AUDITED_UNTRAINED: audited and not trained,
            Gap.UNMEASURABLE: bool(self.reasons),
            Gap.UNOBSERVABLE: not self.observers,
            Gap.UNMAPPED: self.indicator is None,
        }
        return frozenset(gap for gap, applies in found.items() if applies)


def _yes(applies: bool) -> Verdict:
    return Verdict.YES if applies else Verdict.NO


@dataclass(frozen=True, slots=True)
class Without:
    """Something important that no standard stands for: a key factor of a step, or an indicator
    of the factor model (`step` is then empty)."""

    code: str
    name: Text
    step: str


@dataclass(frozen=True)
class Coverage:
    """All standards in the order of the tree, and what has none."""

    rows: Sequence[Row]
    without: Sequence[Without]

    def count(self, question: Question, verdict: Verdict = Verdict.YES) -> int:
        return sum(row.verdict(question) is verdict for row in self.rows)

    def size(self, gap: Gap) -> int:
        if gap is Gap.NO_STANDARD:
            return len(self.without)
        return sum(gap in row.gaps for row in self.rows)

    @property
    def complete(self) -> int:
        """Standards without any gap."""
        return sum(row.complete for row in self.rows)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which standards are shown. `gaps`: those whose answer, to `question` or to any, is not a
    full yes; `key`: only those of marked key factors."""

    step: str = ""
    question: Question | None = None
    gap: Gap | None = None
    gaps: bool = False
    key: bool = False

    def fits(self, row: Row) -> bool:
        asked = (self.question,) if self.question else tuple(Question)
        return (
            (not self.step or row.placed.step["code"] == self.step)
            and (not self.key or row.placed.key_factor["is_key"])
            and (self.gap is None or self.gap in row.gaps)
            and (not self.gaps or any(row.verdict(q) is not Verdict.YES for q in asked))
        )


def coverage(content: StandardsContent, facts: Facts) -> Coverage:
    """Answer the five questions for every standard."""
    reasons: dict[str, list[Problem]] = defaultdict(list)
    for problem in effectiveness_problems(content):
        if problem.rule == "measurable":
            reasons[problem.code].append(problem)
    seen, taught = _seen(facts), _teaching(facts)
    return Coverage(
        rows=[
            Row(
                placed=placed,
                reasons=tuple(reasons.get(placed.standard["code"], ())),
                taught=taught(
                    tuple(sorted(_courses(placed, facts))), tuple(placed.sub_step["executed_by"])
                ),
                seen=seen(placed.standard["code"]),
                observers=tuple(placed.standard["observed_by"]),
                indicator=_indicator(placed, facts.indicators),
            )
            for placed in standards_in(content)
        ],
        without=list(_without(content, facts.indicators)),
    )


def _courses(placed: Placed, facts: Facts) -> set[str]:
    standard = placed.standard
    named = {*standard["courses"], *facts.teaching.get(standard["code"], ())}
    return named.intersection(facts.courses)


def _indicator(placed: Placed, known: Mapping[str, Text]) -> str | None:
    """The standard's own indicator, else the one that its key factor is linked to."""
    linked = placed.key_factor.get("indicator")
    for code in (placed.standard["indicator"], linked):
        if code and code in known:
            return str(code)
    return None


def _teaching(facts: Facts) -> Callable[[tuple[str, ...], tuple[str, ...]], Taught]:
    """(courses, roles) -> who holds them. Standards of a sub-step mostly ask alike."""

    @cache
    def taught(courses: tuple[str, ...], roles: tuple[str, ...]) -> Taught:
        people = [person for person in facts.learners if not person.roles.isdisjoint(roles)]
        return Taught(courses, len(people), sum(person.knows(courses) for person in people))

    return taught


def _seen(facts: Facts) -> Callable[[str], Seen]:
    days: dict[str, list[dt.date]] = defaultdict(list)
    for visit, answer in all_answers(facts.visits):
        days[answer.standard].append(visit.day)

    def seen(code: str) -> Seen:
        found = days.get(code, [])
        forms = tuple(facts.asking.get(code, ()))
        return Seen(len(found), max(found, default=None), forms)

    return seen


def _without(content: StandardsContent, indicators: Mapping[str, Text]) -> Iterable[Without]:
    used: set[str] = set()
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            for factor in sub_step["key_factors"]:
                used.update(standard["indicator"] for standard in factor["standards"])
                important = factor["is_key"] or factor["importance"] >= IMPORTANT_FROM
                if important and not factor["standards"]:
                    yield Without(factor["code"], factor["name"], step["code"])
                elif linked := factor.get("indicator"):
                    used.add(str(linked))
    for code, name in indicators.items():
        if code not in used:
            yield Without(code, name, "")
