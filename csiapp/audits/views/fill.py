"""The form that a shopper fills in, and the token that lets it send."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, jsonify, request

from csiapp.audits.services.tokens import mint_token
from csiapp.core.errors import Forbidden
from csiapp.core.extensions import csrf
from csiapp.core.permissions import Permission, require

blueprint = Blueprint("fill", __name__)


@blueprint.route("/v/<uuid:visit_id>/token", methods=["POST"])
@require(Permission.VISIT_FILL)
@csrf.exempt
def token(visit_id: uuid.UUID) -> Response:
    """Trade the session for a token of this visit. A header that no form can send stands in
    for the CSRF token, because a page kept for hours without a network has an old one."""
    if request.headers.get("X-Requested-With") != "csiapp":
        raise Forbidden
    return jsonify(ack="csiapp", token=mint_token(visit_id))
