"""Between a version's rows and its content document."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, cast

from csiapp.core.db import new_id
from csiapp.standards import content as doc
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, SubStep


class KeyFactorRows(NamedTuple):
    row: KeyFactor
    standards: list[Standard]


class SubStepRows(NamedTuple):
    row: SubStep
    key_factors: list[KeyFactorRows]


class StepRows(NamedTuple):
    row: ServiceStep
    sub_steps: list[SubStepRows]


def standard_rows(steps: Iterable[StepRows]) -> Iterator[Standard]:
    """Every standard in the order of the tree."""
    for step in steps:
        for sub_step in step.sub_steps:
            for key_factor in sub_step.key_factors:
                yield from key_factor.standards


def content_of(master: Mapping[str, Any], steps: Iterable[StepRows]) -> doc.StandardsContent:
    """The content document of rows. What belongs to the set as a whole (name, factor points,
    rules) is its master's, which is frozen."""
    frame = {name: value for name, value in master.items() if name != "steps"}
    return cast(doc.StandardsContent, {**frame, "steps": [_step(step) for step in steps]})


def _step(step: StepRows) -> doc.Step:
    below = [_sub_step(sub_step) for sub_step in step.sub_steps]
    return cast(doc.Step, {**step_fields(step.row), "sub_steps": below})


def _sub_step(sub_step: SubStepRows) -> doc.SubStep:
    below = [_key_factor(key_factor) for key_factor in sub_step.key_factors]
    return cast(doc.SubStep, {**sub_step_fields(sub_step.row), "key_factors": below})


def _key_factor(key_factor: KeyFactorRows) -> doc.KeyFactor:
    below = [standard_content(standard) for standard in key_factor.standards]
    return cast(doc.KeyFactor, {**key_factor_fields(key_factor.row), "standards": below})


def step_fields(row: ServiceStep) -> dict[str, Any]:
    """What the document says of a step, without what is below it."""
    return {
        "code": row.code,
        "name": row.name,
        "purpose": row.purpose,
        "primary_factor": row.primary_factor,
        "customer_present": row.customer_present,
        "moments": row.moments,
    }


def sub_step_fields(row: SubStep) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "operation_steps": row.operation_steps,
        "executed_by": row.executed_by,
        "management_tools": row.management_tools,
    }


def key_factor_fields(row: KeyFactor) -> dict[str, Any]:
    """`indicator` is there only when one is linked, so that older versions keep their hash."""
    linked = {"indicator": row.indicator} if row.indicator else {}
    return {
        "code": row.code,
        "name": row.name,
        "customer_demand": row.customer_demand,
        "importance": row.importance,
        "is_key": row.is_key,
        "determinants": row.determinants,
        **linked,
    }


def measure_of(row: Standard) -> doc.Measure:
    return doc.make_measure(
        row.measure_type,
        target=row.target,
        unit=row.unit,
        op=row.operator,
        tolerance=row.tolerance,
        options=row.options,
    )


def standard_content(row: Standard) -> doc.Standard:
    """`local` is there only for the dealership's own, so that older versions keep their hash."""
    found = doc.Standard(
        code=row.code,
        kind=row.kind,
        statement=row.statement,
        measure=measure_of(row),
        importance=row.importance,
        points=row.points,
        factor=row.factor,
        indicator=row.indicator,
        critical=row.critical,
        na_allowed=row.na_allowed,
        evidence=row.evidence,
        observed_by=row.observed_by,
        courses=row.courses,
    )
    if row.local:
        found["local"] = True
    return found


def rows_of(
    content: doc.StandardsContent, version_id: uuid.UUID, locked: Collection[str]
) -> tuple[list[ServiceStep], list[SubStep], list[KeyFactor], list[Standard]]:
    """New rows for a version, level by level. `locked` are codes of standards that the network
    keeps as they are."""
    steps: list[ServiceStep] = []
    sub_steps: list[SubStep] = []
    key_factors: list[KeyFactor] = []
    standards: list[Standard] = []
    for place, step in enumerate(content["steps"], 1):
        steps.append(_step_row(step, version_id, place))
        for sub_place, sub_step in enumerate(step["sub_steps"], 1):
            sub_steps.append(_sub_step_row(sub_step, version_id, sub_place, steps[-1].id))
            for factor_place, key_factor in enumerate(sub_step["key_factors"], 1):
                key_factors.append(
                    _key_factor_row(key_factor, version_id, factor_place, sub_steps[-1].id)
                )
                standards += [
                    _standard_row(standard, version_id, standard_place, key_factors[-1].id, locked)
                    for standard_place, standard in enumerate(key_factor["standards"], 1)
                ]
    return steps, sub_steps, key_factors, standards


def _step_row(step: doc.Step, version_id: uuid.UUID, place: int) -> ServiceStep:
    return ServiceStep(
        id=new_id(),
        version_id=version_id,
        position=place,
        code=step["code"],
        name=step["name"],
        purpose=step["purpose"],
        primary_factor=step["primary_factor"],
        customer_present=step["customer_present"],
        moments=step["moments"],
    )


def _sub_step_row(
    sub_step: doc.SubStep, version_id: uuid.UUID, place: int, step_id: uuid.UUID
) -> SubStep:
    return SubStep(
        id=new_id(),
        version_id=version_id,
        position=place,
        step_id=step_id,
        code=sub_step["code"],
        name=sub_step["name"],
        operation_steps=sub_step["operation_steps"],
        executed_by=sub_step["executed_by"],
        management_tools=sub_step["management_tools"],
    )


def _key_factor_row(
    key_factor: doc.KeyFactor, version_id: uuid.UUID, place: int, sub_step_id: uuid.UUID
) -> KeyFactor:
    return KeyFactor(
        id=new_id(),
        version_id=version_id,
        position=place,
        sub_step_id=sub_step_id,
        code=key_factor["code"],
        name=key_factor["name"],
        customer_demand=key_factor["customer_demand"],
        importance=key_factor["importance"],
        is_key=key_factor["is_key"],
        indicator=key_factor.get("indicator"),
        determinants=key_factor["determinants"],
    )


def _standard_row(
    standard: doc.Standard,
    version_id: uuid.UUID,
    place: int,
    key_factor_id: uuid.UUID,
    locked: Collection[str],
) -> Standard:
    measure = standard["measure"]
    return Standard(
        id=new_id(),
        version_id=version_id,
        position=place,
        key_factor_id=key_factor_id,
        code=standard["code"],
        kind=standard["kind"],
        statement=standard["statement"],
        measure_type=measure["type"],
        unit=measure.get("unit"),
        operator=measure.get("op"),
        target=_decimal(measure.get("target")),
        tolerance=_decimal(measure.get("tolerance")),
        options=measure.get("options", []),
        importance=standard["importance"],
        points=standard["points"],
        factor=standard["factor"],
        indicator=standard["indicator"],
        critical=standard["critical"],
        na_allowed=standard["na_allowed"],
        evidence=standard["evidence"],
        observed_by=standard["observed_by"],
        courses=standard["courses"],
        locked=standard["code"] in locked,
        local=standard.get("local", False),
    )


def _decimal(value: bool | doc.Number | None) -> Decimal | None:
    """Yes and no are 1 and 0 in the column."""
    return None if value is None else Decimal(value)
