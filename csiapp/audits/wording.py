"""Answers, targets and kinds of standard in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csiapp.audits.exact import exact
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.scoring import Mark
from csiapp.standards.content import Text
from csiapp.standards.units import Translator, amount_words


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


def observed_words(question: FormQuestion, mark: Mark, translate: Translator) -> str:
    """Why a question that was asked does not count yet."""
    if mark is Mark.UNTAUGHT:
        return translate.gettext("No course teaches it yet")
    return translate.gettext("Counts from %(day)s") % {"day": question["enforce_from"]}


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
    unit = "percent" if question["answer_type"] == "percent" else question["unit"]
    return amount_words(value, unit, translate)
