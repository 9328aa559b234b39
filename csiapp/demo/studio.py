"""What a manager did with the standards: key factors of their own choice, and a cycle under way."""

from __future__ import annotations

import datetime as dt
import uuid

from csiapp.standards.queries import sets
from csiapp.standards.services import mark_key_factor
from csiapp.studio.cycle import Phase
from csiapp.studio.services import note, plan_review

NOT_KEY = ("KF0204", "KF0503", "KF0701", "KF0702")
"""Two that matter much and two that matter less: the quadrant says which to mark."""

NOTES = (
    (Phase.TRAIN, 200, "演示：全员学习新标准。Demo: everybody was taught the standards."),
    (Phase.ANNOUNCE, 150, "演示：晨会公布第一波结果。Demo: results of wave 1 told to everybody."),
    (Phase.REWARD, 148, "演示：奖励接待最好的顾问。Demo: a bonus for the best reception."),
)
"""Phase, days ago, what was done."""

REVIEW_IN_DAYS = 10


def choose_key_factors(set_id: uuid.UUID) -> None:
    """Call before the first version is published."""
    for code in NOT_KEY:
        mark_key_factor(set_id, code, is_key=False)


def build_cycle(today: dt.date) -> None:
    """Notes of the past, and a review that comes soon, for the dealership in force."""
    (owner,) = sets()
    for phase, days_ago, text in NOTES:
        note(owner, phase, today - dt.timedelta(days=days_ago), text, today)
    plan_review(owner, today + dt.timedelta(days=REVIEW_IN_DAYS), today)
