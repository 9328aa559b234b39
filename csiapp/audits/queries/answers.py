"""Reads of answers for the tablet: current values with their place in the order of events."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from csiapp.audits.models import Answer
from csiapp.core.extensions import db


def ordered_answers(visit_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """Field -> ``{"value", "seq", "device"}``, cleared fields too: a tablet compares each with
    what it holds itself, and the greater (seq, device) is shown."""
    rows = db.session.execute(
        sa.select(Answer.field, Answer.value, Answer.seq, Answer.device).where(
            Answer.visit_id == visit_id
        )
    )
    return {row.field: {"value": row.value, "seq": row.seq, "device": row.device} for row in rows}
