"""What published visits say of standards: answers by standard and key factor."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from csiapp.audits.exact import parse_fraction
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent
from csiapp.audits.scoring import OBSERVED


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer in one visit. `score` is in [0, 1], None where the question was asked and does
    not count yet; `rating`: it was given as a rating from 0 to 10."""

    question: str
    standard: str
    key_factor: str
    points: int
    score: Fraction | None
    rating: bool


@dataclass(frozen=True, slots=True)
class AuditedVisit:
    """A published visit, without who made it."""

    visit_id: uuid.UUID
    day: dt.date
    form: Mapping[str, str]
    index: int | None
    answers: tuple[Answered, ...]


class Share(NamedTuple):
    """A mean and how many answers it is made of."""

    value: Fraction
    answers: int


def answers_in(content: FormContent, receipt: Mapping[str, Any]) -> tuple[Answered, ...]:
    """What a receipt holds of its form's standards. Not applicable is no answer."""
    given = {entry["code"]: entry for entry in receipt["questions"]}
    return tuple(
        Answered(
            question=question["code"],
            standard=question["standard"],
            key_factor=question["key_factor"],
            points=question["points"],
            score=None if entry["score"] is None else parse_fraction(entry["score"]),
            rating=question["scoring"]["method"] == "rating",
        )
        for _section, question in all_questions(content)
        if (entry := given.get(question["code"])) is not None
        and (entry["score"] is not None or entry["answer"].get("mark") in OBSERVED)
    )


def mean_score(answers: Iterable[Answered]) -> Share | None:
    """The mean score, weighed by points as the index is; None where no answer counts."""
    counted = [(a.points, a.score) for a in answers if a.score is not None]
    total = sum(points for points, _score in counted)
    if not total:
        return None
    met = sum((points * score for points, score in counted), Fraction(0))
    return Share(met / total, len(counted))


def all_answers(visits: Iterable[AuditedVisit]) -> Iterator[tuple[AuditedVisit, Answered]]:
    for visit in visits:
        for answer in visit.answers:
            yield visit, answer
