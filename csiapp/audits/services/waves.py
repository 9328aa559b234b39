"""Waves: head office opens and closes a period of visits (short form)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from csiapp.audits.lifecycle import IllegalMove, wave_lifecycle
from csiapp.audits.models import Wave
from csiapp.audits.queries.waves import count_unfinished
from csiapp.core.activity import record
from csiapp.core.db import Text2
from csiapp.core.errors import Conflict, Invalid, NotFound
from csiapp.core.extensions import db

Action = Literal["open", "close", "reopen"]


class CodeTaken(Conflict):
    """Another wave of the network has this code."""


def create_wave(*, code: str, name: Text2, starts_on: dt.date, ends_on: dt.date) -> Wave:
    """Plan a wave. Raises CodeTaken, or Invalid for days the wrong way round."""
    if ends_on < starts_on:
        raise Invalid(_("The last day lies before the first."))
    if db.session.scalars(sa.select(Wave.id).where(Wave.code == code)).first() is not None:
        raise CodeTaken(_("There is a wave with this code already."))
    wave = Wave(code=code, name=name, starts_on=starts_on, ends_on=ends_on, state="planned")
    db.session.add(wave)
    db.session.flush()
    record("wave.planned", "wave", wave.id, {"code": code})
    return wave


def move_wave(wave_id: uuid.UUID, action: Action) -> Wave:
    """Open, close or reopen a wave. Raises Conflict when its state or its visits forbid it."""
    wave = db.session.scalars(
        sa.select(Wave).where(Wave.id == wave_id).with_for_update()
    ).one_or_none()
    if wave is None:
        raise NotFound
    try:
        state = wave_lifecycle().move(wave.state, action, "head_office")
    except IllegalMove as error:
        raise Conflict from error
    waiting = count_unfinished(wave.id) if action == "close" else 0
    if waiting:
        raise Conflict(
            ngettext(
                "%(num)d visit of this wave is not finished. Publish it or call it off first.",
                "%(num)d visits of this wave are not finished. Publish or call them off first.",
                waiting,
            )
        )
    wave.state = state
    db.session.flush()
    record(f"wave.{action}", "wave", wave.id, {"code": wave.code, "state": state})
    return wave
