"""What published visits would have come to under other standards: the rules of scoring, once more.

Only the standards are other: the form's template, the factor model, the scenario and everything
that the shopper sent stay as they were. A version replayed under itself therefore gives the
official scores, to the digit. Pure: nothing is looked up and nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from csiapp.audits import rollup, scoring
from csiapp.audits.filled_form import (
    Answers,
    answer_rule,
    effective_answers,
    not_asked,
    scored_answer,
    scoring_form,
)
from csiapp.audits.form_content import all_questions, excluded_sections
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.observed import observed_questions
from csiapp.audits.scoring import Mark
from csiapp.standards.content import StandardsContent, standards_in


def carried_on(
    observed: Mapping[str, str], before: StandardsContent, draft: StandardsContent
) -> dict[str, str]:
    """What a draft keeps on trial of the version before it: standards that it measures in the
    same way. Everything it changes counts at once in a replay, which asks what that would do."""
    measures = {p.standard["code"]: p.standard["measure"] for p in standards_in(before)}
    return {
        placed.standard["code"]: observed[placed.standard["code"]]
        for placed in standards_in(draft)
        if placed.standard["code"] in observed
        and measures.get(placed.standard["code"]) == placed.standard["measure"]
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A published visit: its form, what was sent, and its official score. ``day`` is the day at
    the dealership, ``observed`` the questions that did not count, ``failures`` the standards
    that failed as critical."""

    content: FormContent
    scenario: str
    answers: Answers
    day: date
    final_index: int
    observed: Collection[str]
    failures: Collection[str]


@dataclass(frozen=True, slots=True)
class Replayed:
    """``after`` is ``None`` where nothing that was asked would count.

    ``new_failures`` and ``past_failures`` are standards: critical ones that fail now and did not,
    and the other way round. ``without_data`` are standards that would be asked and for which the
    visit has no answer that fits: they are left out, like what did not apply.
    """

    kind: str
    before: int
    after: int | None
    new_failures: tuple[str, ...]
    past_failures: tuple[str, ...]
    without_data: tuple[str, ...]

    @property
    def change(self) -> int | None:
        return None if self.after is None else self.after - self.before


def replay(visit: Filled, content: FormContent) -> Replayed:
    """Score a visit as if it had been made with the form ``content``: that of its own template
    and factor model, built on other standards."""
    observed = observed_questions(content, visit.day, visit.observed)
    excluded = excluded_sections(content, visit.scenario)
    hidden = not_asked(visit.content, visit.scenario, visit.answers)
    fitting = _fitting(visit, content)
    marked: dict[str, object] = {}
    without_data: list[str] = []
    for section, question in all_questions(content):
        code = question["code"]
        if section["code"] in excluded or code in hidden:
            marked[code] = Mark.EXCLUDED
        elif code in fitting:
            marked[code] = scored_answer(code, fitting[code], observed)
        else:
            marked[code] = Mark.EXCLUDED
            without_data.append(question["standard"])
    after, failing = _scored(content, marked)
    return Replayed(
        kind=content["kind"],
        before=visit.final_index,
        after=after,
        new_failures=tuple(sorted(failing - set(visit.failures))),
        past_failures=tuple(sorted(set(visit.failures) - failing)),
        without_data=tuple(without_data),
    )


def _scored(content: FormContent, marked: Mapping[str, object]) -> tuple[int | None, set[str]]:
    """The index and the standards that fail as critical."""
    sheet = scoring.score(scoring_form(content, marked))
    standard = {q["code"]: q["standard"] for _, q in all_questions(content)}
    return sheet.final_index if sheet.indexed else None, {
        standard[code] for code in sheet.critical_failures
    }


def _fitting(visit: Filled, content: FormContent) -> dict[str, Mapping[str, Any]]:
    """Question -> the answer that the other form can take. A duration that cannot be taken over
    is computed from the time stamps, where they are there."""
    original = {q["code"]: q for _, q in all_questions(visit.content)}
    given = effective_answers(visit.content, visit.scenario, visit.answers)
    found: dict[str, Mapping[str, Any]] = {}
    unfit: list[str] = []
    for _, question in all_questions(content):
        code = question["code"]
        answer = given.get(code)
        if answer is not None and _fits(question, original[code], answer):
            found[code] = answer
        elif answer is None or "value" in answer:
            unfit.append(code)
    if unfit:
        codes = [timing["code"] for timing in visit.content["timings"]]
        stamps = {code: visit.answers[code] for code in codes if code in visit.answers}
        computed = effective_answers(content, visit.scenario, stamps)
        found |= {code: computed[code] for code in unfit if code in computed}
    return found


def _fits(question: FormQuestion, original: FormQuestion, answer: Mapping[str, Any]) -> bool:
    """Whether what was answered to the original answers this question: the same standard, asked
    for the same kind of answer in the same unit."""
    if any(question[name] != original[name] for name in ("standard", "answer_type", "unit")):
        return False
    if "na" in answer:
        return question["na_allowed"]
    if "never" in answer:
        return question["never_allowed"]
    try:
        answer_rule(question).score(answer["value"])
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Summary:
    """A dealership's index over its replayed visits as it was and as it would be, rolled up over
    forms as a wave is (``rollup``); ``None`` without a visit that counts. The other fields map a
    standard to the number of visits."""

    was: rollup.WaveIndex | None
    would_be: rollup.WaveIndex | None
    visits: int
    new_failures: Mapping[str, int]
    past_failures: Mapping[str, int]
    without_data: Mapping[str, int]

    @property
    def before(self) -> int | None:
        return self.was.index if self.was else None

    @property
    def after(self) -> int | None:
        return self.would_be.index if self.would_be else None

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


def summarised(replayed: Sequence[Replayed], weights: Mapping[str, int | Fraction]) -> Summary:
    """All visits of a dealership together; one without an index after is in neither index."""
    before: dict[str, list[int]] = defaultdict(list)
    after: dict[str, list[int]] = defaultdict(list)
    for visit in replayed:
        if visit.after is not None:
            before[visit.kind].append(visit.before)
            after[visit.kind].append(visit.after)
    return Summary(
        was=rollup.wave_index(before, weights),
        would_be=rollup.wave_index(after, weights),
        visits=len(replayed),
        new_failures=_counted(visit.new_failures for visit in replayed),
        past_failures=_counted(visit.past_failures for visit in replayed),
        without_data=_counted(visit.without_data for visit in replayed),
    )


def _counted(lists: Iterable[Iterable[str]]) -> dict[str, int]:
    """Standard -> in how many visits, the most first."""
    counts = Counter(standard for standards in lists for standard in standards)
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
