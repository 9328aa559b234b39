"""What every dealership's last visits would have come to under an edition of the network's
standards: one that is installed, or a file before it is. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.audits.queries.replay import DAYS, Standards, form_weights, replayed_everywhere
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.spreadsheet_reading import Unreadable
from csiapp.core.web import reads_only, render_page
from csiapp.founding import edition_faults, read_edition
from csiapp.headoffice.queries import list_places
from csiapp.headoffice.replay import network_replay
from csiapp.standards import queries as standards
from csiapp.standards.content import StandardsContent, standards_in
from csiapp.standards.exchange_wording import place_words, reason_words

blueprint = Blueprint("network_replay", __name__)

MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What is replayed. `edition` is empty for a file; `faults` would bar its installation."""

    name: str
    content: StandardsContent
    edition: str = ""
    faults: int = 0


@blueprint.route("")
@require(Permission.NETWORK_READ)
def show() -> ResponseReturnValue:
    """`?edition=`: the id of one; else the newest."""
    editions = standards.master_editions()
    wanted = request.args.get("edition")
    found = next((e for e in editions if str(e.id) == wanted), next(iter(editions), None))
    if found is None:
        return _page(None)
    name = _("%(name)s, edition %(number)s", name=tr(found.name), number=found.number)
    return _page(Asked(name, standards.master_content(found.id), str(found.id)))


@blueprint.post("")
@require(Permission.NETWORK_READ)
@reads_only
def try_file() -> ResponseReturnValue:
    """Replay a file of an edition that is not installed. It is read and forgotten."""
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if upload is None or not data:
        return _page(None, status=422, problem=_("Choose a file first."))
    try:
        reading = read_edition(data)
    except Unreadable:
        return _page(None, status=422, problem=_("This is no YAML of a standard set."))
    if reading.content is None:
        shown = [
            f"{place_words(found, workbook=False)}: {reason_words(found)}"
            for found in reading.findings[:MOST_FAULTS]
        ]
        return _page(None, status=422, problem=_("This file has faults."), faults=shown)
    faults = len(edition_faults(reading.content))
    return _page(Asked(upload.filename or _("File"), reading.content, faults=faults))


def _page(
    asked: Asked | None, *, status: int = 200, problem: str = "", faults: list[str] | None = None
) -> ResponseReturnValue:
    context = _replayed(asked) if asked else {}
    return render_page(
        "headoffice/replay.html",
        status=status,
        asked=asked,
        editions=standards.master_editions(),
        days=DAYS,
        problem=problem,
        faults=faults or [],
        **context,
    )


def _replayed(asked: Asked) -> dict[str, object]:
    under = Standards(asked.content, MappingProxyType({}))
    outcome = replayed_everywhere(asked.content["code"], under)
    replayed = [(line.dealership, line.replayed) for line in outcome.lines if line.replayed]
    network = network_replay(replayed, form_weights())
    stated = {p.standard["code"]: p.standard["statement"] for p in standards_in(asked.content)}
    return {
        "network": network,
        "summary": network.everything,
        "unbuilt": len(outcome.lines) - len(replayed),
        "dealerships": {place.id: place for place in list_places()},
        "statements": {**outcome.statements, **stated},
    }
