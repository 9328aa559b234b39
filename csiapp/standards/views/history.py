"""Which versions there were, and what differs between any two of them."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from csiapp.accounts.queries import names_of
from csiapp.core.errors import NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import render_page
from csiapp.standards import queries
from csiapp.standards.comparison import compared
from csiapp.standards.set_address import asked_set

blueprint = Blueprint("standards_history", __name__)


@blueprint.route("/history")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    versions = queries.published_versions(asked_set().id)
    return render_page(
        "standards/history.html",
        versions=versions,
        people=names_of(version.published_by for version in versions),
    )


@blueprint.route("/compare")
@require(Permission.STANDARDS_READ)
def compare() -> ResponseReturnValue:
    """`?from=1&to=2`; left out, the last two."""
    set_id = asked_set().id
    numbers = [version.number for version in queries.published_versions(set_id)]
    if not numbers:
        raise NotFound
    new = _number("to", numbers[0])
    old = _number("from", next((n for n in numbers if n < new), numbers[-1]))
    before, after = (queries.version_by_number(set_id, number) for number in (old, new))
    return render_page(
        "standards/compare.html",
        "standards/_comparison.html",
        numbers=numbers,
        before=before,
        after=after,
        changes=compared(queries.version_content(before), queries.version_content(after)),
    )


def _number(name: str, default: int) -> int:
    """A version's number from the address. Raises NotFound for anything else."""
    value = request.args.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 6):
        raise NotFound
    return int(value)
