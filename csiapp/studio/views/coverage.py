"""Every standard of a set against five questions, with its gaps and where to mend them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, send_file, url_for
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import require_place
from csiapp.core.clock import today
from csiapp.core.errors import NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.spreadsheet import XLSX
from csiapp.core.web import page_in, page_number, render_page
from csiapp.standards import queries as standards
from csiapp.standards.set_address import asked_set
from csiapp.standards.vocabulary import course_titles
from csiapp.standards.wording import problem_words
from csiapp.studio import queries
from csiapp.studio.coverage import Coverage, Gap, Question, Row, Verdict, coverage
from csiapp.studio.coverage_export import coverage_book
from csiapp.studio.forms import CoverageFilterForm
from csiapp.studio.wording import GAPS, QUESTIONS, VERDICTS

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("coverage", __name__)

PER_PAGE = 100


@blueprint.route("/coverage")
@require(Permission.STANDARDS_EDIT)
def index() -> ResponseReturnValue:
    version, draft = _asked_version()
    if version is None:
        return render_page("studio/coverage.html", version=None, draft=None)
    found, form, period = _covered(version)
    wanted = form.wanted()
    shown = [row for row in found.rows if wanted.fits(row)]
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    return render_page(
        "studio/coverage.html",
        "studio/_coverage.html",
        version=version,
        draft=draft,
        coverage=found,
        form=form,
        wanted=wanted,
        period=period,
        page=page_in(shown, page_number(), PER_PAGE),
        page_url=lambda number: url_for(".index", **{**kept, "page": number}),
        export_url=url_for(".export", **kept),
        question=Question,
        asked=(wanted.question,) if wanted.question else tuple(Question),
        mend_url=_mending(draft),
        course_titles=course_titles(),
        questions=QUESTIONS,
        verdicts=VERDICTS,
        verdict=Verdict,
        gaps=GAPS,
        gap=Gap,
        problem_words=problem_words,
    )


@blueprint.route("/coverage.xlsx")
@require(Permission.STANDARDS_EDIT)
def export() -> ResponseReturnValue:
    """What the page shows, as a spreadsheet; the same filters apply."""
    version, _draft = _asked_version()
    if version is None:
        raise NotFound
    found, form, _period = _covered(version)
    wanted = form.wanted()
    shown = [row for row in found.rows if wanted.fits(row)]
    name = f"coverage-{asked_set().code}-{version.number}.xlsx"
    return send_file(
        io.BytesIO(coverage_book(shown, found.without, tr(asked_set().name))),
        mimetype=XLSX,
        as_attachment=True,
        download_name=name,
    )


def _asked_version() -> tuple[StandardVersion | None, StandardVersion | None]:
    """(the version that is shown, the draft). The published one, or the draft when it is asked
    for or nothing is published."""
    published = standards.published_version(asked_set().id)
    draft = standards.draft_version(asked_set().id)
    wants_draft = request.args.get("draft") == "1" and draft is not None
    return (draft if wants_draft or published is None else published), draft


def _covered(version: StandardVersion) -> tuple[Coverage, CoverageFilterForm, queries.Period]:
    zone = require_place().timezone
    day = today(zone)
    content = standards.version_content(version)
    period = queries.audit_period(version.set_id, day)
    found = coverage(content, queries.coverage_facts(version, content, period, day, zone))
    steps = [(step["code"], tr(step["name"])) for step in content["steps"]]
    return found, CoverageFilterForm(request.args, steps=steps), period


def _mending(draft: StandardVersion | None) -> Any:
    """(row, question) -> where its gap is mended: the course by recording it, everything else
    in the draft; without a draft the standard as it is read."""

    def url(row: Row, question: Question) -> str:
        placed = row.placed
        if question is Question.TRAINED and row.taught.courses:
            roles = placed.sub_step["executed_by"]
            return url_for("training.matrix", role=roles[0] if roles else None)
        if question is Question.AUDITED and row.seen.forms:
            return url_for("results.index")
        if draft is not None:
            return url_for("standards_draft.step", code=placed.step["code"], _anchor=row.code)
        return url_for("standards.step", code=placed.step["code"], _anchor=row.code)

    return url
