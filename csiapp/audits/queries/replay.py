"""The published visits of a standard set, replayed under any version of it.

As many queries for two hundred visits as for two; nothing is written.
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

from csiapp.accounts.queries import time_zones
from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.form_shape import FormContent
from csiapp.audits.models import Answer, Finding, FormTemplate, FormVersion, Visit, VisitScore
from csiapp.audits.queries.forms import own_sources
from csiapp.audits.queries.scores import has_index, published_and_newest
from csiapp.audits.queries.visits import FORM_OF_VISIT, SCORE_OF_VISIT, visited_on
from csiapp.audits.replay import Filled, Replayed, replay
from csiapp.core.clock import utcnow
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.reference import loader
from csiapp.standards.content import StandardsContent, content_sha256
from csiapp.standards.factors import FactorModelContent
from csiapp.standards.models import FactorModel, StandardSet, StandardVersion

DAYS = 90


@dataclass(frozen=True, slots=True)
class Standards:
    """What visits are replayed under: a version's content, and the first days that count."""

    content: StandardsContent
    observed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One visit. `replayed` is None where its form cannot be built on these standards."""

    dealership: int
    visit_id: uuid.UUID
    day: dt.date
    form_name: Text2
    replayed: Replayed | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The visits, the newest first, and how standards are worded in the forms that were used
    (code -> statement)."""

    lines: Sequence[Line]
    statements: Mapping[str, Text2]

    @property
    def scored(self) -> list[Replayed]:
        return [line.replayed for line in self.lines if line.replayed is not None]


@dataclass(frozen=True, slots=True)
class _Form:
    """A form version; those of the same content share it."""

    dealership: int
    code: str
    name: Text2
    template_id: uuid.UUID
    factor_model_id: uuid.UUID
    content: FormContent


@cache
def form_weights() -> Mapping[str, int]:
    """Form kind -> its weight in a dealership's index."""
    weights: dict[str, int] = loader.form_templates()["programme_weights"]["forms"]
    return weights


def replayed_visits(set_id: uuid.UUID, under: Standards, zone: str) -> Outcome:
    """The visits that were published in the last 90 days with forms of this set, rescored.
    `zone` is the dealership's time zone. Nine queries."""
    return _replayed(StandardSet.id == set_id, under, defaultdict(lambda: zone))


def replayed_everywhere(set_code: str, under: Standards) -> Outcome:
    """The same over all dealerships of the network (NETWORK scope) and their sets of this code.
    One query more."""
    return _replayed(StandardSet.code == set_code, under, time_zones())


def _replayed(
    of_set: sa.ColumnElement[bool], under: Standards, zones: Mapping[int, str]
) -> Outcome:
    since = utcnow() - dt.timedelta(days=DAYS)
    rows = db.session.execute(_published(of_set, since)).all()
    forms = _forms({row.Visit.form_version_id for row in rows})
    answers = _answers([row.Visit.id for row in rows])
    failures = _failures([row.score_id for row in rows if row.critical_failures])
    builder = _Builder(forms.values(), under)
    lines = []
    for row in rows:
        visit, form = row.Visit, forms[row.Visit.form_version_id]
        sent = answers[visit.id]
        filled = Filled(
            content=form.content,
            scenario=visit.scenario,
            answers=sent,
            day=visited_on(visit, form.content, sent, zones[visit.tenant_id]),
            final_index=row.final_index,
            observed=row.observed,
            failures=failures[row.score_id],
        )
        other = builder.form(form)
        replayed = replay(filled, other) if other is not None else None
        lines.append(Line(visit.tenant_id, visit.id, filled.day, form.name, replayed))
    return Outcome(lines, _statements(forms.values()))


_COLUMNS: tuple[Any, ...] = (
    Visit,
    VisitScore.id.label("score_id"),
    VisitScore.final_index,
    VisitScore.observed,
    VisitScore.critical_failures,
)


def _published(of_set: sa.ColumnElement[bool], since: dt.datetime) -> sa.Select[Any]:
    return (
        sa.select(*_COLUMNS)
        .join(VisitScore, SCORE_OF_VISIT)
        .join(FormVersion, FORM_OF_VISIT)
        .join(
            StandardVersion,
            sa.and_(
                StandardVersion.tenant_id == FormVersion.tenant_id,
                StandardVersion.id == FormVersion.standard_version_id,
            ),
        )
        .join(
            StandardSet,
            sa.and_(
                StandardSet.tenant_id == StandardVersion.tenant_id,
                StandardSet.id == StandardVersion.set_id,
            ),
        )
        .where(*published_and_newest(), has_index(), of_set, Visit.published_at >= since)
        .order_by(Visit.published_at.desc(), Visit.id)
    )


Row = TypeVar("Row", FormTemplate, FactorModel)


def _by_id(model: type[Row], ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Row]:
    return {row.id: row for row in db.session.scalars(sa.select(model).where(model.id.in_(ids)))}


def _forms(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, _Form]:
    """The forms, with one content for all that are alike: dealerships that work by the same
    standards have the same form, and each is a long document."""
    rows = db.session.execute(
        sa.select(
            FormVersion.id,
            FormVersion.sha256,
            FormVersion.tenant_id,
            FormVersion.code,
            FormVersion.name,
            FormVersion.template_id,
            FormVersion.factor_model_id,
        ).where(FormVersion.id.in_(ids))
    ).all()
    found = db.session.execute(
        sa.select(FormVersion.sha256, FormVersion.content).where(
            FormVersion.id.in_({row.sha256: row.id for row in rows}.values())
        )
    )
    contents: dict[str, Any] = dict(found.all())
    return {row.id: _Form(*row[2:], content=contents[row.sha256]) for row in rows}


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
    form of the dealership's own is built from what it publishes now; on the standards that it
    was made with it stays as it was."""

    def __init__(self, forms: Collection[_Form], under: Standards) -> None:
        self._under, self._sha256 = under, content_sha256(under.content)
        self._templates = _by_id(FormTemplate, {form.template_id for form in forms})
        self._models = _by_id(FactorModel, {form.factor_model_id for form in forms})
        self._own = own_sources({form.code for form in forms})
        self._built: dict[tuple[Any, ...], FormContent | None] = {}

    def form(self, form: _Form) -> FormContent | None:
        own = self._own.get((form.dealership, form.code))
        if own and form.content["standards"]["sha256"] == self._sha256:
            return form.content
        template = own.content if own else self._templates[form.template_id].content
        made_of = (id(template), form.factor_model_id)
        if made_of not in self._built:
            self._built[made_of] = self._build(template, form.factor_model_id)
        return self._built[made_of]

    def _build(self, template: Mapping[str, Any], model_id: uuid.UUID) -> FormContent | None:
        model = cast(FactorModelContent, self._models[model_id].content)
        try:
            return build_form_content(template, self._under.content, model, self._under.observed)
        except FormError:
            return None


def _statements(forms: Collection[_Form]) -> dict[str, Text2]:
    return {
        question["standard"]: question["statement"]
        for form in forms
        for section in form.content["sections"]
        for question in section["questions"]
    }
