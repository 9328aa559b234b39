"""Before publishing: what the last visits would have come to under a draft. Reads only.

A manager sees the own dealership here. Places in the network stay out: they would tell what other
dealerships got. Head office has a page over all of them (headoffice/views/network_replay.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import require_place
from csiapp.audits.queries.replay import DAYS, Standards, form_weights, replayed_visits
from csiapp.audits.replay import carried_on, summarised
from csiapp.core.permissions import Permission, require
from csiapp.core.web import render_page
from csiapp.standards import queries as standards
from csiapp.standards.content import standards_in
from csiapp.standards.set_address import asked_set

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("replay", __name__)


@blueprint.route("/replay")
@require(Permission.STANDARDS_EDIT)
def show() -> ResponseReturnValue:
    """The draft's replay; `?published=1`, or where there is no draft, that of the version in
    force: then only visits made under earlier versions can change."""
    set_id = asked_set().id
    draft, published = standards.draft_version(set_id), standards.published_version(set_id)
    version = published if draft is None or request.args.get("published") else draft
    if version is None:
        return render_page("audits/replay/show.html", version=None)
    under = standards_of(version, published)
    outcome = replayed_visits(set_id, under, require_place().timezone)
    stated = {p.standard["code"]: p.standard["statement"] for p in standards_in(under.content)}
    return render_page(
        "audits/replay/show.html",
        version=version,
        draft=draft,
        published=published,
        days=DAYS,
        outcome=outcome,
        summary=summarised(outcome.scored, form_weights()),
        statements={**outcome.statements, **stated},
    )


def standards_of(version: StandardVersion, published: StandardVersion | None) -> Standards:
    """A version as visits are replayed under it; a draft keeps on trial what it left alone."""
    content = standards.version_content(version)
    if version.state != "draft":
        return Standards(content, version.observed)
    if published is None or not published.observed:
        return Standards(content, {})
    before = standards.version_content(published)
    return Standards(content, carried_on(published.observed, before, content))
