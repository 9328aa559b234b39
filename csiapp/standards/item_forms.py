"""Input of steps, sub-steps and key factors; what all forms of items share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from csiapp.core.db import Text2
from csiapp.core.forms import choices_of
from csiapp.core.i18n import tr
from csiapp.standards.content import LANGUAGES
from csiapp.standards.differences import Difference, differences
from csiapp.standards.forms import LONGEST_TEXT, one_line
from csiapp.standards.models import KeyFactor, ServiceStep, SubStep
from csiapp.standards.services import KeyFactorChange, StepChange, SubStepChange
from csiapp.standards.vocabulary import vocabulary

NEW = "new"
"""Prefix of the fields of an item that has no code yet."""
LONGEST_LIST = 4_000
MOST_MOMENTS = 12

_LOST = {
    "zh": _l("The Chinese text cannot be emptied: readers need it."),
    "en": _l("The English text cannot be emptied: readers need it."),
}


def text_field(label: Any) -> TextAreaField:
    """One language of a text that stands on one line."""
    return TextAreaField(
        label,
        filters=[one_line],
        render_kw={"rows": 2},
        validators=[Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters."))],
    )


def lines_field(label: Any) -> TextAreaField:
    """One language of several texts, one on each line."""
    return TextAreaField(
        label,
        filters=[_tidy_lines],
        validators=[Length(max=LONGEST_LIST, message=_l("Use at most 4,000 characters."))],
    )


def checks_field(label: Any) -> SelectMultipleField:
    """Any number of a vocabulary."""
    return SelectMultipleField(
        label, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )


def _tidy_lines(text: str | None) -> str | None:
    if text is None:
        return None
    return "\n".join(one_line(line) for line in text.splitlines()).rstrip("\n")


class ItemForm(FlaskForm):  # type: ignore[misc]
    """The form of one item, or of a new one (`row` None).

    `seen` says which state was shown. After a conflict, :meth:`theirs_name` is the field in which
    the person keeps what somebody else stored meanwhile.
    """

    TEXTS: ClassVar[tuple[str, ...]] = ()
    """Fields in two languages, of which one at least is written."""

    seen = HiddenField()

    def __init__(self, row: Any, seen: str, stored: Mapping[str, Any], **kwargs: Any) -> None:
        self.row = row
        self.stored = stored
        super().__init__(data={**stored, "seen": seen}, prefix=row.code if row else NEW, **kwargs)
        first = self[f"{self.TEXTS[0]}_{LANGUAGES[0]}"]
        first.render_kw = {**first.render_kw, "autofocus": True}

    def offer(self, name: str, choices: Mapping[Any, Any]) -> None:
        """The choices of a field, where the form has it."""
        if name in self:
            self[name].choices = choices_of((code, str(label)) for code, label in choices.items())

    def text(self, name: str) -> Text2:
        """Both languages of a text."""
        return {language: self[f"{name}_{language}"].data or "" for language in LANGUAGES}

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        for name in self.TEXTS:
            good = self._texts_hold(name) and good
        return good

    def _texts_hold(self, name: str) -> bool:
        """One language is written, and none that was there is lost."""
        fields = {language: self[f"{name}_{language}"] for language in LANGUAGES}
        good = True
        if not any(field.data for field in fields.values()):
            _blame(fields["zh"], _("Write this in Chinese or in English."))
            return False
        for language, field in fields.items():
            if not field.data and self.stored.get(f"{name}_{language}"):
                _blame(field, str(_LOST[language]))
                good = False
        return good

    # ------------------------------------------------------------------------------ conflicts

    def theirs_name(self, name: str) -> str:
        """The field that says whose version of another field is kept: "theirs" or "mine"."""
        return f"{self._prefix}theirs-{name}"

    @property
    def asked_name(self) -> str:
        """The hidden fields that name what the person was asked to choose a version of."""
        return f"{self._prefix}asked"

    def chosen(self, name: str) -> str:
        """Whose version the person chose: "theirs", "mine", or "" as long as neither is: a
        preselected one would be stored by whoever only presses save."""
        choice = request.form.get(self.theirs_name(name), "")
        return choice if choice in {"theirs", "mine"} else ""

    def is_decided(self) -> bool:
        """Whether a version is chosen of everything that was asked."""
        return all(self.chosen(name) for name in request.form.getlist(self.asked_name))

    def take_theirs(self) -> None:
        """Put what is stored into the fields for which the person chose it."""
        for name, value in self.stored.items():
            if name in self and self.chosen(name) == "theirs":
                self[name].process(None, value)

    def differences(self) -> list[Difference]:
        """Where the form and what is stored disagree."""
        return differences(self, self.stored)


def _blame(field: Field, message: str) -> None:
    field.errors = [*field.errors, message]


def both(name: str, text: Text2 | None) -> dict[str, str]:
    """A stored text as the two fields of a form."""
    return {f"{name}_{language}": (text or {}).get(language, "") for language in LANGUAGES}


def needed(field: Field, message: str) -> bool:
    """Whether something is chosen; else the field says so."""
    if not field.data:
        _blame(field, message)
    return bool(field.data)


# ---------------------------------------------------------------------------------------- steps


class MomentForm(Form):  # type: ignore[misc]
    code = HiddenField()
    contact_role = SelectField(_l("Who meets the customer"), validate_choice=False)
    text_zh = text_field(_l("Moment in Chinese"))
    text_en = text_field(_l("Moment in English"))


class StepForm(ItemForm):
    TEXTS = ("name", "purpose")

    name_zh = text_field(_l("Name in Chinese"))
    name_en = text_field(_l("Name in English"))
    purpose_zh = text_field(_l("Purpose in Chinese"))
    purpose_en = text_field(_l("Purpose in English"))
    primary_factor = SelectField(_l("Factor"))
    customer_present = BooleanField(_l("The customer is there"))
    moments = FieldList(FormField(MomentForm), max_entries=MOST_MOMENTS)

    def __init__(
        self, row: ServiceStep | None, seen: str, factors: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(row, seen, _step_data(row, factors), **kwargs)
        self.offer("primary_factor", factors)
        roles = choices_of((code, str(tr(name))) for code, name in vocabulary().roles.items())
        for _place in range(len(self.moments), min(len(self.moments) + 1, MOST_MOMENTS)):
            self.moments.append_entry({})
        for entry in self.moments:
            entry.form.contact_role.choices = roles

    def change(self) -> StepChange:
        return StepChange(
            name=self.text("name"),
            purpose=self.text("purpose"),
            primary_factor=self.primary_factor.data,
            customer_present=self.customer_present.data,
            moments=list(self._moments()),
        )

    def _moments(self) -> Iterator[dict[str, Any]]:
        """Emptied in both languages, a moment goes."""
        codes = [entry.form.code.data for entry in self.moments]
        for entry in self.moments:
            text = {lang: entry.form[f"text_{lang}"].data or "" for lang in LANGUAGES}
            if any(text.values()):
                code = entry.form.code.data or next_free("M", codes)
                codes.append(code)
                yield {"code": code, "contact_role": entry.form.contact_role.data, "text": text}


def next_free(letter: str, taken: Iterable[str | None]) -> str:
    """The first of M1, M2, ... that is not taken."""
    known = set(taken)
    number = 1
    while f"{letter}{number}" in known:
        number += 1
    return f"{letter}{number}"


def _step_data(row: ServiceStep | None, factors: Mapping[str, str]) -> dict[str, Any]:
    return {
        **both("name", row.name if row else None),
        **both("purpose", row.purpose if row else None),
        "primary_factor": row.primary_factor if row else next(iter(factors)),
        "customer_present": row.customer_present if row else True,
        "moments": [
            {"code": m["code"], "contact_role": m["contact_role"], **both("text", m["text"])}
            for m in (row.moments if row else [])
        ],
    }


# ------------------------------------------------------------------------------------ sub-steps


class SubStepForm(ItemForm):
    """The four parts of a process (row 3-16) but the work standard, which are its standards."""

    TEXTS = ("name", "operation_steps")

    name_zh = text_field(_l("Name in Chinese"))
    name_en = text_field(_l("Name in English"))
    operation_steps_zh = lines_field(_l("Operation steps in Chinese"))
    operation_steps_en = lines_field(_l("Operation steps in English"))
    executed_by = checks_field(_l("Who executes"))
    management_tools = checks_field(_l("Management tools"))

    def __init__(self, row: SubStep | None, seen: str, **kwargs: Any) -> None:
        super().__init__(row, seen, _sub_step_data(row), **kwargs)
        words = vocabulary()
        self.offer("executed_by", {code: tr(name) for code, name in words.roles.items()})
        self.offer("management_tools", {code: tr(name) for code, name in words.tools.items()})

    def validate(self, extra_validators: Any = None) -> bool:
        held = [
            super().validate(extra_validators),
            needed(self.executed_by, _("Say who does it.")),
            needed(self.management_tools, _("Choose a management tool at least.")),
            self._lines_match(),
        ]
        return all(held)

    def _lines_match(self) -> bool:
        zh, en = (self[f"operation_steps_{language}"] for language in LANGUAGES)
        if not zh.data or not en.data or len(zh.data.split("\n")) == len(en.data.split("\n")):
            return True
        _blame(
            en,
            _(
                "Write as many lines as in Chinese: line by line they are the same step. "
                "Leave a line empty where a translation is missing."
            ),
        )
        return False

    def change(self) -> SubStepChange:
        lines = [
            (self[f"operation_steps_{language}"].data or "").split("\n") for language in LANGUAGES
        ]
        texts = [
            dict(zip(LANGUAGES, pair, strict=True)) for pair in zip_longest(*lines, fillvalue="")
        ]
        return SubStepChange(
            name=self.text("name"),
            operation_steps=[text for text in texts if any(text.values())],
            executed_by=self.executed_by.data,
            management_tools=self.management_tools.data,
        )


def _sub_step_data(row: SubStep | None) -> dict[str, Any]:
    steps = row.operation_steps if row else []
    return {
        **both("name", row.name if row else None),
        **{
            f"operation_steps_{language}": "\n".join(t.get(language, "") for t in steps).rstrip(
                "\n"
            )
            for language in LANGUAGES
        },
        "executed_by": row.executed_by if row else [],
        "management_tools": row.management_tools if row else [],
    }


# ---------------------------------------------------------------------------------- key factors


class KeyFactorForm(ItemForm):
    TEXTS = ("name", "customer_demand")

    name_zh = text_field(_l("Name in Chinese"))
    name_en = text_field(_l("Name in English"))
    customer_demand_zh = text_field(_l("Customer demand in Chinese"))
    customer_demand_en = text_field(_l("Customer demand in English"))
    importance = SelectField(_l("Importance"), coerce=int)
    indicator = SelectField(_l("Linked indicator"))
    is_key = BooleanField(_l("Key factor: it decides whether customers are satisfied"))

    def __init__(
        self, row: KeyFactor | None, seen: str, indicators: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(row, seen, _key_factor_data(row), **kwargs)
        self.offer("importance", {n: n for n in range(1, 6)})
        self.offer("indicator", {"": _("None"), **indicators})

    def change(self) -> KeyFactorChange:
        return KeyFactorChange(
            name=self.text("name"),
            customer_demand=self.text("customer_demand"),
            importance=self.importance.data,
            is_key=self.is_key.data,
            indicator=self.indicator.data or None,
        )


def _key_factor_data(row: KeyFactor | None) -> dict[str, Any]:
    return {
        **both("name", row.name if row else None),
        **both("customer_demand", row.customer_demand if row else None),
        "importance": row.importance if row else 3,
        "indicator": (row.indicator or "") if row else "",
        "is_key": row.is_key if row else False,
    }
