"""What makes the shopper's pages work without a network: the service worker, and a neutral
name and icon for the Home Screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, request
from flask_babel import gettext as _

from csiapp.audits.views.fill import LATER_SCRIPTS
from csiapp.core.assets import asset_url, asset_urls
from csiapp.core.permissions import public

if TYPE_CHECKING:
    from csiapp.core.asset_build import AssetFolders

blueprint = Blueprint("offline", __name__)

SHELL = (
    "css/site.css",
    "css/audit.css",
    "css/fill.css",
    "img/mark.svg",
    "img/notes.svg",
    "img/notes.png",
    "vendor/icons.svg",
    "vendor/htmx.js",
    "vendor/idb.js",
    "js/app.js",
    "js/audit.js",
    "js/audit-store.js",
    "js/audit-outbox.js",
    *LATER_SCRIPTS,
)
"""Files that the shopper's list, brief and form are made of (tests compare it with the pages)."""


@blueprint.get("/worker.js")
@public("browsers ask for it on their own, without a session")
def worker() -> Response:
    """The service worker, served at the root because it looks after `/v/` and `/s/`. The names
    of the built files stand in it, so that a new build is a new worker."""
    folders: AssetFolders = current_app.extensions["assets"]
    source = (folders.static / "js" / "worker.js").read_text("utf-8")
    names = json.dumps(asset_urls(SHELL))
    response = Response(f"self.SHELL = {names};\n{source}", content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/notes.webmanifest")
@public("browsers ask for it on their own, without a session")
def manifest() -> Response:
    """Neutral on purpose: whoever sees the Home Screen sees a notebook."""
    response = jsonify(
        name=_("Notes"),
        short_name=_("Notes"),
        start_url="/",
        scope="/",
        display="standalone",
        icons=[
            {"src": asset_url("img/notes.png"), "sizes": "512x512", "type": "image/png"},
            {"src": asset_url("img/notes.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    )
    response.content_type = "application/manifest+json"
    return response
