"""One item of a draft, those beside it and those below it; the last change of a draft."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.standards.levels import BELOW, LEVELS, Item, Level
from csiapp.standards.models import (
    DraftEdit,
    KeyFactor,
    ServiceStep,
    StandardVersion,
    SubStep,
)
from csiapp.standards.queries.versions import factor_model_of


def find_item(version_id: uuid.UUID, level: Level, code: str) -> Any:
    """The row of an item of this level. Raises NotFound."""
    model = level.model
    found = db.session.scalars(
        sa.select(model).where(model.version_id == version_id, model.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def siblings(
    version_id: uuid.UUID, level: Level, parent_id: uuid.UUID | None = None
) -> Sequence[Any]:
    """The items below one parent (all steps for None), in order."""
    model = level.model
    below = [getattr(model, level.parent_id) == parent_id] if level.parent_id else []
    return db.session.scalars(
        sa.select(model).where(model.version_id == version_id, *below).order_by(model.position)
    ).all()


def subtree(version_id: uuid.UUID, level: Level, code: str) -> dict[str, Sequence[Item]]:
    """An item and all that is below it, by level, in a fixed order. Raises NotFound."""
    rows: Sequence[Any] = [find_item(version_id, level, code)]
    found: dict[str, Sequence[Item]] = {level.name: rows}
    below = BELOW.get(level.name)
    while below is not None:
        model: Any = below.model
        parent = getattr(model, below.parent_id)
        rows = db.session.scalars(
            sa.select(model)
            .where(model.version_id == version_id, parent.in_([row.id for row in rows]))
            .order_by(model.code)
        ).all()
        found[below.name] = rows
        below = BELOW.get(below.name)
    return found


def step_of(version_id: uuid.UUID, level: Level, code: str) -> str:
    """The code of the step that an item stands in. Raises NotFound."""
    if level.parent is None:
        return str(find_item(version_id, level, code).code)
    statement = sa.select(ServiceStep.code)
    at: Level = LEVELS["step"]
    while at is not level:
        below = BELOW[at.name]
        model: Any = below.model
        statement = statement.join(model, getattr(model, below.parent_id) == at.model.id)
        at = below
    found = db.session.scalar(
        statement.where(level.model.version_id == version_id, level.model.code == code)
    )
    if found is None:
        raise NotFound
    return found


class Place(NamedTuple):
    """Somewhere an item can be moved to, with the names above it."""

    code: str
    names: tuple[Text2, ...]


def places_for(version_id: uuid.UUID, level: Level) -> list[Place]:
    """Every item that can hold one of this level, in the order of the tree: one query."""
    if level.parent is None:
        return []
    chain = [LEVELS["step"]]
    while chain[-1] is not level.parent:
        chain.append(BELOW[chain[-1].name])
    models: list[Any] = [at.model for at in chain]
    statement = sa.select(models[-1].code, *(model.name for model in models)).select_from(models[0])
    for at, model in zip(chain[1:], models[1:], strict=True):
        above = models[chain.index(at) - 1]
        statement = statement.join(model, getattr(model, at.parent_id) == above.id)
    statement = statement.where(models[0].version_id == version_id)
    rows = db.session.execute(statement.order_by(*(model.position for model in models)))
    return [Place(row[0], tuple(row[1:])) for row in rows]


def wording_factor(draft: StandardVersion, key_factor: KeyFactor) -> dict[str, str]:
    """Factor and indicator of a local standard: its step's factor; the indicator that the key
    factor is linked to, where that is one of this factor, else the factor's first."""
    primary = db.session.scalar(
        sa.select(ServiceStep.primary_factor)
        .join(SubStep, SubStep.step_id == ServiceStep.id)
        .where(SubStep.id == key_factor.sub_step_id)
    )
    factors = factor_model_of(draft).content["factors"]
    chosen = next((f for f in factors if f["code"] == primary), factors[0])
    indicators = [indicator["code"] for indicator in chosen["indicators"]]
    linked = key_factor.indicator if key_factor.indicator in indicators else indicators[0]
    return {"factor": chosen["code"], "indicator": str(linked)}


def last_edit(version_id: uuid.UUID) -> DraftEdit | None:
    """The newest change of a draft that can be undone."""
    return db.session.scalars(
        sa.select(DraftEdit)
        .where(DraftEdit.version_id == version_id)
        .order_by(DraftEdit.number.desc())
        .limit(1)
    ).first()
