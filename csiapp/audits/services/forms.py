"""Builds a dealership's audit forms from its published standards, and freezes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.installation import asking, publish_template
from csiapp.audits.models import FormTemplate, FormVersion
from csiapp.audits.queries.forms import (
    FormSource,
    built_here,
    current_form,
    current_template,
    form_source,
    form_sources,
    named_set,
    set_of_form,
)
from csiapp.core.activity import record
from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries as standards
from csiapp.standards.content import StandardsContent, content_sha256, standards_in
from csiapp.standards.factors import FactorModelContent
from csiapp.standards.models import FactorModel, StandardVersion


@dataclass(frozen=True, slots=True)
class BuiltForm:
    version: FormVersion
    made: bool


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every form of one standard version is built on."""

    version: StandardVersion
    standards: StandardsContent
    model: FactorModel


def build_forms(standard_version_id: uuid.UUID) -> list[BuiltForm]:
    """Build every form, the network's and the dealership's own, that asks this version's set.

    The same content again makes no new version. A version that is not in force any more makes
    nothing: its job came late. A template of which no standard is left makes no form.
    """
    version = _lock(StandardVersion.id == standard_version_id, _in_force())
    if version is None:
        return []
    ground = _ground(version)
    sources = [source for source in form_sources() if _asks(source, version.set_id)]
    return [built for source in sources if (built := _build(source, ground)) is not None]


def build_form(source: FormSource, version: StandardVersion) -> BuiltForm | None:
    """Build one form from these standards. None where they do not fit together."""
    return _build(source, _ground(version))


def _asks(source: FormSource, set_id: uuid.UUID) -> bool:
    owner = set_of_form(source)
    return owner is not None and owner.id == set_id


def ensure_current_form(code: str) -> FormVersion:
    """The form of this code on the standards in force, built now if its job has not run yet.

    Holds the lock of those standards, so that planning at one dealership goes one by one.
    Raises Conflict where the dealership has no published standards or the network no such form.
    """
    source = form_source(code)
    owner = set_of_form(source) if source else None
    version = standards_in_force(owner.id) if owner else None
    if source is None or version is None:
        raise Conflict(why_no_form(source))
    form = current_form(code)
    made_of = (version.id, source.template_id, content_sha256(source.content))
    if form is not None and _made_of(form) == made_of:
        return form
    built = _build(source, _ground(version))
    if built is None:
        raise Conflict(_("This form cannot be built from the dealership's standards."))
    return built.version


def choose_set(form_code: str, set_code: str | None) -> FormTemplate:
    """Have a form ask another set (NETWORK scope): its next version. None is each dealership's
    main set. Raises NotFound for a form that did not come from the reference, Invalid for a set
    that no dealership has published."""
    template = current_template(form_code)
    if template is None or built_here(template):
        raise NotFound
    if set_code is not None and set_code not in {offer.code for offer in standards.set_offers()}:
        raise Invalid(_("No dealership has published a set with this code."))
    return publish_template(asking(template.content, set_code))


def why_no_form(source: FormSource | None) -> str:
    """In words: the dealership has not published what this form asks."""
    code = named_set(source) if source else None
    if code is None:
        return str(_("This dealership has not published its standards, so it has no form yet."))
    return str(
        _("This form asks the set %(code)s, which this dealership has not published.", code=code)
    )


def standards_in_force(set_id: uuid.UUID) -> StandardVersion | None:
    """The version of the set that forms are built from now, locked."""
    return _lock(StandardVersion.set_id == set_id, _in_force())


def _made_of(form: FormVersion) -> tuple[uuid.UUID, uuid.UUID, str]:
    return form.standard_version_id, form.template_id, form.content["template"]["sha256"]


def _in_force() -> sa.ColumnElement[bool]:
    return StandardVersion.state == "published"


def _lock(*conditions: sa.ColumnElement[bool]) -> StandardVersion | None:
    """The standards in force, locked so that two builders do not give out the same number."""
    return db.session.scalars(
        sa.select(StandardVersion)
        .where(*conditions)
        .order_by(StandardVersion.number.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _ground(version: StandardVersion) -> _Ground:
    return _Ground(version, standards.version_content(version), standards.factor_model_of(version))


def _build(source: FormSource, ground: _Ground) -> BuiltForm | None:
    model_content = cast(FactorModelContent, ground.model.content)
    try:
        content = build_form_content(
            source.content, ground.standards, model_content, ground.version.observed
        )
    except FormError as error:
        detail = {"code": source.code, "reason": str(error)[:200]}
        record("form.refused", "standard_version", ground.version.id, detail)
        return None
    latest, sha256 = current_form(source.code), content_sha256(content)
    if latest is not None and latest.sha256 == sha256:
        return BuiltForm(latest, made=False)
    number = latest.number + 1 if latest else 1
    form = _freeze(source, ground, content, number)
    return BuiltForm(form, made=True)


def _freeze(source: FormSource, ground: _Ground, content: FormContent, number: int) -> FormVersion:
    form = FormVersion(
        code=source.code,
        kind=source.kind,
        number=number,
        name=source.name,
        template_id=source.template_id,
        standard_version_id=ground.version.id,
        factor_model_id=ground.model.id,
        content=dict(content),
        sha256=content_sha256(content),
    )
    db.session.add(form)
    db.session.flush()
    detail = {
        "code": form.code,
        "number": form.number,
        "sha256": form.sha256,
        "standard_version": str(ground.version.id),
        "left_out": _left_out(source.content, ground.standards),
    }
    record("form.built", "form_version", form.id, detail)
    return form


def _left_out(template: dict[str, Any], content: StandardsContent) -> list[str]:
    """The standards that the template asks and the dealership has no more."""
    asked = {q["standard"] for section in template["sections"] for q in section["questions"]}
    return sorted(asked - {placed.standard["code"] for placed in standards_in(content)})
