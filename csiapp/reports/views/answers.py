"""What both sides of reports answer alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, render_template, request
from flask_babel import gettext as _

from csiapp.accounts.access import require_place
from csiapp.core.errors import Invalid
from csiapp.core.i18n import tr
from csiapp.reports.services import LOCALES, pdf_bytes

if TYPE_CHECKING:
    from csiapp.reports.models import Report


@dataclass(frozen=True, slots=True)
class Panel:
    """The endpoints of one side."""

    show: str
    status: str
    download: str
    ask: str


def chosen_language() -> str:
    """The language asked for in the form. Raises Invalid."""
    locale = request.form.get("locale", "")
    if locale not in LOCALES:
        raise Invalid(_("Choose a language for the report."))
    return locale


def status_fragment(report: Report, panel: Panel) -> str:
    return render_template("reports/_status.html", report=report, panel=panel)


def pdf_response(report: Report) -> Response:
    """The PDF to keep, or with `?open=1` to look at in the browser."""
    response = Response(pdf_bytes(report), mimetype="application/pdf")
    how = "inline" if request.args.get("open") == "1" else "attachment"
    name = _file_name(report)
    response.headers["Content-Disposition"] = (
        f"{how}; filename=report.pdf; filename*=UTF-8''{quote(name)}"
    )
    return response


def _file_name(report: Report) -> str:
    """Dealership, day, revision and language, so that files sort and can be told apart."""
    day = report.requested_at.strftime("%Y-%m-%d")
    place = tr(require_place().name).replace("/", "-")
    return f"{place} {day} R{report.revision} {report.locale}.pdf"
