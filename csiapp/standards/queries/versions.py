"""The dealership's sets, and the versions of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.standards.content import StandardsContent
from csiapp.standards.models import FactorModel, MasterVersion, StandardSet, StandardVersion


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """What lists of audits and reports show of a version."""

    id: uuid.UUID
    number: int
    state: str
    published_at: dt.datetime | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class SetAtWork:
    """A set with the version in force and the draft, where it has them."""

    set: StandardSet
    published: StandardVersion | None
    draft: StandardVersion | None


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version of a master set."""

    id: uuid.UUID
    code: str
    number: int
    name: Text2
    published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SetOffer:
    """Sets of one code in force at this many dealerships; the name is the oldest one's."""

    code: str
    name: Text2
    dealerships: int


# ------------------------------------------------------------------------------------- sets


def sets() -> Sequence[StandardSet]:
    """The dealership's sets, the oldest first: that is its main one."""
    return db.session.scalars(sa.select(StandardSet).order_by(StandardSet.id)).all()


def main_set() -> StandardSet | None:
    """The set that forms use which name none; None before the dealership adopted one."""
    return db.session.scalars(sa.select(StandardSet).order_by(StandardSet.id).limit(1)).first()


def standard_set(code: str) -> StandardSet:
    """The dealership's set of this code. Raises NotFound."""
    found = db.session.scalars(sa.select(StandardSet).where(StandardSet.code == code)).one_or_none()
    if found is None:
        raise NotFound
    return found


def set_of(version_id: uuid.UUID) -> StandardSet:
    """The set that a version belongs to. Raises NotFound."""
    found = db.session.scalars(
        sa.select(StandardSet)
        .join(StandardVersion, StandardVersion.set_id == StandardSet.id)
        .where(StandardVersion.id == version_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def is_adopted(set_id: uuid.UUID) -> bool:
    """Whether the set came from the network's master; False for a dealership's own copy."""
    found = db.session.scalar(
        sa.select(MasterVersion.id)
        .join(StandardSet, StandardSet.code == MasterVersion.code)
        .where(StandardSet.id == set_id)
        .limit(1)
    )
    return found is not None


def sets_at_work() -> list[SetAtWork]:
    """All sets, the oldest first, with what is in force and what is being written: two queries."""
    versions = {
        (version.set_id, version.state): version
        for version in db.session.scalars(
            sa.select(StandardVersion).where(StandardVersion.state.in_(["published", "draft"]))
        )
    }
    return [
        SetAtWork(row, versions.get((row.id, "published")), versions.get((row.id, "draft")))
        for row in sets()
    ]


def set_offers() -> list[SetOffer]:
    """The sets in force at dealerships of the network (NETWORK scope), those of most of them
    first; one query."""
    rows = db.session.execute(
        sa.select(StandardSet.code, StandardSet.name)
        .join(
            StandardVersion,
            sa.and_(
                StandardVersion.tenant_id == StandardSet.tenant_id,
                StandardVersion.set_id == StandardSet.id,
            ),
        )
        .where(StandardVersion.state == "published")
        .order_by(StandardSet.id)
    ).all()
    names = {row.code: row.name for row in reversed(rows)}
    held = Counter(row.code for row in rows)
    return [SetOffer(code, names[code], number) for code, number in held.most_common()]


# ---------------------------------------------------------------------------------- versions


def published_version(set_id: uuid.UUID) -> StandardVersion | None:
    """The version in force, or None before the first publication."""
    return _newest(set_id, "published")


def draft_version(set_id: uuid.UUID) -> StandardVersion | None:
    return _newest(set_id, "draft")


def _newest(set_id: uuid.UUID, state: str) -> StandardVersion | None:
    return db.session.scalars(
        sa.select(StandardVersion)
        .where(StandardVersion.set_id == set_id, StandardVersion.state == state)
        .order_by(StandardVersion.number.desc())
        .limit(1)
    ).first()


def published_versions(set_id: uuid.UUID) -> Sequence[StandardVersion]:
    """All of a set that were ever published, newest first."""
    return db.session.scalars(
        sa.select(StandardVersion)
        .where(StandardVersion.set_id == set_id, StandardVersion.state != "draft")
        .order_by(StandardVersion.number.desc())
    ).all()


def version_by_number(set_id: uuid.UUID, number: int) -> StandardVersion:
    """A published or retired version of a set. Raises NotFound."""
    found = db.session.scalars(
        sa.select(StandardVersion).where(
            StandardVersion.set_id == set_id,
            StandardVersion.number == number,
            StandardVersion.state != "draft",
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def version_summary(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, VersionSummary]:
    """Summaries by version id; one query. Works in network scopes too."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(
            StandardVersion.id,
            StandardVersion.number,
            StandardVersion.state,
            StandardVersion.published_at,
            StandardVersion.sha256,
        ).where(StandardVersion.id.in_(wanted))
    )
    return {row.id: VersionSummary(*row) for row in rows}


def master_exists(code: str) -> bool:
    """Whether the network has a master set of this code."""
    found = db.session.scalar(
        sa.select(MasterVersion.id).where(MasterVersion.code == code).limit(1)
    )
    return found is not None


def latest_master(code: str) -> MasterVersion:
    """The newest version of a master set of the network. Raises NotFound."""
    found = db.session.scalars(
        sa.select(MasterVersion)
        .where(MasterVersion.code == code)
        .order_by(MasterVersion.number.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound
    return found


def master_editions() -> Sequence[Edition]:
    """All editions of the network's master sets, the newest first; without their content."""
    rows = db.session.execute(
        sa.select(
            MasterVersion.id,
            MasterVersion.code,
            MasterVersion.number,
            MasterVersion.name,
            MasterVersion.published_at,
        ).order_by(MasterVersion.published_at.desc(), MasterVersion.id.desc())
    )
    return [Edition(*row) for row in rows]


def master_content(edition_id: uuid.UUID) -> StandardsContent:
    """What an edition says."""
    content = db.session.scalars(
        sa.select(MasterVersion.content).where(MasterVersion.id == edition_id)
    ).one()
    return cast(StandardsContent, content)


def master_of(version: StandardVersion) -> MasterVersion:
    """The network's master that the version goes back to."""
    return db.session.scalars(
        sa.select(MasterVersion).where(MasterVersion.id == version.master_id)
    ).one()


def factor_model_of(version: StandardVersion) -> FactorModel:
    """The newest version of the factor model that the version's master names."""
    return factor_model(master_of(version).content["model"])


def factor_model(code: str) -> FactorModel:
    """The newest version of a factor model of the network."""
    return db.session.scalars(
        sa.select(FactorModel)
        .where(FactorModel.code == code)
        .order_by(FactorModel.number.desc())
        .limit(1)
    ).one()
