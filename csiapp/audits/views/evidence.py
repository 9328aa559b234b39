"""Photos, shown to those who may see their visit."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, make_response, request

from csiapp.audits.queries import evidence
from csiapp.audits.queries.visits import get_visit
from csiapp.core.errors import NotFound
from csiapp.core.permissions import Permission, require

blueprint = Blueprint("evidence", __name__)

HEADERS = {
    "Content-Type": "image/jpeg",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=86400, immutable",
}
DEALERSHIP_SEES = ("published",)


@blueprint.route("/n/<network>/d/<dealership>/visits/<uuid:visit_id>/photos/<sha256>")
@require(Permission.VISITS_READ)
def photo(visit_id: uuid.UUID, sha256: str) -> Response:
    """For head office and reviewers. `?size=small` gives the small one, here as below."""
    return _photo(visit_id, sha256)


@blueprint.route("/t/<dealership>/visits/<uuid:visit_id>/photos/<sha256>")
@require(Permission.RESULTS_READ)
def own_photo(visit_id: uuid.UUID, sha256: str) -> Response:
    """For the dealership, once the visit is published."""
    if get_visit(visit_id).state not in DEALERSHIP_SEES:
        raise NotFound
    return _photo(visit_id, sha256)


@blueprint.route("/v/<uuid:visit_id>/photos/<sha256>")
@require(Permission.VISIT_FILL)
def shopper_photo(visit_id: uuid.UUID, sha256: str) -> Response:
    """For the shopper, on any device."""
    return _photo(visit_id, sha256)


def _photo(visit_id: uuid.UUID, sha256: str) -> Response:
    size = "small" if request.args.get("size") == "small" else "full"
    found = evidence.ready_photo(visit_id, sha256)
    response = make_response(evidence.photo_bytes(found, size))
    response.headers.update(HEADERS)
    return response
