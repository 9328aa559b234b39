"""Input of a publication: why, when, and what is decided about each change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from csiapp.core.forms import stripped
from csiapp.standards.comparison import CLASS_NAMES, TRAINING_NAMES
from csiapp.standards.decisions import (
    TRAINING,
    Decision,
    needs_decision,
    possible_classes,
    proposed,
)
from csiapp.standards.forms import LONGEST_TEXT
from csiapp.standards.models import StandardVersion
from csiapp.standards.observed import SCORED_ANEW
from csiapp.standards.services.publishing import Terms
from csiapp.standards.versioning import Change

TIME_TO_LEARN = dt.timedelta(days=21)
THEN_SCORED_AFTER = dt.timedelta(days=7)


class PublishForm(FlaskForm):  # type: ignore[misc]
    edit = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(
        _l("Why is this version published?"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Say why this version is published.")),
            Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters.")),
        ],
    )
    publish_on = DateField(_l("In force from"), validators=[Optional()])
    train_by = DateField(_l("Train by"), validators=[Optional()])
    enforce_from = DateField(_l("Scored from"), validators=[Optional()])

    def terms(self, given: Mapping[str, str]) -> Terms:
        """With the choices of the changes, `class-CODE` and `training-CODE`, out of `given`."""
        decisions: dict[str, dict[str, str]] = {}
        for name, value in given.items():
            what, _dash, code = name.partition("-")
            if what in {"class", "training"} and code:
                decisions.setdefault(code, {})[what] = value
        return Terms(
            decisions=decisions,
            publish_on=self.publish_on.data,
            train_by=self.train_by.data,
            enforce_from=self.enforce_from.data,
        )

    def propose(
        self, draft: StandardVersion, asked: Mapping[str, DecisionInput], today: dt.date
    ) -> None:
        """What the page begins with: what was set before, else three weeks to learn and another
        before anything counts, where there is something to learn."""
        decisions = [found.decision for found in asked.values()]
        teach = any(decision.training == "retrain" for decision in decisions)
        anew = any(decision.kind in SCORED_ANEW for decision in decisions)
        learned = today + TIME_TO_LEARN
        self.edit.data = draft.edit
        self.reason.data = draft.reason
        self.publish_on.data = today
        self.train_by.data = draft.train_by or (learned if teach else None)
        self.enforce_from.data = draft.enforce_from or (
            learned + THEN_SCORED_AFTER if anew else None
        )


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """The two choices of one change: (value, label) each, and what is chosen."""

    decision: Decision
    classes: tuple[tuple[str, str], ...]
    trainings: tuple[tuple[str, str], ...]


def decision_inputs(
    changes: Iterable[Change], chosen: Mapping[str, Mapping[str, str]]
) -> dict[str, DecisionInput]:
    """Item code -> its choices, for every change that needs a decision."""
    trainings = tuple((name, str(TRAINING_NAMES[name])) for name in TRAINING)
    found: dict[str, DecisionInput] = {}
    for change in changes:
        if not needs_decision(change):
            continue
        own, first, kinds = chosen.get(change.code, {}), proposed(change), possible_classes(change)
        found[change.code] = DecisionInput(
            Decision(
                next((kind for kind in kinds if kind == own.get("class")), first.kind),
                next((name for name in TRAINING if name == own.get("training")), first.training),
            ),
            tuple((kind, str(CLASS_NAMES[kind])) for kind in kinds),
            trainings,
        )
    return found
