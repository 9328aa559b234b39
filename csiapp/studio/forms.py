"""Input of the studio: filters from the address, notes and dates of the cycle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, Form, HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from csiapp.core.forms import Choice, choices_of, stripped
from csiapp.studio.coverage import Filter, Gap, Question
from csiapp.studio.wording import GAPS, PHASES, QUESTIONS

LONGEST_NOTE = 500


class CoverageFilterForm(Form):  # type: ignore[misc]
    """Which standards are shown. What is not offered filters nothing."""

    step = SelectField(_l("Service step"), validators=[Optional()])
    question = SelectField(_l("Question"), validators=[Optional()])
    gap = SelectField(_l("List of gaps"), validators=[Optional()])
    gaps = BooleanField(_l("Only gaps"), false_values=("", "0"))
    key = BooleanField(_l("Only key factors"), false_values=("", "0"))
    draft = HiddenField()

    def __init__(self, *args: object, steps: Iterable[Choice]) -> None:
        super().__init__(*args)
        self.step.choices = choices_of(steps, first=_l("All steps"))
        self.question.choices = choices_of(QUESTIONS.items(), first=_l("All questions"))
        self.gap.choices = choices_of(
            ((gap, word) for gap, word in GAPS.items() if gap is not NONE_YET),
            first=_l("All standards"),
        )

    def wanted(self) -> Filter:
        self.validate()
        chosen = {
            name: None if name in self.errors else field.data or None
            for name, field in self._fields.items()
        }
        return Filter(
            step=chosen["step"] or "",
            question=Question(chosen["question"]) if chosen["question"] else None,
            gap=Gap(chosen["gap"]) if chosen["gap"] else None,
            gaps=bool(chosen["gaps"]),
            key=bool(chosen["key"]),
        )


NONE_YET = Gap.NO_STANDARD
"""Not a list of standards: shown by itself."""


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What was done in one phase of the cycle, and when."""

    phase = SelectField(
        _l("Phase"),
        choices=choices_of((phase, look.word) for phase, look in PHASES.items()),
    )
    on = DateField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    note = TextAreaField(
        _l("Note"),
        validators=[
            DataRequired(_l("Say what was done.")),
            Length(max=LONGEST_NOTE, message=_l("Use at most 500 characters.")),
        ],
        filters=[stripped],
        render_kw={"rows": 2, "maxlength": LONGEST_NOTE},
    )

    def __init__(self, *args: object, today: dt.date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_on(self, field: Field) -> None:
        if field.data and field.data > self._today:
            raise ValidationError(_l("This day is still to come. Note it once it is done."))


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """The day of the next review; empty for none."""

    review_on = DateField(_l("Next review"), validators=[Optional()])

    def __init__(self, *args: object, today: dt.date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def validate_review_on(self, field: Field) -> None:
        if field.data and field.data < self._today:
            raise ValidationError(_l("This day is over. Choose a day to come."))
