"""Reads of form templates and of a dealership's frozen forms."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa

from csiapp.audits.form_shape import FormContent
from csiapp.audits.form_template import FORM_KINDS, SET_KEY
from csiapp.audits.models import FormTemplate, FormVersion, Visit
from csiapp.core.extensions import db
from csiapp.standards import queries as standards
from csiapp.standards.models import StandardSet


def current_templates() -> list[FormTemplate]:
    """The newest template of each code, by code."""
    rows = db.session.scalars(
        sa.select(FormTemplate).order_by(FormTemplate.code, FormTemplate.number)
    )
    return list({row.code: row for row in rows}.values())


def templates_by_kind() -> list[FormTemplate]:
    """The same in the order in which forms are offered."""
    return sorted(current_templates(), key=lambda template: FORM_KINDS.index(template.kind))


def set_of_form(template: FormTemplate) -> StandardSet | None:
    """The set whose standards the form asks: the one that the template names, else the
    dealership's main one. None where the dealership has no such set."""
    code = named_set(template)
    if code is None:
        return standards.main_set()
    return next((found for found in standards.sets() if found.code == code), None)


def named_set(template: FormTemplate) -> str | None:
    """The code of the set that the template names; None for each dealership's main one."""
    code: str | None = template.content.get(SET_KEY)
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


def content_of(form: FormVersion) -> FormContent:
    """The frozen content, for typed reading."""
    return cast(FormContent, form.content)
