"""A dealership's published results. Nothing here says who the shopper is."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import require_place
from csiapp.audits.queries.findings import findings_of
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.scores import (
    TREND_FORM,
    latest_score,
    list_published,
    published_trend,
)
from csiapp.audits.queries.visits import get_visit, identity_words, visited_on
from csiapp.audits.views.visit_page import (
    factor_readings,
    panel_url,
    photos_of,
    read_sheet,
    step_readings,
)
from csiapp.audits.visit_sheet import VisitSheet, hiding
from csiapp.core.charts import Reading
from csiapp.core.errors import NotFound
from csiapp.core.i18n import day, tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, render_page
from csiapp.standards.queries import set_of
from csiapp.standards.vocabulary import course_titles, named, vocabulary

if TYPE_CHECKING:
    from csiapp.audits.models import Finding

blueprint = Blueprint("results", __name__)


@blueprint.route("/t/<dealership>/results")
@require(Permission.RESULTS_READ)
def index() -> ResponseReturnValue:
    """All published visits, and how the index moved."""
    page = list_published(page_number())
    trend = published_trend(TREND_FORM)
    return render_page(
        "audits/results/index.html",
        page=page,
        latest=trend[-1] if trend else None,
        previous=trend[-2] if len(trend) > 1 else None,
        readings=[Reading(day(r.submitted_at), r.final_index) for r in trend],
        page_url=lambda number: url_for(".index", page=number),
    )


@blueprint.route("/t/<dealership>/results/<uuid:visit_id>")
@require(Permission.RESULTS_READ)
def show(visit_id: uuid.UUID) -> ResponseReturnValue:
    """One published visit: its score, and each finding led to what is to be done about it."""
    visit = get_visit(visit_id)
    score = latest_score(visit_id, "published")
    if visit.state != "published" or score is None:
        raise NotFound
    form = form_of(visit)
    hide = hiding(identity_words(visit.shopper_id))
    sheet = read_sheet(visit, form, score, hide=hide)
    return render_page(
        "audits/results/show.html",
        visit_id=visit_id,
        published_at=visit.published_at,
        visited_on=visited_on(visit, content_of(form), sheet.answers, require_place().timezone),
        place=require_place(),
        form_version=form,
        score=score,
        sheet=sheet,
        findings=_findings(findings_of(score.id), sheet),
        set_code=set_of(form.standard_version_id).code,
        factor_readings=factor_readings(sheet),
        step_readings=step_readings(sheet),
        photos=photos_of(visit_id, "evidence.own_photo"),
        reports_url=panel_url("own_reports.panel", visit_id),
    )


def _findings(findings: list[Finding], sheet: VisitSheet) -> list[dict[str, Any]]:
    """Each finding beside its question, its step and the people who lacked a course."""
    lines, roles, titles = sheet.questions(), vocabulary().roles, course_titles()
    return [
        {
            "line": lines[finding.question],
            "step": {"code": finding.step_code, "name": sheet.step_name(finding.step_code)},
            "courses": [f"{code} {tr(titles.get(code))}".strip() for code in finding.courses],
            "gap": [
                {**entry, "role": named([entry["role"]], roles)}
                for entry in finding.gap
                if entry["lacked"]
            ],
        }
        for finding in findings
    ]
