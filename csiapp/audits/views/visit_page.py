"""What the pages about one visit share: the filled form in words, its charts, its parts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flask import current_app, url_for
from flask_babel import get_translations
from flask_babel import gettext as _

from csiapp.audits.queries.forms import content_of
from csiapp.audits.queries.scores import sheet_of
from csiapp.audits.queries.visits import answers_of, evidence_of
from csiapp.audits.visit_sheet import VisitSheet
from csiapp.core.charts import Reading
from csiapp.core.i18n import get_locale, pct

if TYPE_CHECKING:
    from csiapp.audits.models import AnswerEvent, Evidence, FormVersion, Visit, VisitScore

DECIMALS = 1


def read_sheet(
    visit: Visit,
    form: FormVersion,
    score: VisitScore | None,
    *,
    overwritten: dict[str, list[AnswerEvent]] | None = None,
    hide: Callable[[str], str] | None = None,
) -> VisitSheet:
    """The visit's form, filled in and scored, in the reader's language."""
    former = {
        name: [(event.value, event.device, event.received_at) for event in events]
        for name, events in (overwritten or {}).items()
    }
    return VisitSheet(
        content=content_of(form),
        scenario=visit.scenario,
        answers=answers_of(visit.id),
        score=None if score is None else sheet_of(score),
        language=get_locale(),
        translate=get_translations(),
        overwritten=former,
        **({} if hide is None else {"hide": hide}),
    )


def factor_readings(sheet: VisitSheet) -> list[Reading]:
    """Factor scores as percentages, for the radar."""
    return [_reading(line.name, line.score) for line in sheet.factors()]


def step_readings(sheet: VisitSheet) -> list[Reading]:
    """Step scores as percentages, for the bars."""
    return [_reading(line.name, line.score) for line in sheet.steps()]


def _reading(name: str, score: Fraction | None) -> Reading:
    if score is None:
        return Reading(name, None)
    return Reading(name, score * 100, text=pct(score, DECIMALS))


Photo = dict[str, str]


def photos_of(
    visit_id: uuid.UUID, endpoint: str, *, origin: bool = False
) -> Callable[[Sequence[str]], list[Photo]]:
    """For templates: what `ui.photo_grid` shows of a question's photos (those that are ready).
    With their `origin`, when and where they were taken: never for a dealership. One query for
    the whole visit."""
    ready = {sha256: row for sha256, row in evidence_of(visit_id).items() if row.state == "ready"}

    def links(photos: Sequence[str]) -> list[Photo]:
        shown = [sha256 for sha256 in photos if sha256 in ready]
        return [
            {
                "thumb": url_for(endpoint, visit_id=visit_id, sha256=sha256, size="small"),
                "url": url_for(endpoint, visit_id=visit_id, sha256=sha256),
                "alt": _("Photo %(number)s", number=place),
                "caption": _origin(ready[sha256]) if origin else "",
            }
            for place, sha256 in enumerate(shown, 1)
        ]

    return links


def _origin(photo: Evidence) -> str:
    """When and where, as far as the camera said."""
    taken = (photo.taken_at or "")[:16].replace("T", " ")
    return " · ".join(part for part in (taken, photo.position or "") if part)


def panel_url(endpoint: str, visit_id: uuid.UUID) -> str | None:
    """Where another part of the product shows itself on this page; None when it is not there."""
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, visit_id=visit_id)
