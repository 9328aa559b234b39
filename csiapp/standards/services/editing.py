"""Changes within a draft. Each holds the draft, counts up its `edit` and is logged.

Who changes something says what they saw, as a short fingerprint (`seen`). When the item has
changed since, the change is refused with Conflict, and nothing is overwritten silently. Changes
of other items do not matter.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.db import Text2
from csiapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries
from csiapp.standards.checks import spread_points
from csiapp.standards.content import (
    StandardsContent,
    content_sha256,
    plain_number,
    standards_in,
)
from csiapp.standards.models import ServiceStep, Standard, StandardVersion
from csiapp.standards.rows import content_of, standard_content, standard_rows
from csiapp.standards.services.drafting import locked_draft

LOCKED_FIELDS = ("target", "tolerance", "operator", "unit", "importance", "critical")
"""What the network keeps of a locked standard: measure, weight, critical mark."""


@dataclass(frozen=True, slots=True)
class StandardChange:
    """The editable fields of a standard. A language left empty keeps its stored text."""

    statement: Text2
    operator: str | None
    target: Decimal | None
    tolerance: Decimal | None
    unit: str | None
    importance: int
    critical: bool
    evidence: str
    courses: list[str]


def fingerprint(value: object) -> str:
    """What somebody saw, in 16 characters."""
    return content_sha256(value)[:16]


def order_seen(codes: Sequence[str]) -> str:
    return fingerprint(list(codes))


def standard_seen(row: Standard) -> str:
    """Covers all that the form shows; not the points, which follow the importance of others."""
    return fingerprint({**standard_content(row), "points": 0, "locked": row.locked})


# ------------------------------------------------------------------------------------- steps


def order_steps(set_id: uuid.UUID, codes: Sequence[str], seen: str) -> None:
    """Put the steps into this order. Codes stay; only places change.

    Raises Conflict when the order is not the one seen, or `codes` are not the draft's steps.
    """
    draft = locked_draft(set_id)
    steps = _steps(draft)
    if order_seen([step.code for step in steps]) != seen or sorted(codes) != sorted(
        step.code for step in steps
    ):
        raise Conflict(
            _("The steps were moved by somebody else meanwhile. This is how they stand now.")
        )
    _place(draft, steps, codes)


def move_step(set_id: uuid.UUID, code: str, direction: Literal["up", "down"]) -> None:
    """Move a step by one place, from where it stands now. At the end it stays. NotFound."""
    draft = locked_draft(set_id)
    steps = _steps(draft)
    codes = [step.code for step in steps]
    if code not in codes:
        raise NotFound
    place = codes.index(code)
    other = place - 1 if direction == "up" else place + 1
    if 0 <= other < len(codes):
        codes[place], codes[other] = codes[other], codes[place]
    _place(draft, steps, codes)


def _steps(draft: StandardVersion) -> Sequence[ServiceStep]:
    return db.session.scalars(
        sa.select(ServiceStep)
        .where(ServiceStep.version_id == draft.id)
        .order_by(ServiceStep.position)
    ).all()


def _place(draft: StandardVersion, steps: Sequence[ServiceStep], codes: Sequence[str]) -> None:
    before = [step.code for step in steps]
    if list(codes) == before:
        return
    places = {code: place for place, code in enumerate(codes, 1)}
    for step in steps:
        step.position = places[step.code]
    _changed(draft, "standards.steps_ordered", "standard_version", draft.id, {
        "before": before,
        "after": list(codes),
    })  # fmt: skip


# -------------------------------------------------------------------------------- key factors


def mark_key_factor(set_id: uuid.UUID, code: str, *, is_key: bool) -> None:
    """Say whether a key factor counts as key at this dealership. Raises NotFound."""
    draft = locked_draft(set_id)
    factor = queries.find_key_factor(draft.id, code)[0]
    if factor.is_key == is_key:
        return
    factor.is_key = is_key
    detail = {"code": code, "is_key": is_key}
    _changed(draft, "standards.key_factor_marked", "key_factor", code, detail)


# ---------------------------------------------------------------------------------- standards


def save_standard(set_id: uuid.UUID, code: str, seen: str, change: StandardChange) -> list[str]:
    """Apply a change to one standard; returns the codes of standards whose points changed.

    When its importance changed, the points of its factor are shared out again; locked standards
    keep theirs. Raises NotFound, Conflict (the standard is not as it was seen) and Forbidden
    (a field that the network locks).
    """
    draft = locked_draft(set_id)
    row = queries.find_standard(draft.id, code).standard
    if standard_seen(row) != seen:
        raise Conflict(_("Somebody else changed this standard meanwhile."))
    new = _new_values(row, change)
    before = {name: getattr(row, name) for name in new}
    changed = [name for name in new if new[name] != before[name]]
    if row.locked and set(changed) & set(LOCKED_FIELDS):
        raise Forbidden(locked_reason())
    if not changed:
        return []
    for name in changed:
        setattr(row, name, new[name])
    db.session.flush()
    moved = _share_out(draft, row.factor) if "importance" in changed else {}
    detail: dict[str, Any] = {
        "code": code,
        "changed": {name: [_plain(before[name]), _plain(new[name])] for name in changed},
    }
    if moved:
        detail["points"] = {name: list(pair) for name, pair in moved.items()}
    _changed(draft, "standards.standard_edited", "standard", code, detail)
    return list(moved)


def locked_reason() -> str:
    return str(
        _(
            "The network keeps the measure, weight and critical mark of this standard the same "
            "at every dealership. Its wording, evidence and courses are yours to change."
        )
    )


def _new_values(row: Standard, change: StandardChange) -> dict[str, Any]:
    kept = {language: text for language, text in change.statement.items() if text}
    return {
        "statement": {**row.statement, **kept},
        "operator": change.operator,
        "target": _tidy(change.target),
        "tolerance": _tidy(change.tolerance),
        "unit": change.unit,
        "importance": change.importance,
        "critical": change.critical,
        "evidence": change.evidence,
        "courses": change.courses,
    }


def _tidy(value: Decimal | None) -> Decimal | None:
    """Without trailing zeros or exponent, so that equal numbers are stored alike."""
    return None if value is None else Decimal(plain_number(value))


def _plain(value: Any) -> Any:
    return plain_number(value) if isinstance(value, Decimal) else value


def _share_out(draft: StandardVersion, factor: str) -> dict[str, tuple[int, int]]:
    """Share the factor's points among its unlocked standards; what changed, before and after."""
    steps = queries.load_steps(draft.id)
    rows = {row.code: row for row in standard_rows(steps)}
    content = content_of(queries.master_of(draft).content, steps)
    try:
        points = spread_points(_unlocked_part(content, factor, rows))
    except ValueError as error:
        raise Invalid(
            _("With this importance, other standards of the factor would get no points at all.")
        ) from error
    moved = {
        code: (rows[code].points, share)
        for code, share in points.items()
        if rows[code].points != share
    }
    for code, (_before, share) in moved.items():
        rows[code].points = share
    db.session.flush()
    return moved


def _unlocked_part(
    content: StandardsContent, factor: str, rows: dict[str, Standard]
) -> StandardsContent:
    """A tree of only the factor's unlocked standards, and the points left for them to share."""
    members = [p.standard for p in standards_in(content) if p.standard["factor"] == factor]
    free = [standard for standard in members if not rows[standard["code"]].locked]
    held = sum(standard["points"] for standard in members if rows[standard["code"]].locked)
    part = {
        "factor_points": {factor: content["factor_points"][factor] - held},
        "steps": [{"sub_steps": [{"key_factors": [{"standards": free}]}]}],
    }
    return cast(StandardsContent, part)


def _changed(
    draft: StandardVersion, verb: str, kind: str, subject: object, detail: dict[str, Any]
) -> None:
    draft.edit += 1
    db.session.flush()
    record(verb, kind, subject, {"version": str(draft.id), "edit": draft.edit, **detail})
