"""Scores a visit, exactly, by the rules of docs/scoring.md; the comments name their numbers.

Everything is a :class:`~fractions.Fraction`; only the index is rounded, half up, once. The module
knows neither Flask nor the database. As a program it scores the ``scored_forms`` of a YAML file::

    python -m csiapp.audits.scoring FILE
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from csiapp.audits.answer_rules import ONE, ZERO, AnswerRule
from csiapp.audits.exact import half_up


class ScoringError(ValueError):
    """An input that cannot be scored. ``question`` is its code, empty for the form as a whole."""

    def __init__(self, question: str, reason: str) -> None:
        super().__init__(f"{question}: {reason}" if question else reason)
        self.question = question
        self.reason = reason


class Mark(StrEnum):
    """What stands in place of a value."""

    NOT_APPLICABLE = "not_applicable"  # the shopper's N/A, rule 2
    EXCLUDED = "excluded"  # the scenario leaves the section out: N/A as a whole, rule 2
    PENDING = "pending"  # not yet answered (stage two): left out while the index is provisional
    NEVER = "never"  # the event never happened: scores 0, rule 1
    TRIAL = "trial"  # asked and answered before the first day that counts, rule 11
    UNTAUGHT = "untaught"  # asked and answered, but no course teaches it yet, rule 11


_NOT_ASKED = frozenset({Mark.NOT_APPLICABLE, Mark.EXCLUDED})
OBSERVED = frozenset({Mark.TRIAL, Mark.UNTAUGHT})
"""Asked and shown, not scored: teach before score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``points`` > 0 come from the standard when the form version is frozen. ``local``: the
    standard is the dealership's own and stays out of the index, rule 12."""

    code: str
    factor: str
    points: Fraction
    rule: AnswerRule
    critical: bool = False
    na_allowed: bool = True
    never_allowed: bool = False
    step: str = ""
    kind: str = ""
    indicator: str = ""
    local: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """``failures`` or more failed critical questions hold the index at ``max_index``."""

    failures: int
    max_index: int


@dataclass(frozen=True, slots=True)
class Band:
    """A grade, or a label, from ``min_index`` on."""

    code: str
    min_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The limits of rules 7 and 8; the defaults are those of docs/scoring.md."""

    critical_fail_below: Fraction = Fraction(1, 2)
    caps: tuple[Cap, ...] = (Cap(1, 850), Cap(2, 750), Cap(3, 600))
    grades: tuple[Band, ...] = (Band("A", 900), Band("B", 800), Band("C", 700), Band("D", 0))
    bands: tuple[Band, ...] = ()

    def __post_init__(self) -> None:
        if not any(grade.min_index <= 0 for grade in self.grades):
            raise ValueError("no grade reaches down to index 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringInput:
    """One filled form. A question without an answer (or with ``None``) is blank: an error."""

    questions: Sequence[Question]
    answers: Mapping[str, object]
    weights: Mapping[str, Fraction]
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class PointsLost:
    """Index points (of 1,000) that one question cost, rule 10."""

    code: str
    points: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    """The result. Scores are in [0, 1]; codes stand in natural order (q2 before q10).

    ``factor_scores`` has every factor, ``None`` where no question applied; ``factor_shares`` is
    each factor's part of the index, summing to 1. Steps, kinds and indicators without an
    applicable question are absent. ``points_lost`` has every applicable question, most first.

    The dealership's own standards stand in ``question_scores``, ``met_questions`` and
    ``not_applicable`` and make ``local_score`` (``None`` where none applied); they are in no other
    figure. ``observed`` questions were answered and count nowhere, for the reason given.

    Where no question counts there is no index: ``indexed`` is False, ``grade`` empty, and the
    scores, indices and the compliance are 0 and stand for nothing.
    """

    question_scores: Mapping[str, Fraction]
    factor_scores: Mapping[str, Fraction | None]
    factor_shares: Mapping[str, Fraction]
    indicator_scores: Mapping[str, Fraction]
    step_scores: Mapping[str, Fraction]
    kind_scores: Mapping[str, Fraction]
    raw_score: Fraction
    raw_index: int
    critical_failures: tuple[str, ...]
    cap: int | None
    final_index: int
    grade: str
    band: str | None
    applicable: int
    met: int
    met_questions: frozenset[str]
    compliance: Fraction
    not_applicable: tuple[str, ...]
    pending: tuple[str, ...]
    points_lost: tuple[PointsLost, ...]
    local_score: Fraction | None = None
    observed: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def indexed(self) -> bool:
        """False where nothing that was asked counts: all of it on trial or not applicable."""
        return self.applicable > 0

    @property
    def local_index(self) -> int | None:
        """The dealership's own standards on the scale of the index; without caps or grade."""
        return None if self.local_score is None else half_up(1000 * self.local_score)


@dataclass(frozen=True, slots=True)
class _Scored:
    question: Question
    score: Fraction
    met: bool


def score(form: ScoringInput) -> ScoreSheet:
    """Score one form by rules 1 to 12. Raises :class:`ScoringError`, naming the question."""
    _check(form)
    answered, left_out = _score_questions(form)
    scored = [item for item in answered if not item.question.local]
    own = [item for item in answered if item.question.local]
    by_factor = _grouped(scored, "factor")
    shares = _shares(form.weights, by_factor)
    raw = sum((shares[name] * value for name, value in by_factor.items()), ZERO)
    raw_index = half_up(1000 * raw)
    failures = [
        item.question.code
        for item in scored
        if item.question.critical and item.score < form.rules.critical_fail_below
    ]
    cap = _cap(form.rules.caps, len(failures))
    final = raw_index if cap is None else min(raw_index, cap)
    met = sum(item.met for item in scored)
    return ScoreSheet(
        question_scores=_frozen({item.question.code: item.score for item in answered}),
        factor_scores=MappingProxyType({name: by_factor.get(name) for name in form.weights}),
        factor_shares=_frozen(shares),
        indicator_scores=_frozen(_grouped(scored, "indicator")),
        step_scores=_frozen(_grouped(scored, "step")),
        kind_scores=_frozen(_grouped(scored, "kind")),
        raw_score=raw,
        raw_index=raw_index,
        critical_failures=_natural(failures),
        cap=cap,
        final_index=final,
        grade=(_band(form.rules.grades, final) or "") if scored else "",
        band=_band(form.rules.bands, final) if scored else None,
        applicable=len(scored),
        met=met,
        met_questions=frozenset(item.question.code for item in answered if item.met),
        compliance=Fraction(met, len(scored)) if scored else ZERO,
        not_applicable=_natural(code for code, mark in left_out if mark in _NOT_ASKED),
        pending=_natural(code for code, mark in left_out if mark == Mark.PENDING),
        points_lost=_points_lost(scored, shares),
        local_score=_local_score(own),
        observed=_observed(left_out),
    )


def natural_key(code: str) -> tuple[int | str, ...]:
    """Sorts ``q2`` before ``q10``."""
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", code))


def _natural(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=natural_key))


def _frozen(scores: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    return MappingProxyType({code: scores[code] for code in _natural(scores)})


def _observed(left_out: Iterable[tuple[str, Mark]]) -> Mapping[str, Mark]:
    """Rule 11: what was asked and does not count yet."""
    found = {code: mark for code, mark in left_out if mark in OBSERVED}
    return MappingProxyType({code: found[code] for code in _natural(found)})


def _check(form: ScoringInput) -> None:
    codes: set[str] = set()
    for question in form.questions:
        if question.code in codes:
            raise ScoringError(question.code, "the question stands twice in the form")
        codes.add(question.code)
        if question.points <= 0:
            raise ScoringError(question.code, f"points {question.points} are not above 0")
        if question.factor not in form.weights:
            raise ScoringError(question.code, f"factor {question.factor!r} has no weight")
    for code in form.answers:
        if code not in codes:
            raise ScoringError(str(code), "an answer to a question that the form does not have")
    for factor, weight in form.weights.items():
        if weight <= 0:
            raise ScoringError("", f"the weight of factor {factor!r} is not above 0")


def _score_questions(form: ScoringInput) -> tuple[list[_Scored], list[tuple[str, Mark]]]:
    """Rules 1 and 2: the scored questions, and those left out with why."""
    scored: list[_Scored] = []
    left_out: list[tuple[str, Mark]] = []
    for question in form.questions:
        answer = form.answers.get(question.code)
        if answer is None:
            raise ScoringError(question.code, "is blank; a blank is not N/A")
        if answer is Mark.NEVER:
            if not question.never_allowed:
                raise ScoringError(question.code, '"never" is no answer here')
            scored.append(_Scored(question, ZERO, met=False))
        elif isinstance(answer, Mark):
            if answer is Mark.NOT_APPLICABLE and not question.na_allowed:
                raise ScoringError(question.code, "N/A is not allowed here")
            left_out.append((question.code, answer))
        else:
            try:
                value = question.rule.score(answer)
            except ValueError as error:
                raise ScoringError(question.code, str(error)) from error
            scored.append(_Scored(question, value, question.rule.met(answer, value)))
    return scored, left_out


def _grouped(
    scored: Iterable[_Scored], by: Literal["factor", "indicator", "step", "kind"]
) -> dict[str, Fraction]:
    """Rules 3 and 6: points got over points possible, for every group that occurs."""
    earned: dict[str, Fraction] = {}
    possible: dict[str, Fraction] = {}
    for item in scored:
        name: str = getattr(item.question, by)
        if name:
            points = item.question.points
            earned[name] = earned.get(name, ZERO) + points * item.score
            possible[name] = possible.get(name, ZERO) + points
    return {name: earned[name] / total for name, total in possible.items()}


def _local_score(own: Sequence[_Scored]) -> Fraction | None:
    """Rule 12: points got over points possible, without factors; ``None`` of nothing."""
    possible = sum((item.question.points for item in own), ZERO)
    got = sum((item.question.points * item.score for item in own), ZERO)
    return got / possible if possible else None


def _shares(weights: Mapping[str, Fraction], defined: Iterable[str]) -> dict[str, Fraction]:
    """Rule 4: weights of the factors that have a score, scaled to sum to 1."""
    names = set(defined)
    total = sum((weight for name, weight in weights.items() if name in names), ZERO)
    return {name: w / total if name in names else ZERO for name, w in weights.items()}


def _cap(caps: Iterable[Cap], failures: int) -> int | None:
    return min((cap.max_index for cap in caps if failures >= cap.failures), default=None)


def _band(bands: Iterable[Band], index: int) -> str | None:
    reached = [band for band in bands if index >= band.min_index]
    return max(reached, key=lambda band: band.min_index).code if reached else None


def _points_lost(
    scored: Sequence[_Scored], shares: Mapping[str, Fraction]
) -> tuple[PointsLost, ...]:
    """Rule 10; ties stand in natural order of code."""
    possible: dict[str, Fraction] = {}
    for item in scored:
        factor = item.question.factor
        possible[factor] = possible.get(factor, ZERO) + item.question.points
    lost = [
        PointsLost(
            item.question.code,
            1000
            * shares[item.question.factor]
            * item.question.points
            * (ONE - item.score)
            / possible[item.question.factor],
        )
        for item in scored
    ]
    return tuple(sorted(lost, key=lambda entry: (-entry.points, natural_key(entry.code))))


if __name__ == "__main__":
    from csiapp.audits.scored_forms import main

    sys.exit(main(sys.argv[1:]))
