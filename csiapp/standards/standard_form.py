"""Input of one standard: wording, how it is measured, what it weighs, who can see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation, ValidationError

from csiapp.core.i18n import tr
from csiapp.standards.content import LANGUAGES, NUMERIC_TYPES, plain_number
from csiapp.standards.item_forms import ItemForm, both, checks_field, needed, next_free, text_field
from csiapp.standards.levels import is_local
from csiapp.standards.models import Standard
from csiapp.standards.services import StandardChange
from csiapp.standards.services.editing import LOCKED_FIELDS
from csiapp.standards.units import COUNTED, DURATIONS
from csiapp.standards.vocabulary import course_titles, vocabulary
from csiapp.standards.wording import MEASURE_NAMES, OPERATOR_NAMES, unit_name

LARGEST_NUMBER = 1_000_000
MOST_DECIMALS = 3
MOST_OPTIONS = 10
FEWEST_OPTION_ROWS = 3

LOCKED_INPUTS = (*LOCKED_FIELDS, "good_answer")
"""Fields that the form of a locked standard has not."""


class Measured:
    """The field belongs to these types of measure; for others whatever it holds is passed over."""

    def __init__(self, *types: str) -> None:
        self.types = types

    def __call__(self, form: StandardForm, field: Field) -> None:
        if form.measured_as not in self.types:
            field.errors[:] = []
            raise StopValidation


def _few_decimals(_form: object, field: Field) -> None:
    if field.data is not None and field.data.as_tuple().exponent < -MOST_DECIMALS:
        raise ValidationError(_("Use at most three decimals."))


class NumberField(DecimalField):  # type: ignore[misc]
    """A decimal that has a size: what is no number, or has no end, cannot be compared."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))


def _number_field(label: Any, missing: Any, *types: str) -> NumberField:
    return NumberField(
        label,
        places=None,
        validators=[
            Measured(*types),
            InputRequired(missing),
            NumberRange(0, LARGEST_NUMBER, _l("Type a number from 0 to 1,000,000.")),
            _few_decimals,
        ],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )


class OptionForm(Form):  # type: ignore[misc]
    """One answer of a choice. Emptied in both languages, it goes."""

    code = HiddenField()
    label_zh = text_field(_l("Answer in Chinese"))
    label_en = text_field(_l("Answer in English"))
    score = NumberField(
        _l("Score, 0 to 1"),
        places=None,
        validators=[Optional()],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )

    @property
    def label(self) -> dict[str, str]:
        return {language: self[f"label_{language}"].data or "" for language in LANGUAGES}


class StandardForm(ItemForm):
    """All fields of a standard; of a locked one only what the network leaves to the dealership.
    A local one is never critical: that would cap the network's index."""

    TEXTS = ("statement",)

    statement_zh = text_field(_l("Standard in Chinese"))
    statement_en = text_field(_l("Standard in English"))
    kind = SelectField(_l("Kind"))
    measure_type = SelectField(_l("Measured by"))
    operator = SelectField(_l("Compare"), validators=[Measured(*NUMERIC_TYPES)])
    target = _number_field(_l("Target"), _l("Type the target."), "rating", *NUMERIC_TYPES)
    good_answer = SelectField(_l("Right answer"), validators=[Measured("yes_no")])
    unit = SelectField(_l("Unit"), validators=[Measured("count", "duration")])
    tolerance = _number_field(
        _l("Tolerance"), _l("Type the tolerance, 0 for none."), *NUMERIC_TYPES
    )
    options = FieldList(FormField(OptionForm), label=_l("Answers"), max_entries=MOST_OPTIONS)
    importance = SelectField(_l("Importance"), coerce=int)
    critical = BooleanField(_l("Critical: when it fails, the whole index is capped"))
    na_allowed = BooleanField(_l("It may not apply at a visit"))
    evidence = SelectField(_l("Evidence"))
    observed_by = checks_field(_l("Who can observe it"))
    courses = checks_field(_l("Courses that teach it"))

    def __init__(self, row: Standard | None, seen: str, **kwargs: Any) -> None:
        super().__init__(row, seen, _data_of(row), **kwargs)
        if row is not None and row.locked:
            for name in LOCKED_INPUTS:
                del self[name]
        elif row is None or is_local(row.code) or row.local:
            del self.critical
        self._offer_choices()
        if "options" in self:
            rows = max(FEWEST_OPTION_ROWS, min(len(self.options) + 1, MOST_OPTIONS))
            for _place in range(len(self.options), rows):
                self.options.append_entry({})

    @property
    def measured_as(self) -> str:
        """The type of the measure as it is typed; a locked standard's as it is stored."""
        return str(self.measure_type.data if self.measure_type else self.row.measure_type)

    def _offer_choices(self) -> None:
        words = vocabulary()
        own = [self.row.unit] if self.row and self.row.unit else []
        units = [*DURATIONS, *COUNTED]
        named = dict.fromkeys([*units, *(unit for unit in own if unit != "percent")])
        self.offer("kind", {code: tr(name) for code, name in words.kinds.items()})
        self.offer("measure_type", MEASURE_NAMES)
        self.offer("operator", OPERATOR_NAMES)
        self.offer("good_answer", {"1": _("Yes"), "0": _("No")})
        self.offer("unit", {unit: unit_name(unit) for unit in named})
        self.offer("importance", {n: n for n in range(1, 6)})
        self.offer("evidence", {code: tr(name) for code, name in words.evidence.items()})
        self.offer("observed_by", {code: tr(name) for code, name in words.observers.items()})
        self.offer("courses", _course_choices(self.stored["courses"]))

    # --------------------------------------------------------------------------------- checking

    def validate_target(self, field: Field) -> None:
        limit = {"rating": 10, "percentage": 100}.get(self.measured_as)
        if limit is not None and field.data is not None and field.data > limit:
            raise ValidationError(_("The target is at most %(limit)s here.", limit=limit))

    def validate_unit(self, field: Field) -> None:
        fits = {"duration": DURATIONS, "count": COUNTED}.get(self.measured_as)
        if fits and field.data not in fits and field.data != self.stored["unit"]:
            raise ValidationError(_("This unit does not fit how it is measured."))

    def validate_options(self, field: Field) -> None:
        if self.measured_as != "choice":
            return
        problem = self._problem_of(list(self._written()))
        if problem:
            raise ValidationError(problem)

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if "observed_by" in self:
            seen = needed(self.observed_by, _("Say who can observe it."))
            return seen and good
        return good

    def _problem_of(self, entries: list[OptionForm]) -> str:
        if len(entries) < 2:
            return str(_("Write at least two answers."))
        scores = [entry.score.data for entry in entries]
        if any(score is None or not 0 <= score <= 1 for score in scores):
            return str(_("Give each answer a score from 0 to 1."))
        if max(scores) != 1 or min(scores) != 0:
            return str(_("One answer scores 1, and one scores 0."))
        before = {option["code"]: option for option in self.stored["options"]}
        for entry in entries:
            stored = before.get(entry.code.data, {})
            if any(stored.get(f"label_{lang}") and not entry.label[lang] for lang in LANGUAGES):
                return str(_("No answer may lose a language: readers need it."))
        return ""

    def _written(self) -> Iterator[OptionForm]:
        """The answers with a text."""
        for entry in self.options:
            if any(entry.form.label.values()):
                yield entry.form

    # --------------------------------------------------------------------------------- the change

    def change(self) -> StandardChange:
        """What to save. Fields that are not there keep what the standard has."""
        row, kind = self.row, self.measured_as
        kept: dict[str, Any] = {
            name: self[name].data if name in self else getattr(row, name, None)
            for name in ("kind", "importance", "na_allowed", "evidence", "observed_by", "courses")
        }
        measure = self._measure(kind) if "measure_type" in self else _measure_of(row)
        critical = self["critical"].data if "critical" in self else bool(row and row.critical)
        return StandardChange(
            statement=self.text("statement"),
            measure_type=kind,
            critical=critical,
            **measure,
            **kept,
        )

    def _measure(self, kind: str) -> dict[str, Any]:
        numeric = kind in NUMERIC_TYPES
        unit = "percent" if kind == "percentage" else self.unit.data
        target = self.target.data if numeric or kind == "rating" else None
        return {
            "operator": self.operator.data if numeric else None,
            "target": Decimal(self.good_answer.data) if kind == "yes_no" else target,
            "tolerance": self.tolerance.data if numeric else None,
            "unit": unit if numeric else None,
            "options": list(self._options()) if kind == "choice" else [],
        }

    def _options(self) -> Iterator[dict[str, Any]]:
        codes = [entry.form.code.data for entry in self.options]
        for entry in self._written():
            code = entry.code.data or next_free("A", codes)
            codes.append(code)
            yield {"code": code, "label": entry.label, "score": plain_number(entry.score.data)}


def _measure_of(row: Standard) -> dict[str, Any]:
    names = ("operator", "target", "tolerance", "unit", "options")
    return {name: getattr(row, name) for name in names}


def _data_of(row: Standard | None) -> dict[str, Any]:
    if row is None:
        return {**_BLANK, **both("statement", None)}
    return {
        **both("statement", row.statement),
        "kind": row.kind,
        "measure_type": row.measure_type,
        "operator": row.operator,
        "target": row.target if row.measure_type not in ("yes_no", "choice") else None,
        "good_answer": "0" if row.measure_type == "yes_no" and row.target == 0 else "1",
        "unit": row.unit,
        "tolerance": row.tolerance if row.measure_type in NUMERIC_TYPES else None,
        "options": [
            {"code": o["code"], "score": Decimal(o["score"]), **both("label", o["label"])}
            for o in row.options
        ],
        "importance": row.importance,
        "critical": row.critical,
        "na_allowed": row.na_allowed,
        "evidence": row.evidence,
        "observed_by": row.observed_by,
        "courses": row.courses,
    }


_BLANK: dict[str, Any] = {
    "kind": "process",
    "measure_type": "yes_no",
    "operator": "<=",
    "target": None,
    "good_answer": "1",
    "unit": "minute",
    "tolerance": None,
    "options": [],
    "importance": 3,
    "na_allowed": False,
    "evidence": "none",
    "observed_by": ["visit"],
    "courses": [],
}


def _course_choices(chosen: Collection[str]) -> dict[str, str]:
    """The courses that the standard names, then the network's others."""
    titles = course_titles()
    codes = [*chosen, *(code for code in titles if code not in chosen)]
    return {code: f"{code} {tr(titles.get(code))}".rstrip() for code in codes}
