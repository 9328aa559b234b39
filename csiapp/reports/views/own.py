"""A dealership's side of reports: its own copies, without the shopper's identity."""

from __future__ import annotations

import uuid

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, wants_fragment
from csiapp.reports import queries, services
from csiapp.reports.snapshot import Audience
from csiapp.reports.views.answers import Panel, chosen_language, pdf_response, status_fragment

blueprint = Blueprint("own_reports", __name__)

OWN = Audience.DEALERSHIP.value
PANEL = Panel(
    show="own_reports.panel",
    status="own_reports.status",
    download="own_reports.download",
    ask="own_reports.ask",
)


@blueprint.route("/t/<dealership>/results/<uuid:visit_id>/reports", endpoint="panel")
@require(Permission.RESULTS_REPORT)
def panel(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The dealership's copies of one published visit, loaded into its page."""
    return _panel(visit_id)


@blueprint.route("/t/<dealership>/results/<uuid:visit_id>/reports", methods=["POST"])
@require(Permission.RESULTS_REPORT)
def ask(visit_id: uuid.UUID) -> ResponseReturnValue:
    services.request_report(visit_id, chosen_language(), Audience.DEALERSHIP)
    if wants_fragment():
        return _panel(visit_id)
    return redirect_to(url_for("results.show", visit_id=visit_id))


def _panel(visit_id: uuid.UUID) -> ResponseReturnValue:
    return render_page(
        "reports/panel.html",
        "reports/_panel.html",
        reports=queries.reports_of(visit_id, OWN),
        coming=queries.coming_report(visit_id, Audience.DEALERSHIP),
        panel=PANEL,
        visit_id=visit_id,
        audiences=False,
    )


@blueprint.route("/t/<dealership>/reports/<uuid:report_id>/status")
@require(Permission.RESULTS_REPORT)
def status(report_id: uuid.UUID) -> ResponseReturnValue:
    return status_fragment(queries.get_report(report_id, OWN), PANEL)


@blueprint.route("/t/<dealership>/reports/<uuid:report_id>.pdf")
@require(Permission.RESULTS_REPORT)
def download(report_id: uuid.UUID) -> ResponseReturnValue:
    return pdf_response(queries.get_report(report_id, OWN))
