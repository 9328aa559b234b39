"""Reads of answers for the tablet: current values with their place in the order of events."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from csiapp.audits.answer_fields import BRIEF_FIELD
from csiapp.audits.models import Answer
from csiapp.core.extensions import db


def ordered_answers(visit_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """Field -> ``{"value", "seq", "device"}``, cleared fields too, but not the test on the brief:
    a tablet compares each with what it holds itself, and the greater (seq, device) is shown."""
    rows = db.session.execute(
        sa.select(Answer.field, Answer.value, Answer.seq, Answer.device).where(
            Answer.visit_id == visit_id, Answer.field != BRIEF_FIELD
        )
    )
    return {row.field: {"value": row.value, "seq": row.seq, "device": row.device} for row in rows}


def last_try(visit_id: uuid.UUID) -> dict[str, str] | None:
    """The newest answers to the test on the brief, None before the first try."""
    tried: dict[str, str] | None = db.session.scalar(
        sa.select(Answer.value).where(Answer.visit_id == visit_id, Answer.field == BRIEF_FIELD)
    )
    return tried
