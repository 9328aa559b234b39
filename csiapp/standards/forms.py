"""Input of the standards editor."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from csiapp.core.i18n import tr
from csiapp.standards.models import Standard
from csiapp.standards.services import StandardChange
from csiapp.standards.units import COUNTED, DURATIONS
from csiapp.standards.vocabulary import course_titles, vocabulary
from csiapp.standards.wording import OPERATOR_NAMES, unit_name

LONGEST_TEXT = 500
LARGEST_NUMBER = 1_000_000
MOST_DECIMALS = 3
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def one_line(text: str | None) -> str | None:
    """Without line breaks, control characters and doubled spaces."""
    return None if text is None else " ".join(_CONTROLS.sub(" ", text).split())


def _few_decimals(_form: object, field: Field) -> None:
    exponent = field.data.as_tuple().exponent if field.data is not None else 0
    if not isinstance(exponent, int) or exponent < -MOST_DECIMALS:
        raise ValidationError(_("Use at most three decimals."))


def _number_rules(missing: Any) -> list[Any]:
    return [
        InputRequired(missing),
        NumberRange(0, LARGEST_NUMBER, _l("Type a number from 0 to 1,000,000.")),
        _few_decimals,
    ]


class StandardForm(FlaskForm):  # type: ignore[misc]
    """One standard. Which number fields there are follows from how it is measured; of a locked
    standard only wording, evidence and courses."""

    seen = HiddenField()
    statement_zh = TextAreaField(
        _l("Standard in Chinese"),
        filters=[one_line],
        render_kw={"autofocus": True},
        validators=[Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters."))],
    )
    statement_en = TextAreaField(
        _l("Standard in English"),
        filters=[one_line],
        validators=[Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters."))],
    )
    operator = SelectField(_l("Compare"))
    target = DecimalField(
        _l("Target"),
        places=None,
        validators=_number_rules(_l("Type the target.")),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    good_answer = SelectField(_l("Right answer"))
    unit = SelectField(_l("Unit"))
    tolerance = DecimalField(
        _l("Tolerance"),
        places=None,
        validators=_number_rules(_l("Type the tolerance, 0 for none.")),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    importance = SelectField(_l("Importance"), coerce=int)
    critical = BooleanField(_l("Critical: when it fails, the whole index is capped"))
    evidence = SelectField(_l("Evidence"))
    courses = SelectMultipleField(
        _l("Courses that teach it"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=True,
    )

    def __init__(self, row: Standard, seen: str, **kwargs: Any) -> None:
        super().__init__(data=_data_of(row, seen), prefix=row.code, **kwargs)
        self._row = row
        for name in ("operator", "target", "good_answer", "unit", "tolerance"):
            if name not in _measured_by(row):
                del self[name]
        if row.locked:
            del self.importance, self.critical
        self._offer_choices()

    def _offer_choices(self) -> None:
        row, words = self._row, vocabulary()
        offers: dict[str, list[tuple[Any, Any]]] = {
            "operator": list(OPERATOR_NAMES.items()),
            "good_answer": [("1", _("Yes")), ("0", _("No"))],
            "unit": [(unit, unit_name(unit)) for unit in units_for(row)],
            "importance": [(n, str(n)) for n in range(1, 6)],
            "evidence": [(code, tr(name)) for code, name in words.evidence.items()],
            "courses": list(_course_choices(row.courses).items()),
        }
        for name, choices in offers.items():
            if name in self:
                self[name].choices = [SelectChoice(value, str(label)) for value, label in choices]

    def validate_statement_zh(self, field: Field) -> None:
        if not field.data and not self.statement_en.data:
            raise ValidationError(_("Write the standard in Chinese or in English."))
        self._refuse_loss(field, "zh", _("The Chinese text cannot be emptied: readers need it."))

    def validate_statement_en(self, field: Field) -> None:
        self._refuse_loss(field, "en", _("The English text cannot be emptied: readers need it."))

    def _refuse_loss(self, field: Field, language: str, message: str) -> None:
        if not field.data and self._row.statement.get(language):
            raise ValidationError(message)

    def validate_target(self, field: Field) -> None:
        limit = {"rating": 10, "percentage": 100}.get(self._row.measure_type)
        if limit is not None and field.data is not None and field.data > limit:
            raise ValidationError(_("The target is at most %(limit)s here.", limit=limit))

    def change(self) -> StandardChange:
        """What to save. Fields that are not there keep what the standard has."""
        row = self._row
        target = row.target
        if "target" in self:
            target = self.target.data
        elif "good_answer" in self:
            target = Decimal(self.good_answer.data)
        return StandardChange(
            statement={"zh": self.statement_zh.data or "", "en": self.statement_en.data or ""},
            operator=self._kept("operator", row.operator),
            target=target,
            tolerance=self._kept("tolerance", row.tolerance),
            unit=self._kept("unit", row.unit),
            importance=self._kept("importance", row.importance),
            critical=self._kept("critical", row.critical),
            evidence=self.evidence.data,
            courses=list(self.courses.data or []),
        )

    def _kept(self, name: str, stored: Any) -> Any:
        return self[name].data if name in self else stored


class PublishForm(FlaskForm):  # type: ignore[misc]
    edit = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(
        _l("Why is this version published?"),
        filters=[lambda text: text.strip() if text else text],
        validators=[
            DataRequired(_l("Say why this version is published.")),
            Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters.")),
        ],
    )


def units_for(row: Standard) -> list[str]:
    """The units that a standard's number may have; always the one that it has."""
    offered: Collection[str] = {
        "duration": DURATIONS,
        "percentage": ("percent",),
        "count": COUNTED,
    }.get(row.measure_type, ())
    own = [row.unit] if row.unit and row.unit not in offered else []
    return [*own, *offered]


def _measured_by(row: Standard) -> set[str]:
    """The fields of the measure that may be edited."""
    if row.locked:
        return set()
    numeric = {"operator", "target", "unit", "tolerance"}
    fields = {"yes_no": {"good_answer"}, "rating": {"target"}, "choice": set[str]()}
    return fields.get(row.measure_type, numeric)


def _data_of(row: Standard, seen: str) -> dict[str, Any]:
    return {
        "seen": seen,
        "statement_zh": row.statement.get("zh", ""),
        "statement_en": row.statement.get("en", ""),
        "operator": row.operator,
        "target": row.target,
        "good_answer": "1" if row.target is None or row.target else "0",
        "unit": row.unit,
        "tolerance": row.tolerance,
        "importance": row.importance,
        "critical": row.critical,
        "evidence": row.evidence,
        "courses": row.courses,
    }


def _course_choices(chosen: Collection[str]) -> dict[str, str]:
    """The courses that the standard names, then the network's others."""
    titles = course_titles()
    codes = [*chosen, *(code for code in titles if code not in chosen)]
    return {code: f"{code} {tr(titles.get(code))}".rstrip() for code in codes}
