"""The content of a standard set: one JSON document that freezes as a version.

The tree is steps > sub-steps > key factors > standards; the order of each list is the order at
the dealership. ``code`` is an item's id: it outlives its wording and its place. Numbers are whole,
or decimal text such as ``"2.5"``, never binary floats, so equal content gives equal text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, NotRequired, Required, TypedDict

FORMAT = 1
LANGUAGES = ("zh", "en")

Text = dict[str, str]
Number = int | str
NUMERIC_TYPES = frozenset({"count", "duration", "percentage"})
PLAIN = frozenset({str, int, bool, type(None)})


class Option(TypedDict):
    """One answer of a choice; ``score`` is in [0, 1]."""

    code: str
    label: Text
    score: Number


class Measure(TypedDict, total=False):
    """How a standard is measured; made by :func:`make_measure`.

    ``yes_no`` has a ``target`` true or false; ``count``, ``duration`` and ``percentage`` have
    ``unit``, ``op``, ``target`` and ``tolerance``; ``rating`` (0 to 10) a ``target``; ``choice``
    ``options``.
    """

    type: Required[str]
    unit: str
    op: str
    target: bool | Number
    tolerance: Number
    options: list[Option]


class Standard(TypedDict):
    """``local``: the dealership's own, scored beside the network's index; else left out."""

    code: str
    kind: str
    statement: Text
    measure: Measure
    importance: int
    points: int
    factor: str
    indicator: str
    critical: bool
    na_allowed: bool
    evidence: str
    observed_by: list[str]
    courses: list[str]
    local: NotRequired[bool]


class KeyFactor(TypedDict):
    """``indicator``: the survey item or indicator that it is linked to; left out without one."""

    code: str
    name: Text
    customer_demand: Text
    importance: int
    is_key: bool
    determinants: list[str]
    indicator: NotRequired[str]
    standards: list[Standard]


class SubStep(TypedDict):
    code: str
    name: Text
    operation_steps: list[Text]
    executed_by: list[str]
    management_tools: list[str]
    key_factors: list[KeyFactor]


class Moment(TypedDict):
    """A moment of truth: the customer meets somebody."""

    code: str
    contact_role: str
    text: Text


class Step(TypedDict):
    code: str
    name: Text
    purpose: Text
    primary_factor: str
    customer_present: bool
    moments: list[Moment]
    sub_steps: list[SubStep]


class CapRule(TypedDict):
    failures: int
    max_index: int


class CriticalRules(TypedDict):
    """When a critical standard counts as failed, and where that holds the index."""

    critical_fail_below: Number
    caps: list[CapRule]


class StandardsContent(TypedDict):
    """``factor_points`` are the points of 1,000 that each factor's standards share."""

    format: int
    code: str
    name: Text
    model: str
    factor_points: dict[str, int]
    rules: CriticalRules
    steps: list[Step]


class Placed(NamedTuple):
    """A standard with the items above it."""

    standard: Standard
    key_factor: KeyFactor
    sub_step: SubStep
    step: Step


def standards_in(content: StandardsContent) -> Iterator[Placed]:
    """Every standard in the order of the tree."""
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            for key_factor in sub_step["key_factors"]:
                for standard in key_factor["standards"]:
                    yield Placed(standard, key_factor, sub_step, step)


def canonical_json(value: object) -> str:
    """The one text of a JSON value: sorted keys, no spaces. Refuses floats and unknown types."""
    if not _is_plain(value):
        _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_sha256(value: object) -> str:
    """SHA-256 (hexadecimal) of the canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def plain_number(value: float | Decimal | str) -> Number:
    """Whole numbers as int, others as the shortest decimal text; a float as it prints.

    Raises ``ValueError`` for what is no finite number.
    """
    try:
        number = Decimal(str(value))
    except ArithmeticError as error:
        raise ValueError(f"{value!r} is not a number") from error
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    if number == number.to_integral_value():
        return int(number)
    return format(number.normalize(), "f")


def make_measure(
    kind: str,
    *,
    target: float | Decimal | str | None = None,
    unit: str | None = None,
    op: str | None = None,
    tolerance: float | Decimal | str | None = None,
    options: Sequence[Mapping[str, Any]] = (),
) -> Measure:
    """The measure of one type, keeping only what that type has.

    A ``yes_no`` target may be given as a number: 0 means that "no" is the good answer. What is
    missing is left out; :func:`csiapp.standards.checks.effectiveness_problems` names it.
    """
    measure = Measure(type=kind)
    if kind == "yes_no":
        if target is not None:
            measure["target"] = bool(target)
    elif kind == "choice":
        measure["options"] = [
            Option(
                code=option["code"],
                label=dict(option["label"]),
                score=plain_number(option["score"]),
            )
            for option in options
        ]
    elif target is not None:
        measure["target"] = plain_number(target)
    if kind in NUMERIC_TYPES:
        if unit is not None:
            measure["unit"] = unit
        if op is not None:
            measure["op"] = op
        if tolerance is not None:
            measure["tolerance"] = plain_number(tolerance)
    return measure


def from_template(template: Mapping[str, Any], process: Mapping[str, Any]) -> StandardsContent:
    """The network's master content from the reference standards and the service process.

    ``template`` and ``process`` are ``standards_template()`` and ``service_process()`` of
    :mod:`csiapp.reference.loader`.
    """
    told = {step["code"]: step for step in process["steps"]}
    critical = template["critical_rule"]
    return StandardsContent(
        format=FORMAT,
        code=template["code"],
        name=dict(template["name"]),
        model=template["model"],
        factor_points=dict(template["weight_rules"]["factor_points"]),
        rules=CriticalRules(
            critical_fail_below=plain_number(critical["critical_fail_below"]),
            caps=[
                CapRule(failures=c["failures"], max_index=c["max_index"]) for c in critical["caps"]
            ],
        ),
        steps=[_step(step, told[step["code"]]) for step in _ordered(template["steps"])],
    )


def _ordered(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(items, key=lambda item: int(item["order"]))


def _step(step: Mapping[str, Any], told: Mapping[str, Any]) -> Step:
    sub_steps = {item["code"]: item for item in told["sub_steps"]}
    return Step(
        code=step["code"],
        name=dict(step["name"]),
        purpose=dict(step["purpose"]),
        primary_factor=step["primary_factor"],
        customer_present=step["customer_present"],
        moments=[
            Moment(code=m["code"], contact_role=m["contact_role"], text=dict(m["text"]))
            for m in told["moments_of_truth"]
        ],
        sub_steps=[
            _sub_step(item, sub_steps[item["code"]]) for item in _ordered(step["sub_steps"])
        ],
    )


def _sub_step(item: Mapping[str, Any], told: Mapping[str, Any]) -> SubStep:
    return SubStep(
        code=item["code"],
        name=dict(item["name"]),
        operation_steps=[dict(o["text"]) for o in _ordered(told["operation_steps"])],
        executed_by=list(told["executed_by"]),
        management_tools=list(told["management_tools"]),
        key_factors=[
            KeyFactor(
                code=factor["code"],
                name=dict(factor["name"]),
                customer_demand=dict(factor["customer_demand"]),
                importance=factor["importance"],
                is_key=factor["is_key"],
                determinants=list(factor["determinants"]),
                standards=[_standard(standard) for standard in factor["standards"]],
            )
            for factor in _ordered(item["key_factors"])
        ],
    )


def _standard(item: Mapping[str, Any]) -> Standard:
    measure = item["measure"]
    return Standard(
        code=item["code"],
        kind=item["kind"],
        statement=dict(item["statement"]),
        measure=make_measure(
            measure["type"],
            target=measure["target"],
            unit=measure.get("unit"),
            op=measure.get("op"),
            tolerance=measure.get("tolerance"),
            options=measure.get("options", ()),
        ),
        importance=item["importance"],
        points=item["weight_points"],
        factor=item["factor"],
        indicator=item["indicator"],
        critical=item["critical"],
        na_allowed=item["na_allowed"],
        evidence=item["evidence_required"],
        observed_by=list(item["observed_by"]),
        courses=list(item["courses"]),
    )


def _is_plain(value: object) -> bool:
    """Whether `_refuse_floats` has nothing to find, told five times as fast: it names the place.
    False for types that only might be harmless."""
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind is dict:
            if any(type(name) is not str for name in item):
                return False
            todo.extend(item.values())
        elif kind is list:
            todo.extend(item)
        elif kind not in PLAIN:
            return False
    return True


def _refuse_floats(value: object, where: str = "$") -> None:
    if isinstance(value, float):
        raise TypeError(f"{where} is a float; write whole numbers or decimal text")
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not isinstance(name, str):
                raise TypeError(f"{where} has the key {name!r}, which is no text")
            _refuse_floats(item, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            _refuse_floats(item, f"{where}[{place}]")
