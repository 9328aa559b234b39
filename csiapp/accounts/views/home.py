"""Where a person arrives: the only place, a choice of places, and each place's home."""

from __future__ import annotations

from flask import Blueprint, current_app, url_for
from flask.typing import ResponseReturnValue

from csiapp.accounts import home_cards  # noqa: F401 - registers them
from csiapp.accounts.access import require_place, signed_in
from csiapp.accounts.home import cards, panels
from csiapp.accounts.navigation import spots_of
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page

blueprint = Blueprint("home", __name__)


@blueprint.route("/")
@require(Permission.SIGNED_IN)
def index() -> ResponseReturnValue:
    spots = spots_of(signed_in())
    if len(spots) == 1:
        return redirect_to(spots[0].url)
    return render_page("accounts/choose_place.html", spots=spots)


@blueprint.route("/t/<dealership>/")
@require(Permission.SIGNED_IN)
def dealership() -> ResponseReturnValue:
    return _place_home()


@blueprint.route("/n/<network>/")
@require(Permission.SIGNED_IN)
def network() -> ResponseReturnValue:
    return _place_home()


@blueprint.route("/s/<network>/")
@require(Permission.SIGNED_IN)
def shopper() -> ResponseReturnValue:
    """A shopper has one thing to do: the visits."""
    if "shopper.visits" in current_app.view_functions:
        return redirect_to(url_for("shopper.visits"))
    return _place_home()


def _place_home() -> ResponseReturnValue:
    return render_page("accounts/home.html", place=require_place(), cards=cards(), panels=panels())
