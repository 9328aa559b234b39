"""Changes of what an item says. Each holds the draft, counts up its `edit` and is logged.

Who changes something says what they saw, as a short fingerprint (`seen`). When the item has
changed since, the change is refused with Conflict, and nothing is overwritten silently. Changes
of other items do not matter.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from csiapp.core.db import Text2
from csiapp.core.errors import Conflict, Forbidden
from csiapp.standards import queries
from csiapp.standards.content import LANGUAGES, content_sha256, plain_number
from csiapp.standards.levels import KEY_FACTOR, STEP, SUB_STEP, Item, Level
from csiapp.standards.models import KeyFactor, ServiceStep, Standard, SubStep
from csiapp.standards.rows import key_factor_fields, standard_content, step_fields, sub_step_fields
from csiapp.standards.services.edits import editing
from csiapp.standards.services.points import share_out

LOCKED_FIELDS = (
    "kind",
    "measure_type",
    "operator",
    "target",
    "tolerance",
    "unit",
    "options",
    "importance",
    "critical",
    "observed_by",
)
"""What the network keeps of a locked standard: kind, measure, weight, critical mark, observers."""


@dataclass(frozen=True, slots=True)
class StepChange:
    """In all changes, a language left empty keeps its stored text."""

    name: Text2
    purpose: Text2
    primary_factor: str
    customer_present: bool
    moments: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SubStepChange:
    name: Text2
    operation_steps: list[Text2]
    executed_by: list[str]
    management_tools: list[str]


@dataclass(frozen=True, slots=True)
class KeyFactorChange:
    name: Text2
    customer_demand: Text2
    importance: int
    is_key: bool
    indicator: str | None


@dataclass(frozen=True, slots=True)
class StandardChange:
    """What a measure type has no use for is None, or an empty list."""

    statement: Text2
    kind: str
    measure_type: str
    operator: str | None
    target: Decimal | None
    tolerance: Decimal | None
    unit: str | None
    options: list[dict[str, Any]]
    importance: int
    critical: bool
    na_allowed: bool
    evidence: str
    observed_by: list[str]
    courses: list[str]


ItemChange = StepChange | SubStepChange | KeyFactorChange | StandardChange


# --------------------------------------------------------------------------------- what was seen


def fingerprint(value: object) -> str:
    """What somebody saw, in 16 characters."""
    return content_sha256(value)[:16]


def item_seen(row: Item) -> str:
    """Covers all that the item's form shows; not the points, which follow others' importance."""
    if isinstance(row, Standard):
        return fingerprint({**standard_content(row), "points": 0, "locked": row.locked})
    if isinstance(row, KeyFactor):
        return fingerprint(key_factor_fields(row))
    if isinstance(row, SubStep):
        return fingerprint(sub_step_fields(row))
    return fingerprint(step_fields(row))


# -------------------------------------------------------------------------------------- saving


def save_step(set_id: uuid.UUID, code: str, seen: str, change: StepChange) -> None:
    """Raises NotFound, and Conflict when the step is not as it was seen. A step's factor is the
    one that its own (local) standards are worded for."""
    _save(set_id, STEP, code, seen, lambda row: step_values(change, row))


def save_sub_step(set_id: uuid.UUID, code: str, seen: str, change: SubStepChange) -> None:
    """Raises NotFound, and Conflict when the sub-step is not as it was seen."""
    _save(set_id, SUB_STEP, code, seen, lambda row: sub_step_values(change, row))


def save_key_factor(set_id: uuid.UUID, code: str, seen: str, change: KeyFactorChange) -> None:
    """Raises NotFound, and Conflict when the key factor is not as it was seen."""
    _save(set_id, KEY_FACTOR, code, seen, lambda row: key_factor_values(change, row))


def _save(
    set_id: uuid.UUID, level: Level, code: str, seen: str, values: Callable[[Any], dict[str, Any]]
) -> None:
    with editing(set_id, f"{level.name}_edited", level.name, code) as edit:
        row = queries.find_item(edit.draft.id, level, code)
        _refuse_stale(row, seen)
        edit.detail["changed"] = edit.change(row, **values(row))


def save_standard(set_id: uuid.UUID, code: str, seen: str, change: StandardChange) -> list[str]:
    """Apply a change to one standard; returns the codes of standards whose points changed.

    When its importance changed, the points of its factor are shared out again; locked standards
    keep theirs. Raises NotFound, Conflict (the standard is not as it was seen) and Forbidden
    (a field that the network locks).
    """
    with editing(set_id, "standard_edited", "standard", code) as edit:
        row = queries.find_standard(edit.draft.id, code).standard
        _refuse_stale(row, seen)
        new = standard_values(change, row)
        before = {name: getattr(row, name) for name in new}
        if row.locked and any(new[name] != before[name] for name in LOCKED_FIELDS):
            raise Forbidden(locked_reason())
        changed = edit.change(row, **new)
        edit.detail["changed"] = {
            name: [_plain(before[name]), _plain(new[name])] for name in changed
        }
        if "importance" not in changed:
            return []
        return share_out(edit, row.factor) if not row.local else []


def mark_key_factor(set_id: uuid.UUID, code: str, *, is_key: bool) -> None:
    """Say whether a key factor counts as key at this dealership. Raises NotFound."""
    with editing(set_id, "key_factor_marked", "key_factor", code) as edit:
        factor = queries.find_key_factor(edit.draft.id, code)[0]
        edit.detail["is_key"] = is_key
        edit.change(factor, is_key=is_key)


def _refuse_stale(row: Item, seen: str) -> None:
    if item_seen(row) != seen:
        raise Conflict(_("Somebody else changed this meanwhile."))


def locked_reason() -> str:
    return str(
        _(
            "The network keeps the kind, measure, weight, critical mark and observers of this "
            "standard the same at every dealership, so that results can be compared. It stays in "
            "its key factor and cannot be retired. Its wording, evidence and courses are yours."
        )
    )


# ------------------------------------------------------------------------ from input to columns


def step_values(change: StepChange, row: ServiceStep | None) -> dict[str, Any]:
    """The columns to set. `row` is what is stored, None for a new item: its texts are kept
    where the change leaves a language empty."""
    return {
        "name": _kept(change.name, row.name if row else None),
        "purpose": _kept(change.purpose, row.purpose if row else None),
        "primary_factor": change.primary_factor,
        "customer_present": change.customer_present,
        "moments": _kept_items(change.moments, row.moments if row else [], "text"),
    }


def sub_step_values(change: SubStepChange, row: SubStep | None) -> dict[str, Any]:
    stored = row.operation_steps if row else []
    return {
        "name": _kept(change.name, row.name if row else None),
        "operation_steps": [_translated(text, stored) for text in change.operation_steps],
        "executed_by": change.executed_by,
        "management_tools": change.management_tools,
    }


def key_factor_values(change: KeyFactorChange, row: KeyFactor | None) -> dict[str, Any]:
    return {
        "name": _kept(change.name, row.name if row else None),
        "customer_demand": _kept(change.customer_demand, row.customer_demand if row else None),
        "importance": change.importance,
        "is_key": change.is_key,
        "indicator": change.indicator or None,
    }


def standard_values(change: StandardChange, row: Standard | None) -> dict[str, Any]:
    return {
        "statement": _kept(change.statement, row.statement if row else None),
        "kind": change.kind,
        "measure_type": change.measure_type,
        "operator": change.operator,
        "target": _tidy(change.target),
        "tolerance": _tidy(change.tolerance),
        "unit": change.unit,
        "options": _kept_items(change.options, row.options if row else [], "label"),
        "importance": change.importance,
        "critical": change.critical,
        "na_allowed": change.na_allowed,
        "evidence": change.evidence,
        "observed_by": change.observed_by,
        "courses": change.courses,
    }


def _kept(new: Text2, stored: Text2 | None) -> Text2:
    """The new text, with the stored one in a language that is left empty."""
    return {**(stored or {}), **{language: text for language, text in new.items() if text}}


def _kept_items(new: list[dict[str, Any]], stored: list[Any], text: str) -> list[dict[str, Any]]:
    """Items that keep their code keep their languages."""
    before = {item["code"]: item[text] for item in stored}
    return [{**item, text: _kept(item[text], before.get(item["code"]))} for item in new]


def _translated(text: Text2, stored: list[Any]) -> Text2:
    """A line left empty in one language has the translation that was stored with the other."""
    for known in stored:
        if any(
            text.get(language) and text[language] == known.get(language) for language in LANGUAGES
        ):
            return _kept(text, known)
    return _kept(text, None)


def _tidy(value: Decimal | None) -> Decimal | None:
    """Without trailing zeros or exponent, so that equal numbers are stored alike."""
    return None if value is None else Decimal(plain_number(value))


def _plain(value: Any) -> Any:
    return plain_number(value) if isinstance(value, Decimal) else value
