"""Reads of the forms that are built here: a dealership's own, or those of a whole network. The
scope says whose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from csiapp.audits.form_content import build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import FORM_KINDS
from csiapp.audits.models import (
    FormDesign,
    FormDesignEdit,
    FormTemplate,
    FormVersion,
    NetworkDesign,
    NetworkDesignEdit,
    Visit,
)
from csiapp.audits.queries.forms import reference_templates
from csiapp.audits.queries.grounds import Ground, in_network, names_of_sets
from csiapp.audits.queries.visits import FORM_OF_VISIT, newest_scores, official
from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db


def designs() -> type[FormDesign]:
    """The table of the scope's forms. Both have one shape but for the set's id."""
    return cast(type[FormDesign], NetworkDesign if in_network() else FormDesign)


def design_edits() -> type[FormDesignEdit]:
    return cast(type[FormDesignEdit], NetworkDesignEdit if in_network() else FormDesignEdit)


def frozen_forms() -> type[FormVersion]:
    """The table of what the scope publishes: a dealership form versions, a network templates."""
    return cast(type[FormVersion], FormTemplate if in_network() else FormVersion)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A published version of a form."""

    number: int
    name: Text2
    frozen_at: dt.datetime
    sha256: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DesignLine:
    """A form with the number of its newest published version."""

    design: FormDesign
    set_name: Text2
    newest: int | None

    @property
    def changed(self) -> bool:
        """Whether the draft holds what is not published."""
        return self.design.published_edit != self.design.edit


def find_design(code: str, *, lock: bool = False) -> FormDesign:
    """The scope's form of this code. Raises NotFound."""
    query = sa.select(designs()).where(designs().code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_designs() -> list[DesignLine]:
    """The forms of the scope: three queries."""
    found = db.session.scalars(sa.select(designs()).order_by(designs().code)).all()
    table, names = frozen_forms(), names_of_sets()
    rows = db.session.execute(
        sa.select(table.code, sa.func.max(table.number).label("newest"))
        .where(table.code.in_([design.code for design in found]))
        .group_by(table.code)
    )
    newest = {row.code: row.newest for row in rows}
    return [
        DesignLine(design, names.get(design.set_code, {}), newest.get(design.code))
        for design in found
    ]


def versions_of(code: str) -> list[Frozen]:
    """Every published version of a form, the newest first."""
    table = frozen_forms()
    rows = db.session.scalars(
        sa.select(table).where(table.code == code).order_by(table.number.desc())
    )
    return [Frozen(row.number, row.name, _frozen_at(row), row.sha256, row.content) for row in rows]


def _frozen_at(row: FormVersion | FormTemplate) -> dt.datetime:
    return row.published_at if isinstance(row, FormTemplate) else row.created_at


def whole_content(version: Frozen, ground: Ground | None) -> FormContent:
    """A published version with its measures. A network's is joined with the master standards in
    force here, and with each dealership's own where it is used. Raises NotFound, FormError."""
    if not in_network():
        return cast(FormContent, version.content)
    if ground is None:
        raise NotFound
    return build_form_content(version.content, ground.content, ground.model)


def bases() -> dict[str, FormTemplate]:
    """Observer -> the network's newest template that a form of this observer grows from."""
    found = {template.kind: template for template in reference_templates()}
    return {kind: found[kind] for kind in FORM_KINDS if kind in found}


def base_of(design: FormDesign) -> FormTemplate:
    return db.session.scalars(
        sa.select(FormTemplate).where(FormTemplate.id == design.base_id)
    ).one()


@dataclass(frozen=True, slots=True)
class PilotLine:
    """A visit that tries a form out, with the number of its version and its score so far."""

    visit: Visit
    number: int
    index: int | None
    grade: str


def pilots_of(code: str) -> list[PilotLine]:
    """The pilot visits of a form of the scope, the newest first: two queries."""
    rows = db.session.execute(
        sa.select(Visit, FormVersion.number)
        .join(FormVersion, FORM_OF_VISIT)
        .where(~official(), FormVersion.code == code)
        .order_by(Visit.assigned_at.desc(), Visit.id)
    ).all()
    scores = newest_scores([visit.id for visit, _number in rows])
    return [PilotLine(visit, number, *scores.get(visit.id, (None, ""))) for visit, number in rows]


def last_edit(design: FormDesign) -> FormDesignEdit | None:
    table = design_edits()
    return db.session.scalars(
        sa.select(table).where(table.design_id == design.id).order_by(table.number.desc()).limit(1)
    ).first()


def edits_since(design: FormDesign, seen: int) -> Sequence[FormDesignEdit]:
    """What was changed after the draft was seen at this edit, the oldest first."""
    table = design_edits()
    return db.session.scalars(
        sa.select(table)
        .where(table.design_id == design.id, table.number > seen)
        .order_by(table.number)
    ).all()
