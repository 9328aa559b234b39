"""Head office's side of reports: list, panel on a visit, status, download."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.home import Card, home_card
from csiapp.accounts.queries import list_dealerships
from csiapp.audits.queries.waves import list_waves
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.tenancy import ScopeKind
from csiapp.core.web import page_number, redirect_to, render_page, wants_fragment
from csiapp.reports import queries, services
from csiapp.reports.forms import ReportFilterForm
from csiapp.reports.snapshot import Audience
from csiapp.reports.views.answers import (
    Panel,
    chosen_language,
    pdf_response,
    status_fragment,
)

blueprint = Blueprint("reports", __name__)

IN_VISIT = "/n/<network>/d/<dealership>/visits/<uuid:visit_id>/reports"
IN_DEALERSHIP = "/n/<network>/d/<dealership>/reports/<uuid:report_id>"

PANEL = Panel(
    show="reports.panel",
    status="reports.status",
    download="reports.download",
    ask="reports.ask",
)


@blueprint.route("/n/<network>/reports")
@require(Permission.REPORTS_READ)
def index() -> ResponseReturnValue:
    """Head office's copies over the network, filtered from the address."""
    form = ReportFilterForm(
        request.args,
        dealerships=[(str(d.id), f"{d.code} {tr(d.name)}") for d in list_dealerships()],
        waves=[(str(wave.id), tr(wave.name)) for wave in list_waves()],
    )
    page = queries.list_reports(form.wanted(), page_number())
    kept: dict[str, Any] = {f.name: request.args[f.name] for f in form if f.name in request.args}
    return render_page(
        "reports/index.html",
        "reports/_rows.html",
        form=form,
        page=page,
        filtered=any(kept.values()),
        page_url=lambda number: url_for(".index", **kept, page=number),
    )


@blueprint.route(IN_VISIT)
@require(Permission.REPORTS_READ)
def panel(visit_id: uuid.UUID) -> ResponseReturnValue:
    """The reports of one visit, loaded into its page."""
    return _panel(visit_id)


@blueprint.route(IN_VISIT, methods=["POST"])
@require(Permission.REPORT_REQUEST)
def ask(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a report in a language; the one there is counts."""
    services.request_report(visit_id, chosen_language(), Audience.HEADOFFICE)
    if wants_fragment():
        return _panel(visit_id)
    return redirect_to(url_for("visits.show", visit_id=visit_id))


def _panel(visit_id: uuid.UUID) -> ResponseReturnValue:
    return render_page(
        "reports/panel.html",
        "reports/_panel.html",
        reports=queries.reports_of(visit_id),
        coming=queries.coming_report(visit_id, Audience.HEADOFFICE),
        panel=PANEL,
        visit_id=visit_id,
        audiences=True,
    )


@blueprint.route(f"{IN_DEALERSHIP}/status")
@require(Permission.REPORTS_READ)
def status(report_id: uuid.UUID) -> ResponseReturnValue:
    """How far one report is; the page asks again while it is not finished."""
    return status_fragment(queries.get_report(report_id), PANEL)


@blueprint.route(f"{IN_DEALERSHIP}.pdf")
@require(Permission.REPORTS_READ)
def download(report_id: uuid.UUID) -> ResponseReturnValue:
    return pdf_response(queries.get_report(report_id))


@home_card(ScopeKind.NETWORK, Permission.REPORT_REQUEST)
def failed_reports_card() -> Card | None:
    failed = queries.count_failed()
    if not failed:
        return None
    return Card(
        title=_("Reports that failed"),
        number=failed,
        text=_("could not be made; try them again"),
        url=url_for("reports.index", state="failed"),
        tone="bad",
        icon="file-type-pdf",
    )
