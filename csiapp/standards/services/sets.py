"""A dealership's further sets, such as one for quick service: each begins as a copy."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.db import Text2
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.models import StandardSet
from csiapp.standards.services.drafting import copy_of


def copy_set(source_id: uuid.UUID, code: str, name: Text2) -> StandardSet:
    """A new set whose first draft is a copy of another set's version in force.

    Items keep their codes: the same standard in two sets is one and the same to courses, audits
    and head office. Raises Conflict when the code is taken (by a master of the network too, so
    that it can still be adopted), or when the source has nothing published.
    """
    if _is_taken(code):
        raise Conflict(_("There is a set with this code already."))
    source = queries.published_version(source_id)
    if source is None:
        raise Conflict(_("Publish this set first: the copy is made of what is in force."))
    made = StandardSet(code=code, name=name)
    db.session.add(made)
    db.session.flush()
    draft = copy_of(source, made.id, 1)
    detail = {"code": code, "source": str(source.id), "draft": str(draft.id)}
    record("standards.set_copied", "standard_set", made.id, detail)
    return made


def _is_taken(code: str) -> bool:
    if queries.master_exists(code):
        return True
    found = db.session.scalar(sa.select(StandardSet.id).where(StandardSet.code == code))
    return found is not None
