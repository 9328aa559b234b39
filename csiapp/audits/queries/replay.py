"""The published visits of a standard set, replayed under any version of it.

As many queries for two hundred visits as for two. Everything is found by the set, so it works in
the dealership's scope and in the network's; nothing is written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.models import Answer, Finding, FormTemplate, FormVersion, Visit, VisitScore
from csiapp.audits.queries.forms import content_of, own_sources
from csiapp.audits.queries.scores import published_and_newest
from csiapp.audits.queries.visits import visited_on
from csiapp.audits.replay import Filled, Replayed, Summary, replay, summarised
from csiapp.core.db import Text2, utcnow
from csiapp.core.extensions import db
from csiapp.reference import loader
from csiapp.standards.content import StandardsContent
from csiapp.standards.factors import FactorModelContent
from csiapp.standards.models import FactorModel, StandardVersion

DAYS = 90


@dataclass(frozen=True, slots=True)
class Standards:
    """What visits are replayed under: a version's content, and the first days that count."""

    content: StandardsContent
    observed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One visit. `replayed` is None where its form cannot be built on these standards."""

    visit_id: uuid.UUID
    day: dt.date
    form_name: Text2
    replayed: Replayed | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The visits, the newest first, all of them together, and how standards are worded in the
    forms that were used (code -> statement)."""

    lines: Sequence[Line]
    summary: Summary
    statements: Mapping[str, Text2]


@cache
def form_weights() -> Mapping[str, int]:
    """Form kind -> its weight in a dealership's index."""
    weights: dict[str, int] = loader.form_templates()["programme_weights"]["forms"]
    return weights


def replayed_visits(set_id: uuid.UUID, under: Standards, zone: str) -> Outcome:
    """The visits that were published in the last 90 days with forms of this set, rescored.
    `zone` is the dealership's time zone. Eight queries."""
    since = utcnow() - dt.timedelta(days=DAYS)
    rows = db.session.execute(_published(set_id, since)).all()
    forms = _by_id(FormVersion, {row.Visit.form_version_id for row in rows})
    answers = _answers([row.Visit.id for row in rows])
    failures = _failures([row.score_id for row in rows if row.critical_failures])
    builder = _Builder(forms.values(), under)
    lines = []
    for row in rows:
        visit, form = row.Visit, forms[row.Visit.form_version_id]
        content, sent = content_of(form), answers[visit.id]
        day = visited_on(visit, content, sent, zone) or visit.published_at.date()
        filled = Filled(
            content=content,
            scenario=visit.scenario,
            answers=sent,
            day=day,
            final_index=row.final_index,
            observed=row.observed,
            failures=failures[row.score_id],
        )
        other = builder.form(form)
        replayed = replay(filled, other) if other is not None else None
        lines.append(Line(visit.id, day, form.name, replayed))
    scored = [line.replayed for line in lines if line.replayed is not None]
    return Outcome(lines, summarised(scored, form_weights()), _statements(forms.values()))


_COLUMNS: tuple[Any, ...] = (
    Visit,
    VisitScore.id.label("score_id"),
    VisitScore.final_index,
    VisitScore.observed,
    VisitScore.critical_failures,
)


def _published(set_id: uuid.UUID, since: dt.datetime) -> sa.Select[Any]:
    return (
        sa.select(*_COLUMNS)
        .join(
            VisitScore,
            sa.and_(VisitScore.tenant_id == Visit.tenant_id, VisitScore.visit_id == Visit.id),
        )
        .join(
            FormVersion,
            sa.and_(
                FormVersion.tenant_id == Visit.tenant_id, FormVersion.id == Visit.form_version_id
            ),
        )
        .join(
            StandardVersion,
            sa.and_(
                StandardVersion.tenant_id == FormVersion.tenant_id,
                StandardVersion.id == FormVersion.standard_version_id,
            ),
        )
        .where(
            *published_and_newest(), StandardVersion.set_id == set_id, Visit.published_at >= since
        )
        .order_by(Visit.published_at.desc(), Visit.id)
    )


Row = TypeVar("Row", FormVersion, FormTemplate, FactorModel)


def _by_id(model: type[Row], ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Row]:
    return {row.id: row for row in db.session.scalars(sa.select(model).where(model.id.in_(ids)))}


def _answers(visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Visit -> field -> current value; what was cleared is left out."""
    found: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    rows = db.session.execute(
        sa.select(Answer.visit_id, Answer.field, Answer.value).where(Answer.visit_id.in_(visit_ids))
    )
    for visit_id, field, value in rows:
        if value is not None:
            found[visit_id][field] = value
    return found


def _failures(score_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Score -> the standards that failed as critical."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    rows = db.session.execute(
        sa.select(Finding.score_id, Finding.standard_code).where(
            Finding.score_id.in_(score_ids), Finding.critical
        )
    )
    for score_id, standard in rows:
        found[score_id].add(standard)
    return found


class _Builder:
    """Builds each form once more on other standards, from its own template and factor model. A
    form of the dealership's own is built from what it publishes now."""

    def __init__(self, forms: Collection[FormVersion], under: Standards) -> None:
        self._under = under
        self._templates = _by_id(FormTemplate, {form.template_id for form in forms})
        self._models = _by_id(FactorModel, {form.factor_model_id for form in forms})
        self._own = own_sources({form.code for form in forms})
        self._built: dict[tuple[uuid.UUID, uuid.UUID, str], FormContent | None] = {}

    def form(self, form: FormVersion) -> FormContent | None:
        made_of = form.template_id, form.factor_model_id, form.code
        if made_of not in self._built:
            self._built[made_of] = self._build(*made_of)
        return self._built[made_of]

    def _build(self, template_id: uuid.UUID, model_id: uuid.UUID, code: str) -> FormContent | None:
        model = cast(FactorModelContent, self._models[model_id].content)
        own = self._own.get(code)
        template = own.content if own else self._templates[template_id].content
        try:
            return build_form_content(template, self._under.content, model, self._under.observed)
        except FormError:
            return None


def _statements(forms: Collection[FormVersion]) -> dict[str, Text2]:
    return {
        question["standard"]: question["statement"]
        for form in forms
        for section in content_of(form)["sections"]
        for question in section["questions"]
    }
