"""Reads of the dealership's standards. A version's tree takes one query per level."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.standards.content import Placed, StandardsContent, standards_in
from csiapp.standards.models import (
    FactorModel,
    KeyFactor,
    MasterVersion,
    ServiceStep,
    Standard,
    StandardSet,
    StandardVersion,
    SubStep,
)
from csiapp.standards.rows import KeyFactorRows, StepRows, SubStepRows, content_of

Row = TypeVar("Row", ServiceStep, SubStep, KeyFactor, Standard)


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """What lists of audits and reports show of a version."""

    id: uuid.UUID
    number: int
    state: str
    published_at: dt.datetime | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class StepOutline:
    """A step with the counts of what is below it. `points` are points of 1,000."""

    code: str
    name: Text2
    primary_factor: str
    key_factors: int
    marked_key: int
    standards: int
    critical: int
    points: int


class FactorTotal(NamedTuple):
    """A factor of the index, and what the version's standards weigh in it."""

    code: str
    name: Text2
    standards: int
    points: int


class KeyFactorPath(NamedTuple):
    """Where a standard stands."""

    standard: Standard
    key_factor: KeyFactor
    step_code: str


# ------------------------------------------------------------------------- sets and versions


def standard_set() -> StandardSet | None:
    """The dealership's set, or None before it adopted one."""
    return db.session.scalars(sa.select(StandardSet).order_by(StandardSet.code).limit(1)).first()


def published_version() -> StandardVersion | None:
    """The version in force, or None before the first publication."""
    return _newest("published")


def draft_version() -> StandardVersion | None:
    return _newest("draft")


def _newest(state: str) -> StandardVersion | None:
    return db.session.scalars(
        sa.select(StandardVersion)
        .where(StandardVersion.state == state)
        .order_by(StandardVersion.number.desc())
        .limit(1)
    ).first()


def published_versions() -> Sequence[StandardVersion]:
    """All that were ever published, newest first."""
    return db.session.scalars(
        sa.select(StandardVersion)
        .where(StandardVersion.state != "draft")
        .order_by(StandardVersion.number.desc())
    ).all()


def version_by_number(number: int) -> StandardVersion:
    """A published or retired version. Raises NotFound."""
    found = db.session.scalars(
        sa.select(StandardVersion).where(
            StandardVersion.number == number, StandardVersion.state != "draft"
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def version_summary(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, VersionSummary]:
    """Summaries by version id; one query. Works in network scopes too."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(
            StandardVersion.id,
            StandardVersion.number,
            StandardVersion.state,
            StandardVersion.published_at,
            StandardVersion.sha256,
        ).where(StandardVersion.id.in_(wanted))
    )
    return {row.id: VersionSummary(*row) for row in rows}


def latest_master(code: str) -> MasterVersion:
    """The newest version of a master set of the network. Raises NotFound."""
    found = db.session.scalars(
        sa.select(MasterVersion)
        .where(MasterVersion.code == code)
        .order_by(MasterVersion.number.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound
    return found


def master_of(version: StandardVersion) -> MasterVersion:
    """The network's master that the version goes back to."""
    return db.session.scalars(
        sa.select(MasterVersion).where(MasterVersion.id == version.master_id)
    ).one()


# --------------------------------------------------------------------------------- the tree


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


# ------------------------------------------------------------------------------------ counts


def outline(version_id: uuid.UUID) -> list[StepOutline]:
    """The steps in order with their counts: three queries, whatever the size."""
    steps = db.session.execute(
        sa.select(ServiceStep.id, ServiceStep.code, ServiceStep.name, ServiceStep.primary_factor)
        .where(ServiceStep.version_id == version_id)
        .order_by(ServiceStep.position)
    ).all()
    marked = sa.func.sum(sa.case((KeyFactor.is_key, 1), else_=0))
    factors = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            sa.select(SubStep.step_id, sa.func.count(KeyFactor.id), marked)
            .join(KeyFactor, KeyFactor.sub_step_id == SubStep.id)
            .where(SubStep.version_id == version_id)
            .group_by(SubStep.step_id)
        )
    }
    critical = sa.func.sum(sa.case((Standard.critical, 1), else_=0))
    standards = {
        row[0]: (row[1], row[2], row[3])
        for row in db.session.execute(
            sa.select(
                SubStep.step_id, sa.func.count(Standard.id), critical, sa.func.sum(Standard.points)
            )
            .join(KeyFactor, KeyFactor.sub_step_id == SubStep.id)
            .join(Standard, Standard.key_factor_id == KeyFactor.id)
            .where(SubStep.version_id == version_id)
            .group_by(SubStep.step_id)
        )
    }
    return [
        StepOutline(
            step.code,
            step.name,
            step.primary_factor,
            *factors.get(step.id, (0, 0)),
            *standards.get(step.id, (0, 0, 0)),
        )
        for step in steps
    ]


def factor_totals(version: StandardVersion) -> list[FactorTotal]:
    """The factors of the version's model in order, with the standards and points in each."""
    totals = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            sa.select(Standard.factor, sa.func.count(Standard.id), sa.func.sum(Standard.points))
            .where(Standard.version_id == version.id)
            .group_by(Standard.factor)
        )
    }
    return [
        FactorTotal(factor["code"], factor["name"], *totals.get(factor["code"], (0, 0)))
        for factor in factor_model_of(version).content["factors"]
    ]


def factor_model_of(version: StandardVersion) -> FactorModel:
    """The newest version of the factor model that the version's master names."""
    code = master_of(version).content["model"]
    return db.session.scalars(
        sa.select(FactorModel)
        .where(FactorModel.code == code)
        .order_by(FactorModel.number.desc())
        .limit(1)
    ).one()
