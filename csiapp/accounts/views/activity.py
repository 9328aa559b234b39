"""Who did what: the append-only log of a dealership or of the network."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from csiapp.accounts.activity_queries import page_of_activity
from csiapp.core.activity import first_broken_link
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, render_page

blueprint = Blueprint("activity", __name__)


@blueprint.route("/t/<dealership>/activity")
@require(Permission.ACTIVITY_READ)
def dealership() -> ResponseReturnValue:
    return _log("activity.dealership")


@blueprint.route("/n/<network>/activity")
@require(Permission.ACTIVITY_READ)
def network() -> ResponseReturnValue:
    return _log("activity.network")


def _log(endpoint: str) -> ResponseReturnValue:
    """`?check=1` recomputes the whole chain, which takes a while on a long log."""
    checked = request.args.get("check") == "1"
    return render_page(
        "accounts/activity.html",
        page=page_of_activity(page_number()),
        numbered=endpoint == "activity.network",  # gaps would tell of entries that are not shown
        checked=checked,
        broken_at=first_broken_link() if checked else None,
        check_url=url_for(endpoint, check=1),
        address_of=lambda number: url_for(endpoint, page=number),
    )
