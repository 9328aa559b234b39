"""Reads over the whole network. Only published scores count. As many queries for three
hundred dealerships as for three."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from csiapp.accounts.models import Dealership, Region
from csiapp.audits.exact import parse_fraction
from csiapp.audits.models import Finding, FormVersion, Visit, VisitScore
from csiapp.audits.queries.scores import has_index, published_and_newest
from csiapp.audits.queries.visits import FORM_OF_VISIT, SCORE_OF_VISIT, official
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope
from csiapp.headoffice.costs import Loss, Trace
from csiapp.headoffice.overview import Basis, FactorScores, Result
from csiapp.standards.content import StandardsContent, Text, standards_in
from csiapp.standards.factors import Factor
from csiapp.standards.models import FactorModel, MasterVersion


@dataclass(frozen=True, slots=True)
class Place:
    """A dealership with its region."""

    id: int
    code: str
    name: Text2
    region_id: uuid.UUID | None
    region_code: str
    region: Text2


def list_places() -> list[Place]:
    """All dealerships of the network, also those that are no longer active, by code."""
    rows = db.session.execute(
        sa.select(Dealership.id, Dealership.code, Dealership.name, Region)
        .outerjoin(Region, Region.id == Dealership.region_id)
        .where(Dealership.network_id == current_scope().network_id)
        .order_by(Dealership.code)
    )
    return [
        Place(
            id=row.id,
            code=row.code,
            name=row.name,
            region_id=row.Region.id if row.Region else None,
            region_code=row.Region.code if row.Region else "",
            region=row.Region.name if row.Region else {},
        )
        for row in rows
    ]


def planned_by_dealership(wave_id: uuid.UUID) -> dict[int, int]:
    """How many visits of the wave each dealership has; those called off do not count."""
    rows = db.session.execute(
        sa.select(Visit.tenant_id, sa.func.count())
        .where(official(), Visit.wave_id == wave_id, Visit.state != "cancelled")
        .group_by(Visit.tenant_id)
    )
    return dict(rows.all())


def _published(*columns: Any) -> sa.Select[Any]:
    """Published visits with their newest published score."""
    return (
        sa.select(*columns)
        .select_from(Visit)
        .join(VisitScore, SCORE_OF_VISIT)
        .where(*published_and_newest())
    )


def results_in(wave_ids: Collection[uuid.UUID]) -> list[Result]:
    """The published visits of these waves."""
    rows = db.session.execute(
        _published(
            Visit.wave_id,
            Visit.tenant_id,
            FormVersion.kind,
            FormVersion.code,
            FactorModel.code,
            VisitScore.final_index,
            VisitScore.critical_failures,
            FormVersion.standard_version_id,
        )
        .join(FormVersion, FORM_OF_VISIT)
        .join(FactorModel, FactorModel.id == FormVersion.factor_model_id)
        .where(Visit.wave_id.in_(wave_ids), has_index())
    )
    return [
        Result(wave, dealership, kind, Basis(form, model), index, failures, version)
        for wave, dealership, kind, form, model, index, failures, version in rows
    ]


def factor_scores_in(wave_id: uuid.UUID) -> list[FactorScores]:
    """The factor scores of the published visits of a wave."""
    rows = db.session.execute(
        _published(Visit.tenant_id, FormVersion.kind, VisitScore.factor_scores)
        .join(FormVersion, FORM_OF_VISIT)
        .where(Visit.wave_id == wave_id)
    )
    return [
        FactorScores(
            dealership,
            kind,
            {code: parse_fraction(text) for code, text in scores.items() if text is not None},
        )
        for dealership, kind, scores in rows
    ]


def factors_of(model_codes: Collection[str]) -> list[Factor]:
    """The factors of these models by the newest version of each, in the models' order."""
    rows = db.session.scalars(
        sa.select(FactorModel)
        .where(FactorModel.code.in_(model_codes))
        .order_by(FactorModel.code, FactorModel.number)
    )
    newest = {model.code: model for model in rows}
    factors = (factor for model in newest.values() for factor in model.content["factors"])
    return list({factor["code"]: factor for factor in factors}.values())


def losses_in(wave_id: uuid.UUID) -> list[Loss]:
    """What the findings of a wave cost, those alike added up by the database: points are kept
    as exact fractions in text, which it can count but not add."""
    scores = _scores_in(wave_id)
    rows = db.session.execute(
        sa.select(
            Finding.standard_code,
            Finding.points_lost,
            sa.func.count(),
            sa.func.sum(sa.case((Finding.critical, 1), else_=0)),
        )
        .join(scores, _of(scores))
        .group_by(Finding.standard_code, Finding.points_lost)
    )
    return [
        Loss(standard, parse_fraction(text), number, critical)
        for standard, text, number, critical in rows
    ]


def traces_in(wave_id: uuid.UUID, standards: Collection[str]) -> list[Trace]:
    """Where the findings on these standards lead: for each dealership and standard the one of
    the newest visit, the newest of all first."""
    scores = _scores_in(wave_id)
    newest = (
        sa.func.row_number()
        .over(
            partition_by=(Finding.tenant_id, Finding.standard_code),
            order_by=(scores.c.submitted_at.desc(), Finding.id),
        )
        .label("place")
    )
    ranked = (
        sa.select(Finding.tenant_id, Finding.id, scores.c.submitted_at, newest)
        .join(scores, _of(scores))
        .where(Finding.standard_code.in_(standards))
        .subquery()
    )
    rows = db.session.execute(
        sa.select(
            Finding.standard_code,
            Finding.tenant_id,
            Finding.step_code,
            Finding.courses,
            Finding.gap,
        )
        .join(ranked, sa.and_(ranked.c.tenant_id == Finding.tenant_id, ranked.c.id == Finding.id))
        .where(ranked.c.place == 1)
        .order_by(ranked.c.submitted_at.desc(), Finding.id)
    )
    return [Trace(*row) for row in rows]


def _scores_in(wave_id: uuid.UUID) -> sa.CTE:
    """The scores that count in a wave, found once: left to itself, SQLite would read all
    findings of a dealership for each of its visits."""
    scores = _published(VisitScore.tenant_id, VisitScore.id, Visit.submitted_at)
    return scores.where(Visit.wave_id == wave_id).cte("counted").prefix_with("MATERIALIZED")


def _of(scores: sa.CTE) -> sa.ColumnElement[bool]:
    return sa.and_(Finding.tenant_id == scores.c.tenant_id, Finding.score_id == scores.c.id)


@dataclass(frozen=True, slots=True)
class Wording:
    """Code -> text of the network's own standards and steps."""

    standards: Mapping[str, Text]
    steps: Mapping[str, Text]


@functools.cache
def _newest_master() -> sa.ColumnElement[bool]:
    newer = sa.orm.aliased(MasterVersion)
    return ~sa.exists().where(
        newer.network_id == MasterVersion.network_id,
        newer.code == MasterVersion.code,
        newer.number > MasterVersion.number,
    )


def master_wording() -> Wording:
    """The texts of the newest master sets. What they no longer hold has no text."""
    masters: Sequence[StandardsContent] = db.session.scalars(
        sa.select(MasterVersion.content).where(_newest_master())
    ).all()
    return Wording(
        standards={
            placed.standard["code"]: placed.standard["statement"]
            for content in masters
            for placed in standards_in(content)
        },
        steps={step["code"]: step["name"] for content in masters for step in content["steps"]},
    )
