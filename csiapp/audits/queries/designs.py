"""Reads of the forms that a dealership builds itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from csiapp.audits.builder.growing import placed_by_code
from csiapp.audits.form_template import FORM_KINDS
from csiapp.audits.models import FormDesign, FormDesignEdit, FormTemplate, FormVersion, Visit
from csiapp.audits.queries.forms import current_templates
from csiapp.audits.queries.visits import newest_scores, official
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries as standards
from csiapp.standards.content import Placed, StandardsContent
from csiapp.standards.factors import FactorModelContent
from csiapp.standards.models import StandardSet, StandardVersion


@dataclass(frozen=True, slots=True)
class DesignLine:
    """A form of the dealership's own with its newest frozen version."""

    design: FormDesign
    set: StandardSet
    newest: FormVersion | None

    @property
    def changed(self) -> bool:
        """Whether the draft holds what is not published."""
        return self.design.published_edit != self.design.edit


@dataclass(frozen=True, slots=True)
class Ground:
    """The published standards that a form grows from."""

    set: StandardSet
    version: StandardVersion
    content: StandardsContent
    placed: dict[str, Placed]
    model: FactorModelContent

    @property
    def factors(self) -> list[str]:
        return [factor["code"] for factor in self.model["factors"]]


def find_design(code: str, *, lock: bool = False) -> FormDesign:
    """The dealership's own form of this code. Raises NotFound."""
    query = sa.select(FormDesign).where(FormDesign.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_designs() -> list[DesignLine]:
    """The dealership's own forms: three queries."""
    designs = db.session.scalars(sa.select(FormDesign).order_by(FormDesign.code)).all()
    sets = {found.id: found for found in standards.sets()}
    codes = [design.code for design in designs]
    versions = db.session.scalars(
        sa.select(FormVersion).where(FormVersion.code.in_(codes)).order_by(FormVersion.number)
    )
    newest = {version.code: version for version in versions}
    return [DesignLine(design, sets[design.set_id], newest.get(design.code)) for design in designs]


def versions_of(code: str) -> Sequence[FormVersion]:
    """Every frozen version of a form, the newest first."""
    return db.session.scalars(
        sa.select(FormVersion).where(FormVersion.code == code).order_by(FormVersion.number.desc())
    ).all()


def bases() -> dict[str, FormTemplate]:
    """Observer -> the network's newest template that a form of this observer grows from."""
    found = {template.kind: template for template in current_templates()}
    return {kind: found[kind] for kind in FORM_KINDS if kind in found}


def base_of(design: FormDesign) -> FormTemplate:
    return db.session.scalars(
        sa.select(FormTemplate).where(FormTemplate.id == design.base_id)
    ).one()


def ground_of(set_id: uuid.UUID) -> Ground | None:
    """The published standards of a set; None before the first publication."""
    version = standards.published_version(set_id)
    if version is None:
        return None
    content = standards.version_content(version)
    model = cast(FactorModelContent, standards.factor_model_of(version).content)
    owner = next(found for found in standards.sets() if found.id == set_id)
    return Ground(owner, version, content, placed_by_code(content), model)


@dataclass(frozen=True, slots=True)
class PilotLine:
    """A visit that tries a form out, with the number of its version and its score so far."""

    visit: Visit
    number: int
    index: int | None
    grade: str


def pilots_of(code: str) -> list[PilotLine]:
    """The pilot visits of a form of the dealership, the newest first: two queries."""
    rows = db.session.execute(
        sa.select(Visit, FormVersion.number)
        .join(
            FormVersion,
            sa.and_(
                FormVersion.tenant_id == Visit.tenant_id, FormVersion.id == Visit.form_version_id
            ),
        )
        .where(~official(), FormVersion.code == code)
        .order_by(Visit.assigned_at.desc(), Visit.id)
    ).all()
    scores = newest_scores([visit.id for visit, _number in rows])
    return [PilotLine(visit, number, *scores.get(visit.id, (None, ""))) for visit, number in rows]


def last_edit(design: FormDesign) -> FormDesignEdit | None:
    return db.session.scalars(
        sa.select(FormDesignEdit)
        .where(FormDesignEdit.design_id == design.id)
        .order_by(FormDesignEdit.number.desc())
        .limit(1)
    ).first()


def edits_since(design: FormDesign, seen: int) -> Sequence[FormDesignEdit]:
    """What was changed after the draft was seen at this edit, the oldest first."""
    return db.session.scalars(
        sa.select(FormDesignEdit)
        .where(FormDesignEdit.design_id == design.id, FormDesignEdit.number > seen)
        .order_by(FormDesignEdit.number)
    ).all()
