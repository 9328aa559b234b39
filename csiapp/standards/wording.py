"""Measures, problems and changes in the words of the reader's language."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from flask_babel import get_translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.core.i18n import tr
from csiapp.standards.checks import Problem
from csiapp.standards.comparability import comparability, comparable
from csiapp.standards.content import Measure, StandardsContent, plain_number
from csiapp.standards.units import amount_words, unit_words

MEASURE_NAMES = {
    "yes_no": _l("Yes or no"),
    "count": _l("Count"),
    "duration": _l("Duration"),
    "percentage": _l("Percentage"),
    "rating": _l("Rating 0 to 10"),
    "choice": _l("Choice"),
}
OPERATOR_NAMES = {"<=": _l("at most"), ">=": _l("at least")}

REASONS = {
    "statement_missing": _l("The standard has no wording."),
    "statement_short": _l("The wording is too short to say who does what."),
    "target_not_stated": _l("The wording names other numbers than the target."),
    "type_missing": _l("It is not said how this is measured."),
    "target_missing": _l("The target is missing."),
    "unit_missing": _l("The unit is missing."),
    "op_missing": _l("It is not said whether the target is a maximum or a minimum."),
    "tolerance_missing": _l("The tolerance is missing."),
    "tolerance_negative": _l("The tolerance is below zero."),
    "target_out_of_range": _l("The target is outside what can be measured."),
    "options_missing": _l("A choice needs at least two options."),
    "options_repeated": _l("Two options have the same code."),
    "options_unscored": _l("One option must score everything and one nothing."),
    "vague_word": _l("A word of the wording says nothing that can be measured."),
    "demand_missing": _l("The customer's demand behind this key factor is missing."),
    "operation_steps_missing": _l("The sub-step does not say how the work is done."),
    "standards_missing": _l("The sub-step has no standard."),
    "executed_by_missing": _l("The sub-step does not say who does it."),
    "management_tools_missing": _l("The sub-step names no management tool."),
}
"""The reasons of `csiapp.standards.checks`."""


def problem_words(problem: Problem) -> str:
    """The reason; of a vague word, which it is and why."""
    word = problem.vague
    if word is None:
        return str(REASONS[problem.reason])
    return str(_("“%(word)s” has no measure. %(reason)s", word=word.found, reason=tr(word.reason)))


class ShareWords(NamedTuple):
    """How comparable two versions are. `share` is a number of percent, rounded down: nothing
    that changed reads as 100."""

    share: int
    comparable: bool
    text: str


def share_words(
    old: StandardsContent, new: StandardsContent, redefined: Collection[str] = ()
) -> ShareWords:
    share = comparability(old, new, redefined)
    percent, fits = int(share * 100), comparable(share)
    if share == 1:
        text = _("The whole index is measured the same way: results may stand in one trend.")
    elif fits:
        text = _("%(share)s%% of the index is measured the same way: results may stand in one "
                 "trend.", share=percent)  # fmt: skip
    else:
        text = _("Only %(share)s%% of the index is measured the same way: below 80%% a trend line "
                 "breaks between them.", share=percent)  # fmt: skip
    return ShareWords(percent, fits, str(text))


class MeasureWords(NamedTuple):
    """``target`` says what meets the standard, ``falloff`` where its score reaches zero."""

    target: str
    falloff: str = ""

    def __str__(self) -> str:
        if not self.falloff:
            return self.target
        return str(_("%(target)s, %(falloff)s", target=self.target, falloff=self.falloff))


def measure_words(measure: Measure) -> MeasureWords:
    """Such as "at most 3 minutes", "zero at 6"."""
    target = measure.get("target")
    match measure["type"]:
        case "choice":
            best = [o["label"] for o in measure.get("options", []) if str(o["score"]) == "1"]
            return MeasureWords(_("best: %(option)s", option=tr(best[0]) if best else "–"))
        case _ if target is None:
            return MeasureWords(_("no target yet"))
        case "yes_no":
            return MeasureWords(_("answer: yes") if target else _("answer: no"))
        case "rating":
            return MeasureWords(_("at least %(target)s of 10", target=target))
        case _:
            return _numeric_words(measure)


def _numeric_words(measure: Measure) -> MeasureWords:
    operator = measure.get("op", "")
    full = amount_words(measure.get("target"), measure.get("unit", ""), get_translations())
    if operator not in OPERATOR_NAMES:
        return MeasureWords(full)
    if operator == "<=":
        return MeasureWords(_("at most %(amount)s", amount=full), _falloff(measure, 1))
    return MeasureWords(_("at least %(amount)s", amount=full), _falloff(measure, -1))


def _falloff(measure: Measure, direction: int) -> str:
    """Empty where the score stays above zero whatever is measured."""
    tolerance = Decimal(str(measure.get("tolerance", 0)))
    zero = Decimal(str(measure.get("target"))) + direction * tolerance
    if not tolerance:
        return str(_("else zero"))
    if zero < 0:
        return ""
    sign = "%" if measure.get("unit") == "percent" else ""
    return str(_("zero at %(amount)s", amount=f"{plain_number(zero)}{sign}"))


def unit_name(unit: str) -> str:
    """The unit alone, for a list to choose from."""
    return "%" if unit == "percent" else unit_words(unit, get_translations())
