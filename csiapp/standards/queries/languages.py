"""How much of a version is written in each language, by step: four queries of the texts alone."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.standards.content import LANGUAGES
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, SubStep

Texts = Sequence[Mapping[str, str]]


@dataclass(slots=True)
class Share:
    """How many texts there are, and how many of them each language has."""

    total: int
    filled: dict[str, int]

    @classmethod
    def empty(cls) -> Share:
        return cls(0, dict.fromkeys(LANGUAGES, 0))

    def count(self, texts: Texts) -> None:
        for text in texts:
            self.total += 1
            for language in LANGUAGES:
                self.filled[language] += bool(text.get(language, "").strip())


def language_shares(version_id: uuid.UUID) -> dict[str, Share]:
    """Step code -> its texts, counted with all that is below it; the whole set under ``""``.

    Counts what :func:`csiapp.standards.checks.completeness` counts, but for the set's own name.
    """
    shares: dict[str, Share] = defaultdict(Share.empty)
    for step, texts in _texts(version_id):
        for share in (shares[step], shares[""]):
            share.count(texts)
    return shares


def _texts(version_id: uuid.UUID) -> Iterator[tuple[str, Texts]]:
    steps = sa.select(
        ServiceStep.code, ServiceStep.name, ServiceStep.purpose, ServiceStep.moments
    ).where(ServiceStep.version_id == version_id)
    for code, name, purpose, moments in db.session.execute(steps):
        yield code, [name, purpose, *(moment["text"] for moment in moments)]
    below = _below(sa.select(ServiceStep.code, SubStep.name, SubStep.operation_steps), version_id)
    for code, name, operation_steps in db.session.execute(below):
        yield code, [name, *operation_steps]
    below = _below(
        sa.select(ServiceStep.code, KeyFactor.name, KeyFactor.customer_demand), version_id
    )
    below = below.join(KeyFactor, KeyFactor.sub_step_id == SubStep.id)
    for code, name, demand in db.session.execute(below):
        yield code, [name, demand]
    below = _below(sa.select(ServiceStep.code, Standard.statement, Standard.options), version_id)
    below = below.join(KeyFactor, KeyFactor.sub_step_id == SubStep.id)
    below = below.join(Standard, Standard.key_factor_id == KeyFactor.id)
    for code, statement, options in db.session.execute(below):
        yield code, [statement, *(option["label"] for option in options)]


def _below(columns: Any, version_id: uuid.UUID) -> sa.Select[*tuple[Any, ...]]:
    """These columns, from the steps of the version downwards."""
    found: sa.Select[*tuple[Any, ...]] = (
        columns.select_from(ServiceStep)
        .join(SubStep, SubStep.step_id == ServiceStep.id)
        .where(ServiceStep.version_id == version_id)
    )
    return found
