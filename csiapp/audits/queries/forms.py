"""Reads of form templates and of a dealership's frozen forms."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import FORM_KINDS, LISTED_KEY, SET_KEY
from csiapp.audits.models import (
    FormDesign,
    FormTemplate,
    FormVersion,
    NetworkDesign,
    Visit,
    VisitMove,
)
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.standards import queries as standards
from csiapp.standards.models import StandardSet


def current_templates() -> list[FormTemplate]:
    """The newest template of each code, by code."""
    rows = db.session.scalars(
        sa.select(FormTemplate).order_by(FormTemplate.code, FormTemplate.number)
    )
    return list({row.code: row for row in rows}.values())


def reference_templates() -> list[FormTemplate]:
    """Of these the ones that came from the reference, and were not built here."""
    return [found for found in current_templates() if not built_here(found)]


def built_here(template: FormTemplate) -> bool:
    return bool(template.content.get(LISTED_KEY))


def templates_by_kind() -> list[FormTemplate]:
    """The newest templates that are offered, in the order in which forms are offered."""
    gone = _withdrawn()
    offered = [found for found in current_templates() if found.code not in gone]
    return sorted(offered, key=lambda found: (built_here(found), FORM_KINDS.index(found.kind)))


def _withdrawn() -> frozenset[str]:
    """Codes of the network's forms that are not offered any more."""
    return frozenset(
        db.session.scalars(sa.select(NetworkDesign.code).where(NetworkDesign.withdrawn))
    )


@dataclass(frozen=True, slots=True)
class FormSource:
    """What a dealership's form is built from: a template of its network, or a form of its own.
    `template_id` is the template, or the one that the own form grew from."""

    code: str
    kind: str
    name: Text2
    content: dict[str, Any]
    template_id: uuid.UUID
    withdrawn: bool = False


def _of_template(template: FormTemplate, *, withdrawn: bool = False) -> FormSource:
    return FormSource(
        template.code,
        template.kind,
        template.name,
        template.content,
        template.id,
        withdrawn=withdrawn,
    )


def _of_design(design: FormDesign) -> FormSource | None:
    """None as long as nothing of it is published."""
    content = design.published
    if content is None:
        return None
    return FormSource(
        design.code,
        design.kind,
        content["name"],
        content,
        design.base_id,
        withdrawn=design.withdrawn,
    )


def form_sources() -> list[FormSource]:
    """The forms that the dealership of the scope can be visited with: the network's and its own."""
    designs = db.session.scalars(
        sa.select(FormDesign).where(~FormDesign.withdrawn).order_by(FormDesign.code)
    )
    own = [source for design in designs if (source := _of_design(design))]
    return [*map(_of_template, templates_by_kind()), *own]


def form_source(code: str) -> FormSource | None:
    """The form of this code, also a withdrawn one."""
    template = current_template(code)
    if template is not None:
        return _of_template(template, withdrawn=template.code in _withdrawn())
    design = db.session.scalar(sa.select(FormDesign).where(FormDesign.code == code))
    return _of_design(design) if design is not None else None


def own_sources(codes: set[str]) -> dict[tuple[int, str], FormSource]:
    """Of these codes those of dealerships' own forms, by dealership and code."""
    designs = db.session.scalars(sa.select(FormDesign).where(FormDesign.code.in_(codes)))
    return {
        (design.tenant_id, design.code): source
        for design in designs
        if (source := _of_design(design))
    }


def set_of_form(source: FormTemplate | FormSource) -> StandardSet | None:
    """The set whose standards the form asks: the one that its content names, else the
    dealership's main one. None where the dealership has no such set."""
    code = named_set(source)
    if code is None:
        return standards.main_set()
    return next((found for found in standards.sets() if found.code == code), None)


def named_set(source: FormTemplate | FormSource) -> str | None:
    """The code of the set that the form names; None for each dealership's main one."""
    code: str | None = source.content.get(SET_KEY)
    return code


def templates_by_set() -> dict[uuid.UUID, list[FormTemplate]]:
    """The dealership's sets that forms ask, with those forms: two queries."""
    held = standards.sets()
    ids = {found.code: found.id for found in held}
    main = held[0].code if held else None
    found: dict[uuid.UUID, list[FormTemplate]] = defaultdict(list)
    for template in templates_by_kind():
        code = named_set(template) or main
        if code in ids:
            found[ids[code]].append(template)
    return found


def current_template(code: str) -> FormTemplate | None:
    """The network's newest template of this code."""
    return db.session.scalars(
        sa.select(FormTemplate)
        .where(FormTemplate.code == code)
        .order_by(FormTemplate.number.desc())
        .limit(1)
    ).first()


def current_form(code: str) -> FormVersion | None:
    """The dealership's newest frozen form of this code."""
    return db.session.scalars(
        sa.select(FormVersion)
        .where(FormVersion.code == code)
        .order_by(FormVersion.number.desc())
        .limit(1)
    ).first()


def current_forms() -> list[FormVersion]:
    """The dealership's newest frozen form of each code."""
    newer = sa.orm.aliased(FormVersion)
    rows: Sequence[FormVersion] = db.session.scalars(
        sa.select(FormVersion)
        .where(
            ~sa.exists().where(
                newer.tenant_id == FormVersion.tenant_id,
                newer.code == FormVersion.code,
                newer.number > FormVersion.number,
            )
        )
        .order_by(FormVersion.code)
    ).all()
    return list(rows)


def form_of(visit: Visit) -> FormVersion:
    """The frozen form that the visit is pinned to."""
    return db.session.scalars(
        sa.select(FormVersion).where(FormVersion.id == visit.form_version_id)
    ).one()


def moves_of(visit_id: uuid.UUID) -> Sequence[tuple[VisitMove, FormVersion]]:
    """The visit's changes to newer versions, the first one first, each with the older version."""
    rows = db.session.execute(
        sa.select(VisitMove, FormVersion)
        .join(
            FormVersion,
            sa.and_(
                FormVersion.tenant_id == VisitMove.tenant_id,
                FormVersion.id == VisitMove.from_version_id,
            ),
        )
        .where(VisitMove.visit_id == visit_id)
        .order_by(VisitMove.moved_at, VisitMove.id)
    )
    return [(row.VisitMove, row.FormVersion) for row in rows]


def content_of(form: FormVersion) -> FormContent:
    """The frozen content, for typed reading."""
    return cast(FormContent, form.content)
