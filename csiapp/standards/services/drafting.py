"""A draft begins, is found and locked for a change, and may be thrown away."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.installation import draft_from_master, plant
from csiapp.standards.models import (
    CycleEntry,
    DraftEdit,
    KeyFactor,
    ServiceStep,
    Standard,
    StandardSet,
    StandardVersion,
    SubStep,
)
from csiapp.standards.rows import content_of, standard_rows


def start_draft(set_id: uuid.UUID) -> StandardVersion:
    """A draft with the published version's items under the same codes; before the first
    publication, with the master's. Raises Conflict when there is a draft, NotFound when the
    dealership has no such set."""
    owner = _held_set(set_id)
    if queries.draft_version(set_id) is not None:
        raise Conflict(_("There is a draft already. Open it and go on there."))
    published = queries.published_version(set_id)
    if published is None:
        draft = draft_from_master(owner.id, queries.latest_master(owner.code))
    else:
        draft = copy_of(published, set_id, published.number + 1)
    record("standards.draft_started", "standard_version", draft.id, {"number": draft.number})
    return draft


def _held_set(set_id: uuid.UUID) -> StandardSet:
    """The set, locked, so that two people do not start two drafts. Raises NotFound."""
    found = db.session.scalars(
        sa.select(StandardSet).where(StandardSet.id == set_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def copy_of(source: StandardVersion, set_id: uuid.UUID, number: int) -> StandardVersion:
    """A new draft of a set with the content of a version, under the same codes."""
    steps = queries.load_steps(source.id)
    content = content_of(queries.master_of(source).content, steps)
    draft = StandardVersion(
        set_id=set_id, number=number, based_on_id=source.id, master_id=source.master_id
    )
    plant(draft, content, {row.code for row in standard_rows(steps) if row.locked})
    return draft


def discard_draft(set_id: uuid.UUID) -> None:
    """Delete the draft and its rows. What is published stays. Raises Conflict without one.

    A copied set that was never published is nothing but its draft: it goes with it.
    """
    draft = locked_draft(set_id)
    for model in (Standard, KeyFactor, SubStep, ServiceStep, DraftEdit):
        db.session.execute(sa.delete(model).where(model.version_id == draft.id))
    record("standards.draft_discarded", "standard_version", draft.id, {"number": draft.number})
    db.session.delete(draft)
    db.session.flush()
    if draft.number == 1 and not queries.is_adopted(set_id):
        db.session.execute(sa.delete(CycleEntry).where(CycleEntry.set_id == set_id))
        db.session.delete(_held_set(set_id))
        db.session.flush()


def locked_draft(set_id: uuid.UUID) -> StandardVersion:
    """The set's draft, held until the transaction ends: changes of one draft happen one after the
    other. Raises Conflict when there is none (any more)."""
    draft = db.session.scalars(
        sa.select(StandardVersion)
        .where(StandardVersion.set_id == set_id, StandardVersion.state == "draft")
        .with_for_update()
    ).one_or_none()
    if draft is None:
        raise Conflict(
            _("There is no draft any more: it was published or discarded. Start a new draft.")
        )
    return draft
