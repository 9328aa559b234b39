"""Questions, verdicts, gaps, quadrants and phases in the words of the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from csiapp.reference import loader
from csiapp.standards.content import Text
from csiapp.studio.coverage import Gap, Question, Verdict
from csiapp.studio.cycle import Phase, Stand
from csiapp.studio.quadrant import Axis, Field


class Look(NamedTuple):
    word: Any
    tone: str
    icon: str


QUESTIONS: dict[Question, Any] = {
    Question.MEASURABLE: _l("Measurable?"),
    Question.TRAINED: _l("Trained?"),
    Question.AUDITED: _l("Audited?"),
    Question.OBSERVABLE: _l("Observable?"),
    Question.MAPPED: _l("Mapped to an indicator?"),
}

VERDICTS: dict[Verdict, Look] = {
    Verdict.YES: Look(_l("Yes"), "ok", "check"),
    Verdict.PARTLY: Look(_l("Partly"), "warn", "alert-triangle"),
    Verdict.NO: Look(_l("No"), "bad", "x"),
}

GAPS: dict[Gap, Any] = {
    Gap.TRAINED_UNAUDITED: _l("Trained, but never audited"),
    Gap.AUDITED_UNTRAINED: _l("Audited, but untrained"),
    Gap.NO_STANDARD: _l("Important, but no standard"),
    Gap.UNOBSERVABLE: _l("Nobody can observe it"),
    Gap.UNMEASURABLE: _l("Not measurable"),
    Gap.UNMAPPED: _l("No indicator"),
}

AXES: dict[Axis, Any] = {
    Axis.COMPLIANCE: _l("Audited compliance"),
    Axis.SATISFACTION: _l("Satisfaction"),
}

PHASES: dict[Phase, Look] = {
    Phase.TRAIN: Look(_l("Train"), "info", "school"),
    Phase.CHECK: Look(_l("Check"), "info", "clipboard-check"),
    Phase.ANNOUNCE: Look(_l("Announce"), "info", "message"),
    Phase.REWARD: Look(_l("Reward"), "info", "star"),
    Phase.REVIEW: Look(_l("Periodic review"), "info", "refresh"),
}

STANDS: dict[Stand, Look] = {
    Stand.DONE: Look(_l("Done"), "ok", "check"),
    Stand.UNDER_WAY: Look(_l("Under way"), "info", "clock"),
    Stand.DUE: Look(_l("Due"), "warn", "alert-triangle"),
    Stand.LATE: Look(_l("Late"), "bad", "alert-triangle"),
    Stand.OPEN: Look(_l("Not yet begun"), "plain", "minus"),
}


class FieldWords(NamedTuple):
    """The name of a quadrant, and what is to be done with what lies in it."""

    number: int
    name: Text
    meaning: Text


@cache
def fields() -> dict[Field, FieldWords]:
    """As the reference data name them."""
    items = loader.satisfaction_formula()["quadrants"]["items"]
    return {
        Field(item["code"]): FieldWords(item["number"], item["name"], item["meaning"])
        for item in items
    }
