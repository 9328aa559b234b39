"""Small contents and visits for tests of the studio."""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from fractions import Fraction
from functools import cache

from csiapp.reference import loader
from csiapp.standards.content import Placed, StandardsContent, from_template, standards_in
from csiapp.studio.audited import Answered, AuditedVisit
from csiapp.studio.coverage import Facts
from csiapp.studio.learners import Learner

DAY = dt.date(2026, 5, 4)
INDICATORS = {
    indicator["code"]: indicator["name"]
    for factor in loader.primary_factor_model()["factors"]
    for indicator in factor["indicators"]
}


@cache
def _reference() -> StandardsContent:
    return from_template(loader.standards_template(), loader.service_process())


def reference() -> StandardsContent:
    """A fresh copy, free to change."""
    return copy.deepcopy(_reference())


def first(content: StandardsContent) -> Placed:
    return next(standards_in(content))


def visit(*answers: tuple[str, Fraction | None], rating: bool = False) -> AuditedVisit:
    """A visit that answered these standards, one point each."""
    return AuditedVisit(
        visit_id=uuid.uuid4(),
        day=DAY,
        form={"zh": "暗访", "en": "Visit"},
        index=800,
        answers=tuple(
            Answered(f"Q{number}", code, "KF", 1, score, rating)
            for number, (code, score) in enumerate(answers)
        ),
    )


def learner(*roles: str, required: str = "", held: str = "") -> Learner:
    return Learner(frozenset(roles), frozenset(required.split()), frozenset(held.split()))


def facts(**changed: object) -> Facts:
    """Every course there is; nobody on staff, nothing audited."""
    courses = [course["code"] for course in loader.training_catalogue()["courses"]]
    given: dict[str, object] = {
        "courses": courses,
        "teaching": {},
        "learners": [],
        "visits": [],
        "asking": {},
        "indicators": INDICATORS,
    }
    return Facts(**{**given, **changed})
