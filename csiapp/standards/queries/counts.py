"""What stands in a version, counted by step and by factor."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, StandardVersion, SubStep
from csiapp.standards.queries.versions import factor_model_of


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
