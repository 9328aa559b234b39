"""The tree of a version: one query per level."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.standards.content import Placed, StandardsContent, standards_in
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, StandardVersion, SubStep
from csiapp.standards.queries.versions import master_of
from csiapp.standards.rows import KeyFactorRows, StepRows, SubStepRows, content_of

Row = TypeVar("Row", ServiceStep, SubStep, KeyFactor, Standard)


class KeyFactorPath(NamedTuple):
    """Where a standard stands."""

    standard: Standard
    key_factor: KeyFactor
    step_code: str


def load_steps(version_id: uuid.UUID, step_code: str | None = None) -> list[StepRows]:
    """The rows of a version, or of one of its steps, as a tree: four queries.

    Raises NotFound for a step that the version has not.
    """
    whole = step_code is None
    steps = _level(ServiceStep, version_id, None if whole else [ServiceStep.code == step_code])
    if not whole and not steps:
        raise NotFound
    sub_steps = _level(SubStep, version_id, _below(SubStep.step_id, steps, whole))
    key_factors = _level(KeyFactor, version_id, _below(KeyFactor.sub_step_id, sub_steps, whole))
    standards = _level(Standard, version_id, _below(Standard.key_factor_id, key_factors, whole))

    of_factor = _grouped(standards, "key_factor_id")
    of_sub_step = _grouped(key_factors, "sub_step_id")
    of_step = _grouped(sub_steps, "step_id")
    return [
        StepRows(
            step,
            [
                SubStepRows(
                    sub_step,
                    [
                        KeyFactorRows(factor, of_factor[factor.id])
                        for factor in of_sub_step[sub_step.id]
                    ],
                )
                for sub_step in of_step[step.id]
            ],
        )
        for step in steps
    ]


def _level(
    model: type[Row], version_id: uuid.UUID, conditions: list[sa.ColumnElement[bool]] | None
) -> Sequence[Row]:
    return db.session.scalars(
        sa.select(model)
        .where(model.version_id == version_id, *(conditions or ()))
        .order_by(model.position)
    ).all()


def _below(
    parent: InstrumentedAttribute[uuid.UUID], rows: Sequence[Any], whole: bool
) -> list[sa.ColumnElement[bool]] | None:
    return None if whole else [parent.in_([row.id for row in rows])]


def _grouped(rows: Sequence[Row], parent: str) -> dict[uuid.UUID, list[Row]]:
    groups: dict[uuid.UUID, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, parent)].append(row)
    return groups


def version_content(version: StandardVersion) -> StandardsContent:
    """The content document of a version, a draft's too: five queries."""
    return content_of(master_of(version).content, load_steps(version.id))


def published_content(version_id: uuid.UUID) -> StandardsContent:
    """The content of what was published, for building forms and reports. Its SHA-256 is the
    version's. Raises NotFound, for a draft too."""
    version = db.session.scalars(
        sa.select(StandardVersion).where(
            StandardVersion.id == version_id, StandardVersion.state != "draft"
        )
    ).one_or_none()
    if version is None:
        raise NotFound
    return version_content(version)


def standards_by_code(version_id: uuid.UUID) -> dict[str, Placed]:
    """The standards of a published version, each with the items above it. Raises NotFound."""
    content = published_content(version_id)
    return {placed.standard["code"]: placed for placed in standards_in(content)}


def find_standard(version_id: uuid.UUID, code: str) -> KeyFactorPath:
    """One standard of a version. Raises NotFound."""
    row = db.session.execute(
        sa.select(Standard, KeyFactor, ServiceStep.code)
        .join(KeyFactor, KeyFactor.id == Standard.key_factor_id)
        .join(SubStep, SubStep.id == KeyFactor.sub_step_id)
        .join(ServiceStep, ServiceStep.id == SubStep.step_id)
        .where(Standard.version_id == version_id, Standard.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    return KeyFactorPath(*row)


def find_key_factor(version_id: uuid.UUID, code: str) -> tuple[KeyFactor, str]:
    """One key factor of a version and the code of its step. Raises NotFound."""
    row = db.session.execute(
        sa.select(KeyFactor, ServiceStep.code)
        .join(SubStep, SubStep.id == KeyFactor.sub_step_id)
        .join(ServiceStep, ServiceStep.id == SubStep.step_id)
        .where(KeyFactor.version_id == version_id, KeyFactor.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]
