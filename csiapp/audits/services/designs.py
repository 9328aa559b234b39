"""Forms that are built here: begun, changed one step at a time, undone, published, withdrawn.

Under a dealership's scope they are its own; under a network's they are for all its dealerships.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits.builder.changes import ChangeError
from csiapp.audits.builder.checks import problems_of
from csiapp.audits.builder.growing import Start, frozen, grow
from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.form_template import SET_KEY
from csiapp.audits.installation import publish_template
from csiapp.audits.models import FormDesign, FormDesignEdit
from csiapp.audits.queries.designs import (
    bases,
    design_edits,
    designs,
    find_design,
    frozen_forms,
    last_edit,
)
from csiapp.audits.queries.forms import FormSource, current_template
from csiapp.audits.queries.grounds import Ground, ground_of, in_network
from csiapp.audits.services.forms import build_form, standards_in_force
from csiapp.core.activity import record
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope
from csiapp.standards.content import Text, content_sha256
from csiapp.standards.models import StandardVersion

UNDO_STEPS = 50


class Overtaken(Conflict):
    """Somebody else changed the draft since this person saw it. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """`made` is False where nothing changed since the version in force."""

    number: int
    made: bool


def begin_design(set_code: str, kind: str, start: Start, name: Text) -> FormDesign:
    """A new draft from the set's published standards, for one observer. Raises Invalid."""
    ground, base = ground_of(set_code), bases().get(kind)
    if ground is None:
        raise Invalid(_("Publish the standards first: a form grows from them."))
    if base is None:
        raise Invalid(_("The network has no such form."))
    code = _next_code()
    content = grow(base.content, ground.content, start, code, name)
    content[SET_KEY] = set_code
    owner = {"set_id": ground.owner.id} if ground.owner else {}
    design = designs()(
        code=code,
        kind=kind,
        base_id=base.id,
        name=dict(name),
        content=content,
        created_by=current_scope().actor,
        **owner,
    )
    db.session.add(design)
    db.session.flush()
    _trace("form_design.begun", design, {"start": start.value})
    return design


def change_design(
    code: str, verb: str, subject: str, seen: int, change: Callable[[dict[str, Any]], Any]
) -> FormDesign:
    """One change of the draft, which the person saw at edit `seen`; it can be undone.

    What changes nothing leaves no trace. Raises Overtaken, or Conflict where the thing that is
    to be changed is gone.
    """
    design = _locked(code, seen)
    before, content = design.content, copy.deepcopy(design.content)
    try:
        change(content)
    except ChangeError as error:
        raise Conflict(_("This is not in the form any more: %(code)s.", code=str(error))) from error
    if content == before:
        return design
    _set(design, content)
    db.session.add(
        design_edits()(
            design_id=design.id,
            number=design.edit,
            verb=verb,
            subject=subject[:40],
            before=before,
            made_by=current_scope().actor,
        )
    )
    _forget_old(design)
    db.session.flush()
    _trace(f"form_design.{verb}", design, {"edit": design.edit, "subject": subject})
    return design


def undo_change(code: str, seen: int) -> FormDesignEdit:
    """Take back the newest change. Raises Overtaken, or Conflict when there is none."""
    design = _locked(code, seen)
    last = last_edit(design)
    if last is None:
        raise Conflict(_("There is nothing to undo."))
    _set(design, last.before)
    db.session.delete(last)
    db.session.flush()
    _trace("form_design.undone", design, {"edit": design.edit, "undone": last.verb})
    return last


def publish_design(code: str, seen: int) -> PublishedForm:
    """Freeze the draft as the next version of the form.

    Raises Overtaken, or Invalid while a check stands in the way.
    """
    design = _locked(code, seen)
    version = None if in_network() else standards_in_force(design.set_id)
    ground = ground_of(design.set_code)
    if ground is None:
        raise Invalid(_("Publish the standards first: a form grows from them."))
    if any(p.blocking for p in problems_of(design.content, ground.placed, ground.factors)):
        raise Invalid(_("Mend what stands in the way first."))
    content = frozen(design.content)
    if version is not None:
        published = _freeze_version(design, content, version)
    else:
        published = _freeze_edition(content, ground)
    design.published, design.published_edit = content, design.edit
    design.withdrawn = False
    db.session.flush()
    detail = {"number": published.number, "sha256": content_sha256(content)}
    _trace("form_design.published", design, detail)
    return published


def _freeze_version(
    design: FormDesign, content: dict[str, Any], version: StandardVersion
) -> PublishedForm:
    """A dealership's: joined with its standards."""
    source = FormSource(design.code, design.kind, content["name"], content, design.base_id)
    built = build_form(source, version)
    if built is None:
        raise _unfit()
    return PublishedForm(built.version.number, built.made)


def _freeze_edition(content: dict[str, Any], ground: Ground) -> PublishedForm:
    """A network's: an edition of its template, which each dealership joins with its standards."""
    try:
        build_form_content(content, ground.content, ground.model)
    except FormError as error:
        raise _unfit() from error
    before, edition = current_template(content["code"]), publish_template(content)
    return PublishedForm(edition.number, before is None or before.id != edition.id)


def _unfit() -> Invalid:
    return Invalid(_("This form cannot be built from these standards."))


def withdraw_design(code: str, *, withdrawn: bool) -> FormDesign:
    """Offer the form for visits no longer, or again. Assigned visits keep it."""
    design = find_design(code, lock=True)
    design.withdrawn = withdrawn
    db.session.flush()
    _trace("form_design.withdrawn" if withdrawn else "form_design.offered", design, {})
    return design


def discard_design(code: str) -> None:
    """Throw a draft away that was never published. Raises Conflict for any other."""
    design = find_design(code, lock=True)
    if design.published is not None:
        raise Conflict(_("This form was published. Withdraw it instead."))
    edits = sa.select(design_edits()).where(design_edits().design_id == design.id)
    for edit in db.session.scalars(edits):
        db.session.delete(edit)
    db.session.flush()
    db.session.delete(design)
    db.session.flush()
    _trace("form_design.discarded", design, {})


def _locked(code: str, seen: int) -> FormDesign:
    design = find_design(code, lock=True)
    if design.edit != seen:
        raise Overtaken(_("Somebody else changed this form meanwhile."))
    return design


def _set(design: FormDesign, content: dict[str, Any]) -> None:
    design.content, design.name = content, dict(content["name"])
    design.edit += 1


def _forget_old(design: FormDesign) -> None:
    table = design_edits()
    old = sa.select(table).where(
        table.design_id == design.id, table.number <= design.edit - UNDO_STEPS
    )
    for edit in db.session.scalars(old):
        db.session.delete(edit)


def _next_code() -> str:
    """Codes are never given twice: the activity log and the frozen versions remember them."""
    prefix = "NET-" if in_network() else "OWN-"
    drafts = db.session.scalars(sa.select(designs().code)).all()
    table = frozen_forms()
    versions = db.session.scalars(
        sa.select(table.code).where(table.code.startswith(prefix)).distinct()
    ).all()
    numbers = [int(code.removeprefix(prefix)) for code in (*drafts, *versions)]
    return f"{prefix}{max(numbers, default=0) + 1}"


def _trace(verb: str, design: FormDesign, detail: dict[str, Any]) -> None:
    record(verb, design.__tablename__, design.id, {"code": design.code, **detail})
