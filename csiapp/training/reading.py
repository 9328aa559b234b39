"""What one person reads of the standards: their roles' part, what was looked for, what is new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from csiapp.core.db import Text2
from csiapp.standards.comparison import ItemChange, compared
from csiapp.standards.content import StandardsContent
from csiapp.standards.rows import KeyFactorRows, StepRows, SubStepRows


@dataclass(frozen=True, slots=True)
class Wanted:
    """Nothing of it narrows what is shown when it is empty."""

    roles: Collection[str] = ()
    search: str = ""
    step: str = ""


def picked(steps: Sequence[StepRows], wanted: Wanted) -> list[StepRows]:
    """The part of the tree that fits. A key factor or sub-step that is found is shown whole."""
    found = []
    for step in steps:
        if wanted.step and step.row.code != wanted.step:
            continue
        below = [
            part
            for sub_step in step.sub_steps
            if not wanted.roles or set(wanted.roles) & set(sub_step.row.executed_by)
            for part in _searched(sub_step, wanted.search.casefold())
        ]
        if below:
            found.append(StepRows(step.row, below))
    return found


def _searched(sub_step: SubStepRows, search: str) -> Iterator[SubStepRows]:
    row = sub_step.row
    if not search or _holds([row.name, *row.operation_steps], search):
        yield sub_step
        return
    factors = []
    for factor in sub_step.key_factors:
        if _holds([factor.row.name, factor.row.customer_demand], search):
            factors.append(factor)
            continue
        standards = [
            standard
            for standard in factor.standards
            if _holds([standard.statement, {"": standard.code}], search)
        ]
        if standards:
            factors.append(KeyFactorRows(factor.row, standards))
    if factors:
        yield SubStepRows(row, factors)


def _holds(texts: Sequence[Text2], search: str) -> bool:
    return any(search in part.casefold() for text in texts for part in text.values())


def changes_for(
    old: StandardsContent, new: StandardsContent, roles: Collection[str]
) -> list[ItemChange]:
    """What a version changed in the work of these roles. Weights are no part of anybody's work,
    and neither is the mere order of the steps."""
    concerned = _codes(old, roles) | _codes(new, roles)
    return [
        change
        for change in compared(old, new)
        if change.code in concerned and set(change.kinds) - {"weight", "moved"}
    ]


def _codes(content: StandardsContent, roles: Collection[str]) -> set[str]:
    """The items of the sub-steps that somebody of these roles executes."""
    codes: set[str] = set()
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            if not roles or set(roles) & set(sub_step["executed_by"]):
                codes |= {step["code"], sub_step["code"]}
                for factor in sub_step["key_factors"]:
                    codes.add(factor["code"])
                    codes |= {standard["code"] for standard in factor["standards"]}
    return codes
