"""Importance against compliance or satisfaction, and marking a key factor from there."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import require_place
from csiapp.core import charts
from csiapp.core.charts import Mark, QuadrantWords
from csiapp.core.clock import today
from csiapp.core.errors import NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards import queries as standards
from csiapp.standards import services
from csiapp.standards.set_address import asked_set
from csiapp.studio import queries
from csiapp.studio.audited import Answered, AuditedVisit, all_answers, mean_score
from csiapp.studio.quadrant import Axis, Field, Item, Quadrant, quadrant
from csiapp.studio.wording import AXES, fields

if TYPE_CHECKING:
    from csiapp.standards.content import StandardsContent
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("quadrant", __name__)

FORMS = (("wide", 760), ("narrow", 340))
"""The chart is drawn twice, and the style sheet shows the one that fits the window."""


@blueprint.route("/quadrant")
@require(Permission.STANDARDS_EDIT)
def index() -> ResponseReturnValue:
    version, draft = _versions()
    if version is None:
        return render_page("studio/quadrant.html", version=None)
    period, visits = _audited(version)
    axis = _asked_axis()
    found = quadrant(standards.version_content(version), visits, axis)
    return render_page(
        "studio/quadrant.html",
        version=version,
        draft=draft,
        marked=queries.marked_in(draft.id) if draft else {},
        quadrant=found,
        axis=axis,
        axes=AXES,
        period=period,
        visits=len(visits),
        fields=fields(),
        charts=[_chart(found, axis, *form) for form in FORMS] if found.items else [],
        step_names={step.code: step.name for step in standards.outline(version.id)},
    )


@blueprint.route("/quadrant/<code>")
@require(Permission.STANDARDS_EDIT)
def item(code: str) -> ResponseReturnValue:
    """One key factor: what was found of each of its standards, visit by visit."""
    version, draft = _versions()
    if version is None:
        raise NotFound
    content = standards.version_content(version)
    period, visits = _audited(version)
    axis = _asked_axis()
    found = quadrant(content, visits, axis)
    shown = next((i for i in (*found.items, *found.without) if i.code == code), None)
    if shown is None:
        raise NotFound
    return render_page(
        "studio/quadrant_item.html",
        version=version,
        draft=draft,
        marked=queries.marked_in(draft.id) if draft else {},
        item=shown,
        axis=axis,
        axes=AXES,
        period=period,
        fields=fields(),
        standards=_standards(content, shown, visits, axis),
    )


@blueprint.post("/quadrant/<code>/mark")
@require(Permission.STANDARDS_EDIT)
def mark(code: str) -> ResponseReturnValue:
    """Mark a key factor as key in the draft; without a draft one is started first."""
    owner = asked_set()
    started = standards.draft_version(owner.id) is None
    if started:
        services.start_draft(owner.id)
    services.mark_key_factor(owner.id, code, is_key=True)
    toast(
        _("A draft was started, and the key factor is marked in it.")
        if started
        else _("The key factor is marked in the draft.")
    )
    return redirect_to(url_for(".item", code=code, axis=_asked_axis()))


def _versions() -> tuple[StandardVersion | None, StandardVersion | None]:
    """(the version in force, or the draft before the first publication; the draft)."""
    draft = standards.draft_version(asked_set().id)
    return standards.published_version(asked_set().id) or draft, draft


def _audited(version: StandardVersion) -> tuple[queries.Period, list[AuditedVisit]]:
    zone = require_place().timezone
    period = queries.audit_period(version.set_id, today(zone))
    return period, queries.audited_visits(version.set_id, period, zone)


def _asked_axis() -> Axis:
    asked = request.args.get("axis") or request.form.get("axis")
    return Axis(asked) if asked in set(Axis) else Axis.COMPLIANCE


def _standards(
    content: StandardsContent, item: Item, visits: list[AuditedVisit], axis: Axis
) -> list[dict[str, Any]]:
    """Each standard of a key factor with its mean and its answers, the newest first."""
    wanted: dict[str, list[tuple[AuditedVisit, Answered]]] = {c: [] for c in item.standards}
    for visit, answer in all_answers(visits):
        if answer.standard in wanted and (axis is Axis.COMPLIANCE or answer.rating):
            wanted[answer.standard].append((visit, answer))
    statements = {
        standard["code"]: standard
        for step in content["steps"]
        for sub_step in step["sub_steps"]
        for factor in sub_step["key_factors"]
        if factor["code"] == item.code
        for standard in factor["standards"]
    }
    return [
        {
            "standard": statements[code],
            "share": mean_score(answer for _visit, answer in answers),
            "answers": answers,
        }
        for code, answers in wanted.items()
    ]


def _chart(found: Quadrant, axis: Axis, form: str, width: float) -> tuple[str, Any]:
    scale = 10 if axis is Axis.SATISFACTION else 100
    low = _floor(found, scale)
    words = fields()
    drawn = charts.quadrant(
        [
            Mark(
                number=item.number,
                label=tr(item.name),
                level=item.importance,
                value=item.share.value * scale,
                url=url_for(".item", code=item.code, axis=axis),
                strong=item.is_key,
            )
            for item in found.items
            if item.share is not None
        ],
        QuadrantWords(
            top_left=_caption(words[Field.FIX_FIRST]),
            top_right=_caption(words[Field.STRENGTH]),
            bottom_left=_caption(words[Field.LOW_PRIORITY]),
            bottom_right=_caption(words[Field.EXCESS]),
            x_axis=str(AXES[axis]),
            y_axis=_("Importance"),
        ),
        uid=f"quadrant-{form}",
        title=_("Key factors by importance and result"),
        cross=((found.value or Fraction(0)) * scale, found.importance or Fraction(0)),
        low=low,
        high=scale,
        unit="" if axis is Axis.SATISFACTION else "%",
        more_url="#key-factors",
        width=width,
    )
    return form, drawn


def _caption(words: Any) -> str:
    return f"{words.number} {tr(words.name)}"


def _floor(found: Quadrant, scale: int) -> int:
    """Where the scale begins: at the lowest value, down to the next fifth of the scale."""
    part = scale // 5
    lowest = min(item.share.value for item in found.items if item.share is not None) * scale
    return min(int(lowest // part) * part, scale - part)
