"""Input of the form builder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import (
    DataRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
)
from wtforms.widgets import CheckboxInput, ListWidget

from csiapp.audits.builder.growing import Draft, Start
from csiapp.audits.design_wording import ANSWERS, ASKED_WHEN, UNSCORED_ANSWERS
from csiapp.audits.follow_ups import BEFORE_VISIT, in_order
from csiapp.core.db import Text2
from csiapp.core.forms import Choice, choices_of
from csiapp.core.i18n import tr
from csiapp.standards.content import Text, plain_number
from csiapp.standards.forms import LONGEST_TEXT, one_line
from csiapp.standards.vocabulary import vocabulary

STARTS: dict[str, Any] = {
    Start.CRITICAL: _l("Critical items only: a short form"),
    Start.WHOLE: _l("Everything that this observer sees"),
    Start.EMPTY: _l("Empty: choose every standard yourself"),
}
LONGEST_NAME = 80
_ALLOWED: dict[str, bool | None] = {"": None, "yes": True, "no": False}
_ALLOWED_WORDS: dict[bool | None, str] = {value: word for word, value in _ALLOWED.items()}


def _name(label: Any, missing: Any) -> StringField:
    too_long = _l("Use at most 80 characters.")
    return StringField(
        label,
        filters=[one_line],
        validators=[DataRequired(missing), Length(max=LONGEST_NAME, message=too_long)],
    )


def _checks(label: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


def _text(label: Any) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[one_line],
        render_kw={"rows": 3},
        validators=[Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters."))],
    )


def _limit(label: Any) -> StringField:
    message = _l("Type a number such as 10 or 2.5.")
    return StringField(
        label,
        validators=[Optional(), Regexp(r"\d{1,6}(\.\d{1,4})?\Z", message=message)],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    """The name of a form, a section or a scenario."""

    name_zh = _name(_l("Name in Chinese"), _l("Type the Chinese name."))
    name_en = _name(_l("Name in English"), _l("Type the English name."))

    def name(self) -> Text2:
        return {"zh": self.name_zh.data, "en": self.name_en.data}

    def show(self, name: Text) -> None:
        self.name_zh.data, self.name_en.data = name.get("zh", ""), name.get("en", "")


class SectionForm(NameForm):
    """A section's name, and the description that it asks for at its end."""

    prompt_zh = _text(_l("Asked for in Chinese"))
    prompt_en = _text(_l("Asked for in English"))
    min_chars = IntegerField(
        _l("At least so many characters"),
        default=60,
        validators=[Optional(), NumberRange(0, 1000, _l("Type a number from 0 to 1,000."))],
    )

    def show_section(self, section: Mapping[str, Any]) -> None:
        self.show(section["title"])
        narrative = section["narrative"]
        if narrative:
            self.prompt_zh.data = narrative["prompt"].get("zh", "")
            self.prompt_en.data = narrative["prompt"].get("en", "")
            self.min_chars.data = narrative["min_chars"]

    def narrative(self) -> dict[str, Any] | None:
        """None where no language has words."""
        prompt = {"zh": self.prompt_zh.data or "", "en": self.prompt_en.data or ""}
        if not any(prompt.values()):
            return None
        return {"prompt": prompt, "min_chars": self.min_chars.data or 0}


class NewForm(NameForm):
    """A new form: of which set, for whom, and what it begins with."""

    set = SelectField(_l("Standard set"), validators=[DataRequired(_l("Choose a set."))])
    kind = SelectField(_l("Observer"))
    start = RadioField(_l("Begin with"), choices=choices_of(STARTS.items()), default=Start.CRITICAL)

    def __init__(self, sets: Iterable[Choice], kinds: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.set.choices = choices_of(sets)
        self.kind.choices = choices_of(kinds.items())


class SettingsForm(NameForm):
    """The form's name, and which reasons for "not applicable" it offers."""

    reasons = _checks(_l("Reasons for “not applicable”"))

    def __init__(self, offered: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reasons.choices = choices_of((r["code"], tr(r["name"])) for r in offered)


class ScenarioForm(NameForm):
    excluded = _checks(_l("Sections that it leaves out"))

    def __init__(self, sections: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.excluded.choices = choices_of(
            (section["code"], f"{section['code']} · {tr(section['title'])}") for section in sections
        )

    def show_item(self, scenario: Mapping[str, Any]) -> None:
        self.show(scenario["name"])
        self.excluded.data = list(scenario["sections_excluded"])

    def wanted(self) -> dict[str, Any]:
        """The arguments of ``changes.set_scenario``."""
        return {"name": self.name(), "excluded": self.excluded.data}


class AskedForm(FlaskForm):  # type: ignore[misc]
    """The words of a question, and its condition."""

    text_zh = _text(_l("Question in Chinese"))
    text_en = _text(_l("Question in English"))
    field = SelectField(_l("Ask only after"), default="")
    any_of = _checks(_l("If the answer is one of"))
    option = StringField(
        _l("or one of these options (codes, with commas)"),
        validators=[Length(max=200), Regexp(r"[\w, -]*\Z", message=_l("Type codes of options."))],
    )
    at_least = _limit(_l("or a number of at least"))
    at_most = _limit(_l("and at most"))

    def __init__(self, draft: Draft, code: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.field.choices = choices_of(_others(draft, code), first=_l("Always"))
        self.any_of.choices = choices_of(ANSWERS.items())

    def show_asked(self, question: Mapping[str, Any]) -> None:
        """The question as it is now."""
        shown_if = question.get("shown_if", {})
        answers = shown_if.get("any_of", [])
        self.text_zh.data, self.text_en.data = (question["text"].get(c, "") for c in ("zh", "en"))
        self.field.data = shown_if.get("field", "")
        self.any_of.data = [answer for answer in answers if answer in ANSWERS]
        self.option.data = ", ".join(answer for answer in answers if answer not in ANSWERS)
        self.at_least.data = str(shown_if.get("at_least", ""))
        self.at_most.data = str(shown_if.get("at_most", ""))

    def asked(self) -> dict[str, Any]:
        """The arguments of every change of a question."""
        text = {"zh": self.text_zh.data or "", "en": self.text_en.data or ""}
        return {"text": text, "shown_if": self._condition()}

    def _condition(self) -> dict[str, Any] | None:
        if not self.field.data:
            return None
        codes = [code.strip() for code in (self.option.data or "").split(",")]
        answers = [*(self.any_of.data or []), *(code for code in codes if code)]
        found: dict[str, Any] = {"field": self.field.data}
        if answers:
            found["any_of"] = answers
        for name in ("at_least", "at_most"):
            if self[name].data:
                found[name] = plain_number(Decimal(self[name].data))
        return found


class UnscoredForm(AskedForm):
    """A question without points."""

    when = SelectField(_l("Asked"), choices=choices_of(ASKED_WHEN.items()), default="after_visit")
    answer_type = SelectField(
        _l("Answered by"), choices=choices_of(UNSCORED_ANSWERS.items()), default="text"
    )

    def validate_field(self, field: SelectField) -> None:
        if field.data and self.when.data == BEFORE_VISIT:
            raise ValidationError(_("Before the visit everything is asked."))

    def show_item(self, question: Mapping[str, Any]) -> None:
        self.show_asked(question)
        self.when.data, self.answer_type.data = question["when"], question["answer_type"]

    def wanted(self) -> dict[str, Any]:
        """The arguments of ``changes.set_unscored``."""
        return {**self.asked(), "when": self.when.data, "answer_type": self.answer_type.data}


class QuestionForm(AskedForm):
    """One scored question: its words, its place, what differs from its standard, its condition."""

    section = SelectField(_l("Section"))
    na_allowed = SelectField(_l("Not applicable"), default="")
    evidence = SelectField(_l("Evidence"), default="")

    def __init__(self, draft: Draft, question: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(draft, question["code"], **kwargs)
        self.section.choices = choices_of(
            (s["code"], f"{s['code']} · {tr(s['title'])}") for s in draft["sections"]
        )
        self.na_allowed.choices = choices_of(
            [("yes", _l("Allowed")), ("no", _l("Not permitted"))], first=_l("As the standard says")
        )
        evidence = ((code, tr(name)) for code, name in vocabulary().evidence.items())
        self.evidence.choices = choices_of(evidence, first=_l("As the standard says"))

    def show(self, section: str, question: Mapping[str, Any]) -> None:
        self.show_asked(question)
        self.section.data = section
        self.na_allowed.data = _ALLOWED_WORDS[question.get("na_allowed")]
        self.evidence.data = question.get("evidence", "")

    def wanted(self) -> dict[str, Any]:
        """The arguments of ``changes.change_question``."""
        return {
            **self.asked(),
            "section": self.section.data,
            "na_allowed": _ALLOWED[self.na_allowed.data],
            "evidence": self.evidence.data or None,
        }


def _others(draft: Draft, code: str) -> list[Choice]:
    """Every other question, those that stand later too: the checks say what is wrong with one."""
    questions = in_order(draft["sections"], draft["unscored"])
    return [
        (other["code"], f"{other['code']} · {tr(other['text'])}"[:90])
        for other in questions
        if other["code"] != code
    ]
