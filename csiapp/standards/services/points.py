"""The points of a factor, shared out among its standards by importance."""

from __future__ import annotations

from typing import cast

from flask_babel import gettext as _

from csiapp.core.errors import Invalid
from csiapp.standards import queries
from csiapp.standards.checks import spread_points
from csiapp.standards.content import StandardsContent, standards_in
from csiapp.standards.models import Standard
from csiapp.standards.rows import content_of, standard_rows
from csiapp.standards.services.edits import Edit


def share_out(edit: Edit, factor: str) -> list[str]:
    """Share the factor's points among its unlocked standards; gives the codes whose points
    changed. Locked standards keep theirs; the dealership's own have none of the factor's.

    Raises Invalid when a standard would get no points, or none is left to carry them.
    """
    steps = queries.load_steps(edit.draft.id)
    rows = {row.code: row for row in standard_rows(steps)}
    content = content_of(queries.master_of(edit.draft).content, steps)
    part = _unlocked_part(content, factor, rows)
    try:
        points = spread_points(part)
    except ValueError as error:
        raise Invalid(
            _("With this importance, other standards of the factor would get no points at all.")
        ) from error
    if not points and part["factor_points"][factor]:
        raise Invalid(
            _("This is the last standard that carries points of its factor: the index needs it.")
        )
    changed = {
        code: [rows[code].points, share]
        for code, share in points.items()
        if rows[code].points != share
    }
    for code, (_before, share) in changed.items():
        edit.change(rows[code], points=share)
    if changed:
        edit.detail["points"] = {**edit.detail.get("points", {}), **changed}
    return list(changed)


def _unlocked_part(
    content: StandardsContent, factor: str, rows: dict[str, Standard]
) -> StandardsContent:
    """A tree of only the factor's unlocked standards, and the points left for them to share."""
    members = [
        placed.standard
        for placed in standards_in(content)
        if placed.standard["factor"] == factor and not placed.standard.get("local")
    ]
    free = [standard for standard in members if not rows[standard["code"]].locked]
    held = sum(standard["points"] for standard in members if rows[standard["code"]].locked)
    part = {
        "factor_points": {factor: content["factor_points"][factor] - held},
        "steps": [{"sub_steps": [{"key_factors": [{"standards": free}]}]}],
    }
    return cast(StandardsContent, part)
