"""How comparable results under two versions are, for many pairs at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.standards.comparability import comparability
from csiapp.standards.content import StandardsContent
from csiapp.standards.decisions import redefined
from csiapp.standards.models import Standard, StandardVersion
from csiapp.standards.rows import standard_content

Pair = tuple[uuid.UUID, uuid.UUID]

_KEPT = 20_000
_shares: dict[tuple[str, str, frozenset[str]], Fraction] = {}
"""Published content never changes: two hashes, and what was redefined between, have one share."""


class _Version(NamedTuple):
    set_id: uuid.UUID
    number: int
    sha256: str
    decisions: Mapping[str, Any]


def comparable_shares(pairs: Collection[Pair]) -> dict[Pair, Fraction]:
    """Pair of published versions -> their comparability share. Works in network scopes too.

    No query where no two versions differ; else one, and one more for shares not yet known.
    """
    found = {pair: Fraction(1) for pair in pairs}
    different = [pair for pair in pairs if pair[0] != pair[1]]
    if not different:
        return found
    versions = _versions({version_id for pair in different for version_id in pair})
    keys = {pair: _key(*pair, versions) for pair in different}
    unknown = {pair: key for pair, key in keys.items() if key not in _shares}
    _learn(unknown)
    return found | {pair: _shares[key] for pair, key in keys.items()}


def _versions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, _Version]:
    """These versions and all others of their sets."""
    named = sa.select(StandardVersion.set_id).where(StandardVersion.id.in_(ids))
    rows = db.session.execute(
        sa.select(
            StandardVersion.id,
            StandardVersion.set_id,
            StandardVersion.number,
            StandardVersion.sha256,
            StandardVersion.decisions,
        ).where(StandardVersion.set_id.in_(named), StandardVersion.state != "draft")
    )
    return {row.id: _Version(*row[1:]) for row in rows}


def _key(
    one: uuid.UUID, other: uuid.UUID, versions: Mapping[uuid.UUID, _Version]
) -> tuple[str, str, frozenset[str]]:
    first, last = sorted((versions[one], versions[other]), key=lambda version: version.number)
    between = (
        redefined(version.decisions)
        for version in versions.values()
        if version.set_id == last.set_id and first.number < version.number <= last.number
    )
    return first.sha256, last.sha256, frozenset[str]().union(*between)


def _learn(unknown: Mapping[Pair, tuple[str, str, frozenset[str]]]) -> None:
    if not unknown:
        return
    if len(_shares) > _KEPT:
        _shares.clear()
    contents = _contents({version_id for pair in unknown for version_id in pair})
    for (one, other), key in unknown.items():
        _shares[key] = comparability(contents[one], contents[other], key[2])


def _contents(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, StandardsContent]:
    """As much of each version's content as its standards are: the tree above them is left out."""
    rows = db.session.scalars(sa.select(Standard).where(Standard.version_id.in_(ids)))
    standards: dict[uuid.UUID, list[Standard]] = defaultdict(list)
    for row in rows:
        standards[row.version_id].append(row)
    return {version_id: _flat(standards[version_id]) for version_id in ids}


def _flat(rows: Iterable[Standard]) -> StandardsContent:
    factor = {"standards": [standard_content(row) for row in rows]}
    tree = {"steps": [{"sub_steps": [{"key_factors": [factor]}]}]}
    return cast(StandardsContent, tree)
