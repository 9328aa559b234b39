"""Which versions there were, and what differs between any two of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from csiapp.accounts.queries import names_of
from csiapp.core.errors import NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import render_page, whole_number
from csiapp.standards import queries
from csiapp.standards.comparison import CLASS_NAMES, TRAINING_NAMES, compared
from csiapp.standards.decisions import redefined
from csiapp.standards.set_address import asked_set
from csiapp.standards.wording import share_words

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("standards_history", __name__)


@blueprint.route("/history")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    versions = queries.published_versions(asked_set().id)
    return render_page(
        "standards/history.html",
        versions=versions,
        people=names_of(version.published_by for version in versions),
        class_names=CLASS_NAMES,
        training_names=TRAINING_NAMES,
    )


@blueprint.route("/compare")
@require(Permission.STANDARDS_READ)
def compare() -> ResponseReturnValue:
    """`?left=1&right=2`; left out, the last two."""
    versions = queries.published_versions(asked_set().id)
    by_number = {version.number: version for version in versions}
    if not versions:
        raise NotFound
    right = _number("right", versions[0].number)
    left = _number("left", next((n for n in by_number if n < right), versions[-1].number))
    if not {left, right} <= by_number.keys():
        raise NotFound
    before, after = by_number[left], by_number[right]
    old, new = queries.version_content(before), queries.version_content(after)
    return render_page(
        "standards/compare.html",
        "standards/_comparison.html",
        numbers=list(by_number),
        before=before,
        after=after,
        changes=compared(old, new),
        share=share_words(old, new, _redefined_between(versions, left, right)),
    )


def _redefined_between(versions: Iterable[StandardVersion], one: int, other: int) -> set[str]:
    """What a publisher said means something else, in any version after the older of the two."""
    first, last = sorted([one, other])
    return set().union(*(redefined(v.decisions) for v in versions if first < v.number <= last))


def _number(name: str, default: int) -> int:
    """A version's number from the address. Raises NotFound for anything else."""
    value = request.args.get(name)
    if value is None:
        return default
    number = whole_number(value)
    if number is None:
        raise NotFound
    return number
