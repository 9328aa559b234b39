"""Reads of waves."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from csiapp.audits.models import Visit, Wave
from csiapp.audits.queries.visits import official
from csiapp.core.extensions import db

FINISHED = ("published", "rejected", "cancelled")


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave with the number of its visits in each state."""

    wave: Wave
    visits: dict[str, int] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """Visits that were not called off."""
        return sum(n for state, n in self.visits.items() if state != "cancelled")

    @property
    def published(self) -> int:
        return self.visits.get("published", 0)

    @property
    def unfinished(self) -> int:
        return sum(n for state, n in self.visits.items() if state not in FINISHED)


def list_waves() -> Sequence[Wave]:
    """All waves of the network, the newest first."""
    return db.session.scalars(sa.select(Wave).order_by(Wave.starts_on.desc(), Wave.code)).all()


def find_wave(wave_id: uuid.UUID) -> Wave | None:
    return db.session.scalars(sa.select(Wave).where(Wave.id == wave_id)).one_or_none()


def open_waves() -> Sequence[Wave]:
    """Waves to which visits can still be assigned."""
    return [wave for wave in list_waves() if wave.state != "closed"]


def list_wave_lines() -> list[WaveLine]:
    """All waves with their visits counted: two queries."""
    counts: dict[uuid.UUID | None, dict[str, int]] = defaultdict(dict)
    rows = db.session.execute(
        sa.select(Visit.wave_id, Visit.state, sa.func.count())
        .where(Visit.wave_id.is_not(None), official())
        .group_by(Visit.wave_id, Visit.state)
    )
    for wave_id, state, number in rows:
        counts[wave_id][state] = number
    return [WaveLine(wave, counts[wave.id]) for wave in list_waves()]


def count_unfinished(wave_id: uuid.UUID) -> int:
    """Visits of the wave that are neither published, rejected nor called off."""
    query = sa.select(sa.func.count()).select_from(Visit)
    return (
        db.session.scalar(
            query.where(official(), Visit.wave_id == wave_id, Visit.state.not_in(FINISHED))
        )
        or 0
    )
