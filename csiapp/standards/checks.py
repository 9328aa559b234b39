"""What a draft still lacks before it may be published, and how complete each language is.

A standard works when it is specific, measurable, and built on a customer
demand (reference data, ``effectiveness_rules``). Every sub-step also needs the four parts of a
process: operation steps, work standards, who executes, and a management tool.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from csiapp.standards.content import (
    LANGUAGES,
    NUMERIC_TYPES,
    Measure,
    Placed,
    StandardsContent,
    Text,
    standards_in,
)
from csiapp.standards.vague import VagueWord, vague_words

Rule = Literal["specific", "measurable", "demand_based", "four_parts"]
SHORTEST_STATEMENT = 6  # characters; the shortest reference statement has 9
MEASURE_TYPES = NUMERIC_TYPES | {"yes_no", "rating", "choice"}


@dataclass(frozen=True, slots=True)
class Problem:
    """``code`` is the item's, ``reason`` a stable word. A problem that is not ``blocking`` is
    shown, but the version may be published. ``vague`` is the word of the reason ``vague_word``."""

    code: str
    rule: Rule
    reason: str
    blocking: bool = True
    vague: VagueWord | None = None


@dataclass(frozen=True, slots=True)
class Untranslated:
    """An item's text that one language lacks; ``field`` may have a place, ``options[0]``."""

    code: str
    field: str


@dataclass(frozen=True, slots=True)
class Completeness:
    filled: int
    total: int
    missing: tuple[Untranslated, ...]


def effectiveness_problems(content: StandardsContent) -> list[Problem]:
    """Breaches of the rules specific, measurable and demand_based, in the order of the tree.

    Reasons: ``statement_missing``, ``statement_short``, ``target_not_stated`` (the wording names
    other numbers than the target; not blocking), ``type_missing``, ``target_missing``,
    ``unit_missing``, ``op_missing``, ``tolerance_missing``, ``tolerance_negative``,
    ``target_out_of_range``, ``options_missing``, ``options_repeated``, ``options_unscored`` (no
    option scores 1, none 0, or one is outside 0 to 1), ``vague_word``, ``demand_missing``.
    """
    problems: list[Problem] = []
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            for factor in sub_step["key_factors"]:
                if not _written(factor["customer_demand"]):
                    problems.append(Problem(factor["code"], "demand_based", "demand_missing"))
                for standard in factor["standards"]:
                    problems += standard_problems(
                        standard["code"], standard["statement"], standard["measure"]
                    )
    return problems


def standard_problems(code: str, statement: Text, measure: Measure) -> list[Problem]:
    """Breaches of the rules specific and measurable by one standard."""
    return [
        *_specific(code, statement, measure),
        *(Problem(code, "measurable", reason) for reason in _unmeasurable(measure)),
        *(
            Problem(code, "measurable", "vague_word", vague=word)
            for word in vague_words(statement, measure)
        ),
    ]


def process_problems(content: StandardsContent) -> list[Problem]:
    """Sub-steps that lack one of the four parts of a process.

    Reasons: ``operation_steps_missing``, ``standards_missing``, ``executed_by_missing``,
    ``management_tools_missing``.
    """
    problems: list[Problem] = []
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            parts: dict[str, Sequence[object]] = {
                "operation_steps": [text for text in sub_step["operation_steps"] if _written(text)],
                "standards": [s for factor in sub_step["key_factors"] for s in factor["standards"]],
                "executed_by": sub_step["executed_by"],
                "management_tools": sub_step["management_tools"],
            }
            problems += [
                Problem(sub_step["code"], "four_parts", f"{name}_missing")
                for name, part in parts.items()
                if not part
            ]
    return problems


def completeness(content: StandardsContent) -> dict[str, Completeness]:
    """For every language, how many of the tree's texts it has and which it lacks."""
    texts = list(_texts(content))
    report: dict[str, Completeness] = {}
    for language in LANGUAGES:
        missing = tuple(
            Untranslated(code, name)
            for code, name, text in texts
            if not text.get(language, "").strip()
        )
        report[language] = Completeness(len(texts) - len(missing), len(texts), missing)
    return report


def spread_points(content: StandardsContent) -> dict[str, int]:
    """Standard code -> points: each factor's points shared out in proportion to importance.

    Largest remainder; equal remainders go to the standard that stands first. On the reference
    standards this gives exactly the points they have. Raises ``ValueError`` for a factor without
    points, and where a standard would get none.
    """
    by_factor: dict[str, list[Placed]] = {}
    for placed in standards_in(content):
        by_factor.setdefault(placed.standard["factor"], []).append(placed)
    points: dict[str, int] = {}
    for factor, members in by_factor.items():
        total = content["factor_points"].get(factor, 0)
        weight = sum(placed.standard["importance"] for placed in members)
        quotas = {
            placed.standard["code"]: Fraction(total * placed.standard["importance"], weight)
            for placed in members
        }
        shared = {code: int(quota) for code, quota in quotas.items()}
        first = sorted(quotas, key=lambda code: shared[code] - quotas[code])
        for code in first[: total - sum(shared.values())]:
            shared[code] += 1
        without = [code for code, share in shared.items() if share == 0]
        if without:
            raise ValueError(f"factor {factor}: no points left for {', '.join(without)}")
        points |= shared
    return points


def _written(text: Text) -> bool:
    return any(text.get(language, "").strip() for language in LANGUAGES)


def _specific(code: str, statement: Text, measure: Measure) -> Iterator[Problem]:
    given = [text for language in LANGUAGES if (text := statement.get(language, "").strip())]
    if not given:
        yield Problem(code, "specific", "statement_missing")
    elif any(len(text) < SHORTEST_STATEMENT for text in given):
        yield Problem(code, "specific", "statement_short")
    elif measure["type"] in NUMERIC_TYPES and not _names_target(given, measure):
        yield Problem(code, "specific", "target_not_stated", blocking=False)


def _names_target(statements: Sequence[str], measure: Measure) -> bool:
    """Whether the wording agrees with the target; a wording without digits cannot disagree."""
    target = _decimal(measure.get("target"))
    numbers = {Decimal(n) for text in statements for n in re.findall(r"\d+(?:\.\d+)?", text)}
    return target is None or not numbers or target in numbers


def _decimal(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _unmeasurable(measure: Measure) -> list[str]:
    kind = measure["type"]
    if kind not in MEASURE_TYPES:
        return ["type_missing"]
    if kind == "choice":
        return _unscorable(measure)
    if kind == "yes_no":
        return [] if isinstance(measure.get("target"), bool) else ["target_missing"]
    reasons = []
    target = _decimal(measure.get("target"))
    if target is None:
        reasons.append("target_missing")
    elif target < 0 or target > {"rating": 10, "percentage": 100}.get(kind, target):
        reasons.append("target_out_of_range")
    if kind in NUMERIC_TYPES:
        reasons += _incomplete(measure)
    return reasons


def _incomplete(measure: Measure) -> list[str]:
    reasons = []
    if not measure.get("unit"):
        reasons.append("unit_missing")
    if measure.get("op") not in {"<=", ">="}:
        reasons.append("op_missing")
    tolerance = _decimal(measure.get("tolerance"))
    if tolerance is None:
        reasons.append("tolerance_missing")
    elif tolerance < 0:
        reasons.append("tolerance_negative")
    return reasons


def _unscorable(measure: Measure) -> list[str]:
    options = measure.get("options", [])
    reasons = []
    if len(options) < 2:
        reasons.append("options_missing")
    if any(count > 1 for count in Counter(option["code"] for option in options).values()):
        reasons.append("options_repeated")
    scores = [_decimal(option["score"]) for option in options]
    known = [score for score in scores if score is not None and 0 <= score <= 1]
    if len(known) < len(scores) or max(known, default=0) != 1 or min(known, default=1) != 0:
        reasons.append("options_unscored")
    return reasons


def _texts(content: StandardsContent) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    yield content["code"], "name", content["name"]
    for step in content["steps"]:
        yield step["code"], "name", step["name"]
        yield step["code"], "purpose", step["purpose"]
        for moment in step["moments"]:
            yield moment["code"], "text", moment["text"]
        for sub_step in step["sub_steps"]:
            yield sub_step["code"], "name", sub_step["name"]
            for place, text in enumerate(sub_step["operation_steps"]):
                yield sub_step["code"], f"operation_steps[{place}]", text
            for factor in sub_step["key_factors"]:
                yield factor["code"], "name", factor["name"]
                yield factor["code"], "customer_demand", factor["customer_demand"]
    for standard, *_ in standards_in(content):
        yield standard["code"], "statement", standard["statement"]
        for place, option in enumerate(standard["measure"].get("options", [])):
            yield standard["code"], f"options[{place}]", option["label"]
