"""Answers, targets and kinds of standard in words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import Any, Protocol

from csiapp.audits.exact import exact
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.standards.content import Text


class Translator(Hashable, Protocol):
    """What ``gettext`` and Babel call translations."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, singular: str, plural: str, number: int, /) -> str: ...


_UNITS: Mapping[str, Callable[[Translator, int], str]] = {
    "amenities": lambda t, n: t.ngettext("%(num)s amenity", "%(num)s amenities", n),
    "change": lambda t, n: t.ngettext("%(num)s change", "%(num)s changes", n),
    "channel": lambda t, n: t.ngettext("%(num)s channel", "%(num)s channels", n),
    "day": lambda t, n: t.ngettext("%(num)s day", "%(num)s days", n),
    "detail": lambda t, n: t.ngettext("%(num)s detail", "%(num)s details", n),
    "element": lambda t, n: t.ngettext("%(num)s element", "%(num)s elements", n),
    "hour": lambda t, n: t.ngettext("%(num)s hour", "%(num)s hours", n),
    "kind": lambda t, n: t.ngettext("%(num)s kind", "%(num)s kinds", n),
    "minute": lambda t, n: t.ngettext("%(num)s minute", "%(num)s minutes", n),
    "piece": lambda t, n: t.ngettext("%(num)s piece", "%(num)s pieces", n),
    "point": lambda t, n: t.ngettext("%(num)s point", "%(num)s points", n),
    "question": lambda t, n: t.ngettext("%(num)s question", "%(num)s questions", n),
    "reminder": lambda t, n: t.ngettext("%(num)s reminder", "%(num)s reminders", n),
    "report": lambda t, n: t.ngettext("%(num)s report", "%(num)s reports", n),
    "ring": lambda t, n: t.ngettext("%(num)s ring", "%(num)s rings", n),
    "second": lambda t, n: t.ngettext("%(num)s second", "%(num)s seconds", n),
    "sign": lambda t, n: t.ngettext("%(num)s sign", "%(num)s signs", n),
    "signature": lambda t, n: t.ngettext("%(num)s signature", "%(num)s signatures", n),
    "slot": lambda t, n: t.ngettext("%(num)s slot", "%(num)s slots", n),
    "violation": lambda t, n: t.ngettext("%(num)s violation", "%(num)s violations", n),
    "working_day": lambda t, n: t.ngettext("%(num)s working day", "%(num)s working days", n),
}


def resolved(text: Text, language: str) -> str:
    """The text in this language, or in the other one where this is missing."""
    return text.get(language) or next((other for other in text.values() if other), "")


def answer_words(
    question: FormQuestion, answer: Mapping[str, Any], language: str, translate: Translator
) -> str:
    """An answer that counts (``value`` or ``never``) as it is read aloud."""
    if "never" in answer:
        return translate.gettext("Never happened")
    value = answer["value"]
    match question["scoring"]["method"]:
        case "boolean":
            return _yes_no(value, translate)
        case "rating":
            return f"{value} / {question['scoring']['scale_max']}"
        case "choice":
            options = {option["code"]: option["label"] for option in question["options"]}
            return resolved(options[value], language)
        case _:
            return _measured(value, question, translate)


def target_words(question: FormQuestion, language: str, translate: Translator) -> str:
    """What an answer needs for the standard to be met."""
    scoring = question["scoring"]
    match scoring["method"]:
        case "boolean":
            return _yes_no(scoring["good_answer"], translate)
        case "rating":
            return f"≥ {scoring['met_at']} / {scoring['scale_max']}"
        case "choice":
            best = [o["label"] for o in question["options"] if exact(o["score"]) == 1]
            return resolved(best[0], language) if best else ""
        case _:
            sign = "≤" if scoring["op"] == "<=" else "≥"
            return f"{sign} {_measured(scoring['full_at'], question, translate)}"


def reason_words(form: FormContent, answer: Mapping[str, Any] | None, language: str) -> str:
    """Why a question did not apply; empty where the scenario left it out."""
    names = {reason["code"]: reason["name"] for reason in form["na_reasons"]}
    code = (answer or {}).get("na")
    return resolved(names[code], language) if code in names else ""


def kind_words(translate: Translator) -> dict[str, str]:
    """Kind of standard to its name, in the order of the report."""
    return {
        "product": translate.gettext("Product quality"),
        "process": translate.gettext("Process speed"),
        "personal": translate.gettext("Personal contact"),
    }


def _yes_no(value: object, translate: Translator) -> str:
    return translate.gettext("Yes") if value in {True, "yes"} else translate.gettext("No")


def _measured(value: object, question: FormQuestion, translate: Translator) -> str:
    if question["answer_type"] == "percent":
        return f"{value}%"
    # The reference data writes counted units in the plural.
    unit = question["unit"]
    words = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if words is None:
        return f"{value} {unit}".rstrip()
    number: Fraction = exact(value)
    return words(translate, int(number) if number.denominator == 1 else 2) % {"num": value}
