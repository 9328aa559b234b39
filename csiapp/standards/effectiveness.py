"""The three rules of an effective standard, said of one standard while it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.standards.checks import Problem, Rule, standard_problems
from csiapp.standards.content import LANGUAGES, Measure, Text, make_measure
from csiapp.standards.models import KeyFactor, Standard
from csiapp.standards.rows import measure_of
from csiapp.standards.wording import measure_words, problem_words

RULE_NAMES: dict[Rule, object] = {
    "specific": _l("Specific"),
    "measurable": _l("Measurable"),
    "demand_based": _l("Built on a customer demand"),
}

_OPTION = re.compile(r"options-(\d+)-label_zh")


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """One rule: `tone` is ok, warn (not in the way) or bad; `lines` say why."""

    name: str
    tone: str
    lines: tuple[str, ...]


def checks_of(statement: Text, measure: Measure, demand: Text) -> list[RuleCheck]:
    """The rules in order, each with what it found; a rule that holds says what it found good."""
    problems = standard_problems("", statement, measure)
    if not any(demand.get(language, "").strip() for language in LANGUAGES):
        problems.append(Problem("", "demand_based", "demand_missing"))
    good = {
        "specific": _("It says who does what."),
        "measurable": str(measure_words(measure)),
        "demand_based": _("The key factor says what customers want."),
    }
    return [
        _check(str(name), [p for p in problems if p.rule == rule], good[rule])
        for rule, name in RULE_NAMES.items()
    ]


def _check(name: str, problems: list[Problem], good: str) -> RuleCheck:
    if not problems:
        return RuleCheck(name, "ok", (good,))
    tone = "bad" if any(problem.blocking for problem in problems) else "warn"
    return RuleCheck(name, tone, tuple(problem_words(problem) for problem in problems))


def checks_of_row(row: Standard, factor: KeyFactor) -> list[RuleCheck]:
    """As the standard is stored."""
    return checks_of(row.statement, measure_of(row), factor.customer_demand)


def checks_of_typed(
    row: Standard | None, factor: KeyFactor, typed: Mapping[str, str]
) -> list[RuleCheck]:
    """As it is being typed: `typed` are the form's fields by their bare names. What the form has
    not is as stored; a number that is none yet counts as missing."""
    statement = {
        language: typed.get(f"statement_{language}")
        or (row.statement.get(language, "") if row else "")
        for language in LANGUAGES
    }
    stored = row is not None and "measure_type" not in typed
    measure = measure_of(row) if row and stored else _typed_measure(typed)
    return checks_of(statement, measure, factor.customer_demand)


def _typed_measure(typed: Mapping[str, str]) -> Measure:
    kind = typed.get("measure_type", "")
    return make_measure(
        kind,
        target=_number(typed.get("good_answer" if kind == "yes_no" else "target", "")),
        unit="percent" if kind == "percentage" else typed.get("unit"),
        op=typed.get("operator"),
        tolerance=_number(typed.get("tolerance", "")),
        options=list(_typed_options(typed)),
    )


def _typed_options(typed: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The answers of a choice that have a text; one without a score yet scores nothing."""
    for name in typed:
        place = _OPTION.fullmatch(name)
        if place is None:
            continue
        prefix = name.removesuffix("label_zh")
        label = {language: typed.get(f"{prefix}label_{language}", "") for language in LANGUAGES}
        score = _number(typed.get(f"{prefix}score", ""))
        if any(label.values()):
            yield {"code": place[1], "label": label, "score": -1 if score is None else score}


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
