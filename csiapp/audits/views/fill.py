"""The form that a shopper fills in, and the token that lets it send."""

from __future__ import annotations

import gzip
import uuid
from typing import Any

import brotli
from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import signed_in
from csiapp.audits import stage_two
from csiapp.audits.answer_fields import PHOTOS_MAX
from csiapp.audits.queries.answers import ordered_answers
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.shopper import dealership_of
from csiapp.audits.queries.visits import answers_of, evidence_of, get_visit
from csiapp.audits.services.answers import OPEN_STATES, WAITING_STATE
from csiapp.audits.services.tokens import mint_token
from csiapp.audits.tablet_form import (
    asked_sections,
    form_rules,
    unscored_questions,
)
from csiapp.audits.tablet_texts import tablet_texts
from csiapp.audits.views.trial import trial_notes
from csiapp.core.assets import asset_url
from csiapp.core.errors import Forbidden
from csiapp.core.extensions import csrf
from csiapp.core.permissions import Permission, require
from csiapp.core.web import asked_by_tablet, redirect_to
from csiapp.standards.wording import unit_name

blueprint = Blueprint("fill", __name__)

LATER_SCRIPTS = (
    "js/audit-notes.js",
    "js/audit-focus.js",
    "js/audit-search.js",
    "js/audit-offline.js",
    "js/audit-file.js",
    "js/keep-visits.js",
    "js/courier.js",
)
"""Loaded when the form can be used already: searching, using notes, which question is looked at,
keeping it, files, the other visits."""

BEGUN_STATES = OPEN_STATES - {"accepted"}
KEPT_HEADER = "X-Form-Page"
"""Says what a page of ours is, so that the tablet keeps nothing else: a hotel's sign-in page
answers 200 too. `none` stands on every other answer of these addresses, refusals included."""


def marked(response: Response) -> Response:
    """For the answers of every address that the service worker looks after."""
    response.headers.setdefault(KEPT_HEADER, "none")
    return response


blueprint.after_request(marked)


@blueprint.route("/v/<uuid:visit_id>/fill")
@require(Permission.VISIT_FILL)
def form(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The whole form in one page, pinned to the visit's form version, so that it can be kept
    for hours without a network (header X-Form-Page names what was rendered).

    A visit that has not begun shows its brief; but the tablet may keep the form before, once
    the test on the brief is passed."""
    visit = get_visit(visit_id)
    keeping = asked_by_tablet()
    if visit.state not in (OPEN_STATES if keeping else BEGUN_STATES) or visit.briefed_at is None:
        step = "receipt" if visit.submitted_at else "brief"
        return redirect_to(url_for(f"shopper.{step}", visit_id=visit.id))
    version = form_of(visit)
    content = content_of(version)
    second = visit.state == WAITING_STATE
    sections = (
        stage_two.sections_of(content, visit.scenario, answers_of(visit.id))
        if second
        else asked_sections(content, visit.scenario)
    )
    page = render_template(
        "audits/fill/form.html",
        visit=visit,
        dealership=dealership_of(visit),
        content=content,
        sections=sections,
        second=second,
        before=[] if second else unscored_questions(content, "before_visit"),
        after=[] if second else unscored_questions(content, "after_visit"),
        unit_name=unit_name,
        trial=trial_notes(visit, content),
        data=_page_data(visit, version.sha256, form_rules(content, sections, second=second)),
    )
    response = _compressed(page)
    response.headers[KEPT_HEADER] = f"{visit.id}@{version.id}"
    return response


@blueprint.route("/v/<uuid:visit_id>/token", methods=["POST"])
@require(Permission.VISIT_FILL)
def token(visit_id: uuid.UUID) -> Response:
    """Trade the session for a token of this visit. A header that no form can send stands in
    for the CSRF token, because a page kept for hours without a network has an old one."""
    if not asked_by_tablet():
        raise Forbidden
    return jsonify(ack="csiapp", token=mint_token(visit_id))


csrf.exempt(token)


def _page_data(visit: Any, form_sha256: str, rules: dict[str, Any]) -> dict[str, Any]:
    """Everything the scripts need, so that they ask the server for nothing."""
    return {
        "person": str(signed_in().id),
        "visit": {
            "id": str(visit.id),
            "reopened": visit.state in ("returned", WAITING_STATE),
            "submit_id": str(visit.submit_id) if visit.submit_id else None,
            "receipt_url": url_for("shopper.receipt", visit_id=visit.id),
        },
        "form_sha256": form_sha256,
        "form": rules,
        "answers": ordered_answers(visit.id),
        "last_seq": visit.last_seq,
        "evidence": {sha256: row.state for sha256, row in evidence_of(visit.id).items()},
        "photo_url": f"/v/{visit.id}/photos",
        "photos_max": PHOTOS_MAX,
        "texts": tablet_texts(),
        "later": [asset_url(name) for name in LATER_SCRIPTS],
    }


def _compressed(page: str) -> Response:
    """The largest page on the slowest networks. It holds no secret beside what a stranger
    could make it repeat, so compressing it gives nothing away."""
    response = Response(page)
    if request.accept_encodings.quality("br") > 0:
        response.set_data(brotli.compress(page.encode(), quality=5))
        response.content_encoding = "br"
    elif request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(page.encode(), 6))
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    return response
