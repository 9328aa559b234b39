"""A second version at one dealership, and a newer edition of the network's standards."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from csiapp.core.extensions import db
from csiapp.reference.loader import service_process, standards_template
from csiapp.standards.content import StandardsContent, from_template, standards_in
from csiapp.standards.installation import install_master
from csiapp.standards.queries import find_standard
from csiapp.standards.services import publish, start_draft
from csiapp.standards.services.publishing import Terms

CALLS = "ST020101"
"""The booking call: the dealership asks for more, the newer edition for less."""

DRINKS, EXIT = "ST070102", "ST120203"
DAYS_TO_LEARN, DAYS_TO_SCORE = 21, 28
REASON = "演示：预约电话接听更快。Demo: booking calls are answered sooner."


def build_second_version(set_id: uuid.UUID, today: dt.date) -> uuid.UUID:
    """Version 2: one target tighter, to be learned; one wording better. The version's id."""
    draft = start_draft(set_id)
    calls = find_standard(draft.id, CALLS).standard
    calls.target = Decimal(2)
    calls.statement = {
        "zh": "预约来电在铃响2声内接听",
        "en": "The booking call is answered within 2 rings",
    }
    way_out = find_standard(draft.id, EXIT).standard
    way_out.statement = {
        "zh": "出口通畅，客户离店时不需任何人挪车",
        "en": "The way out is free: nobody has to move a car for a customer to leave",
    }
    draft.edit += 1
    db.session.flush()
    terms = Terms(
        decisions={
            CALLS: {"class": "target", "training": "retrain"},
            EXIT: {"class": "same", "training": "brief"},
        },
        train_by=today + dt.timedelta(days=DAYS_TO_LEARN),
        enforce_from=today + dt.timedelta(days=DAYS_TO_SCORE),
    )
    return publish(set_id, REASON, draft.edit, terms).id


def install_newer_edition() -> None:
    """Edition 2 of the network's standards, for dealerships to bring into theirs."""
    install_master(newer_edition())


def newer_edition() -> StandardsContent:
    content = from_template(standards_template(), service_process())
    found = {placed.standard["code"]: placed.standard for placed in standards_in(content)}
    found[CALLS]["measure"]["target"] = 4
    found[CALLS]["statement"] = {
        "zh": "预约来电在铃响4声内接听",
        "en": "The booking call is answered within 4 rings",
    }
    found[DRINKS]["measure"]["target"] = 2
    found[DRINKS]["statement"] = {
        "zh": "落座后2分钟内主动提供饮品",
        "en": "A drink is offered within 2 minutes of sitting down",
    }
    return content
