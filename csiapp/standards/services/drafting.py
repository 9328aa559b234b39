"""A draft begins, is found and locked for a change, and may be thrown away."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.errors import Conflict, NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.installation import draft_from_master, plant
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, StandardVersion, SubStep
from csiapp.standards.rows import content_of, standard_rows


def start_draft() -> StandardVersion:
    """A draft with the published version's items under the same codes; before the first
    publication, with the master's. Raises Conflict when there is a draft, NotFound when the
    dealership has no set."""
    adopted = queries.standard_set()
    if adopted is None:
        raise NotFound
    if queries.draft_version() is not None:
        raise Conflict(_("There is a draft already. Open it and go on there."))
    published = queries.published_version()
    if published is None:
        draft = draft_from_master(adopted.id, queries.latest_master(adopted.code))
    else:
        draft = _copy(published)
    record("standards.draft_started", "standard_version", draft.id, {"number": draft.number})
    return draft


def _copy(published: StandardVersion) -> StandardVersion:
    steps = queries.load_steps(published.id)
    content = content_of(queries.master_of(published).content, steps)
    draft = StandardVersion(
        set_id=published.set_id,
        number=published.number + 1,
        based_on_id=published.id,
        master_id=published.master_id,
    )
    plant(draft, content, {row.code for row in standard_rows(steps) if row.locked})
    return draft


def discard_draft() -> None:
    """Delete the draft and its rows. What is published stays. Raises Conflict without one."""
    draft = locked_draft()
    for model in (Standard, KeyFactor, SubStep, ServiceStep):
        db.session.execute(sa.delete(model).where(model.version_id == draft.id))
    record("standards.draft_discarded", "standard_version", draft.id, {"number": draft.number})
    db.session.delete(draft)
    db.session.flush()


def locked_draft() -> StandardVersion:
    """The draft, held until the transaction ends: changes of one draft happen one after the
    other. Raises Conflict when there is none (any more)."""
    draft = db.session.scalars(
        sa.select(StandardVersion).where(StandardVersion.state == "draft").with_for_update()
    ).one_or_none()
    if draft is None:
        raise Conflict(
            _("There is no draft any more: it was published or discarded. Start a new draft.")
        )
    return draft
