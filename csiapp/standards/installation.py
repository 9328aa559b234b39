"""How standards come into a network, and from the network to a dealership."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.db import new_id
from csiapp.core.errors import Conflict
from csiapp.core.extensions import db
from csiapp.standards.content import StandardsContent, content_sha256, standards_in
from csiapp.standards.factors import FactorModelContent
from csiapp.standards.models import FactorModel, MasterVersion, StandardSet, StandardVersion
from csiapp.standards.rows import rows_of

Frozen = TypeVar("Frozen", MasterVersion, FactorModel)


def install_master(content: StandardsContent) -> MasterVersion:
    """Publish a master set to the network (NETWORK scope). The same content again changes
    nothing; other content under the same code becomes the next version."""
    return _install(MasterVersion, cast(Mapping[str, Any], content), "standards.master_installed")


def install_factor_model(content: FactorModelContent) -> FactorModel:
    """Publish a factor model to the network (NETWORK scope); as :func:`install_master`."""
    return _install(FactorModel, cast(Mapping[str, Any], content), "standards.model_installed")


def _install(model: type[Frozen], content: Mapping[str, Any], verb: str) -> Frozen:
    latest = db.session.scalars(
        sa.select(model).where(model.code == content["code"]).order_by(model.number.desc()).limit(1)
    ).first()
    sha256 = content_sha256(content)
    if latest is not None and latest.sha256 == sha256:
        return latest
    row = model(
        code=content["code"],
        number=latest.number + 1 if latest else 1,
        name=content["name"],
        content=dict(content),
        sha256=sha256,
    )
    db.session.add(row)
    db.session.flush()
    record(verb, model.__tablename__, row.id, {"number": row.number, "sha256": sha256})
    return row


def adopt_master(master: MasterVersion) -> StandardVersion:
    """Give the dealership (TENANT scope) a set made from the master, and its first draft.

    Codes, order and points are the master's; critical standards are locked. Raises Conflict
    when the dealership has adopted this set before.
    """
    taken = db.session.scalars(sa.select(StandardSet).where(StandardSet.code == master.code))
    if taken.first() is not None:
        raise Conflict(_("These standards were adopted before."))
    adopted = StandardSet(code=master.code, name=master.name)
    db.session.add(adopted)
    db.session.flush()
    record("standards.adopted", "standard_set", adopted.id, {"master": str(master.id)})
    return draft_from_master(adopted.id, master)


def draft_from_master(set_id: uuid.UUID, master: MasterVersion) -> StandardVersion:
    """A draft with the master's content, numbered 1: for a set without a published version."""
    draft = StandardVersion(set_id=set_id, number=1, master_id=master.id)
    content = cast(StandardsContent, master.content)
    locked = {p.standard["code"] for p in standards_in(content) if p.standard["critical"]}
    plant(draft, content, locked)
    return draft


def plant(draft: StandardVersion, content: StandardsContent, locked: set[str]) -> None:
    """Write a new draft and the rows of its content."""
    draft.id = new_id()
    db.session.add(draft)
    db.session.flush()
    for level in rows_of(content, draft.id, locked):
        db.session.add_all(level)
        db.session.flush()
