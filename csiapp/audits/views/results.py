"""A dealership's published results. Nothing here says who the shopper is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import require_place
from csiapp.audits.queries.findings import findings_of
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.scores import (
    TREND_FORM,
    PublishedResult,
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
from csiapp.core.charts import Reading, line_break
from csiapp.core.errors import NotFound
from csiapp.core.i18n import day, tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import page_number, render_page
from csiapp.standards.comparability import comparable
from csiapp.standards.queries import set_of
from csiapp.standards.queries.comparing import comparable_shares
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
    breaks = _breaks(trend)
    return render_page(
        "audits/results/index.html",
        page=page,
        latest=trend[-1] if trend else None,
        previous=trend[-2] if len(trend) > 1 else None,
        comparable=len(trend) - 1 not in breaks,
        broken=bool(breaks),
        readings=_readings(trend, breaks),
        page_url=lambda number: url_for(".index", page=number),
    )


def _breaks(trend: Sequence[PublishedResult]) -> set[int]:
    """The places in the trend whose standards differ too much from those of the visit before."""
    versions = [result.standard_version_id for result in trend]
    pairs = list(pairwise(versions))
    shares = comparable_shares(set(pairs))
    return {place for place, pair in enumerate(pairs, 1) if not comparable(shares[pair])}


def _readings(trend: Sequence[PublishedResult], breaks: set[int]) -> list[Reading]:
    found: list[Reading] = []
    for place, result in enumerate(trend):
        if place in breaks:
            found.append(line_break(_("Other standards")))
        found.append(Reading(day(result.published_at), result.final_index))
    return found


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
