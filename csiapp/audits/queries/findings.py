"""Reads of findings."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from csiapp.audits.exact import parse_fraction
from csiapp.audits.models import Finding
from csiapp.core.extensions import db


def findings_of(score_id: uuid.UUID) -> list[Finding]:
    """Findings of one score: critical ones first, then those that cost most."""
    rows = db.session.scalars(sa.select(Finding).where(Finding.score_id == score_id))
    return sorted(rows, key=lambda f: (not f.critical, -parse_fraction(f.points_lost), f.question))
