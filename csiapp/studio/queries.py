"""Reads over standards, training and audits of one set. As many queries for two thousand
standards as for a hundred."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from csiapp.accounts.queries import names_of
from csiapp.audits.form_content import all_questions
from csiapp.audits.models import FormVersion, Visit, VisitScore, Wave
from csiapp.audits.queries.forms import content_of, current_forms
from csiapp.audits.queries.scores import has_index, published_and_newest
from csiapp.audits.queries.visits import FORM_OF_VISIT, SCORE_OF_VISIT, official
from csiapp.core.clock import day_at
from csiapp.core.db import Text2
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.standards import queries as standards
from csiapp.standards.content import StandardsContent, Text, standards_in
from csiapp.standards.models import CycleEntry, KeyFactor, StandardVersion
from csiapp.studio.audited import AuditedVisit, answers_in
from csiapp.studio.coverage import Facts
from csiapp.studio.learners import Learner
from csiapp.training import queries as training
from csiapp.training.gap import teaching_courses
from csiapp.training.models import StandardsConfirmation
from csiapp.training.status import HELD, EntryKind, standing_entries

WAVES = 2
NO_WAVE_DAYS = 365
"""How far back is looked where no wave has brought results yet."""


@dataclass(frozen=True, slots=True)
class Period:
    """The dealership's last waves with published results, the newest first, and their first day:
    what was published since then counts."""

    waves: Sequence[Wave]
    since: dt.date


def _of_set(set_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Forms that were built from a version of the set."""
    versions = sa.select(StandardVersion.id).where(StandardVersion.set_id == set_id)
    return FormVersion.standard_version_id.in_(versions)


def audit_period(set_id: uuid.UUID, today: dt.date) -> Period:
    """Only waves that brought results here: which visits are under way is not to be seen."""
    published = (
        sa.select(Visit.wave_id)
        .join(FormVersion, FORM_OF_VISIT)
        .where(official(), Visit.state == "published", _of_set(set_id))
    )
    waves = db.session.scalars(
        sa.select(Wave)
        .where(Wave.id.in_(published))
        .order_by(Wave.starts_on.desc(), Wave.code)
        .limit(WAVES)
    ).all()
    first = min((wave.starts_on for wave in waves), default=None)
    return Period(waves, first or today - dt.timedelta(days=NO_WAVE_DAYS))


def audited_visits(set_id: uuid.UUID, period: Period, zone: str) -> list[AuditedVisit]:
    """The published visits of the period, the newest first: two queries."""
    rows = db.session.execute(
        sa.select(
            Visit.id,
            Visit.submitted_at,
            Visit.form_version_id,
            VisitScore.final_index,
            VisitScore.grade,
            VisitScore.receipt,
        )
        .join(FormVersion, FORM_OF_VISIT)
        .join(VisitScore, SCORE_OF_VISIT)
        .where(
            *published_and_newest(),
            _of_set(set_id),
            sa.or_(
                Visit.wave_id.in_([wave.id for wave in period.waves]),
                Visit.opens_on >= period.since,
            ),
        )
        .order_by(Visit.submitted_at.desc(), Visit.id)
    ).all()
    wanted = {row.form_version_id for row in rows}
    query = sa.select(FormVersion).where(FormVersion.id.in_(wanted))
    forms = {form.id: form for form in db.session.scalars(query)} if wanted else {}
    return [
        AuditedVisit(
            visit_id=row.id,
            day=day_at(zone, row.submitted_at),
            form=forms[row.form_version_id].name,
            index=row.final_index if row.grade else None,
            answers=answers_in(content_of(forms[row.form_version_id]), row.receipt),
        )
        for row in rows
    ]


def asking_forms(set_id: uuid.UUID) -> dict[str, list[Text2]]:
    """Standard -> the names of the current forms that ask it: two queries."""
    query = sa.select(StandardVersion.id).where(StandardVersion.set_id == set_id)
    versions = set(db.session.scalars(query))
    asking: dict[str, list[Text2]] = defaultdict(list)
    for form in current_forms():
        if form.standard_version_id in versions:
            for _section, question in all_questions(content_of(form)):
                if form.name not in asking[question["standard"]]:
                    asking[question["standard"]].append(form.name)
    return asking


def learners(day: dt.date) -> list[Learner]:
    """Everybody on staff that day, with what they must hold and do: four queries."""
    roll = training.roll_on(day)
    known, found = roll.known, []
    for each in roll.everybody:
        roles = each.person.roles
        found.append(
            Learner(
                roles=frozenset(roles),
                required=frozenset(
                    known.courses[course].code for course in known.required_of(roles)
                ),
                held=frozenset(
                    known.courses[course].code
                    for course, standing in each.standings.items()
                    if standing.state in HELD
                ),
                passed={
                    known.courses[course].code: max(passes)
                    for course, given in each.entries.items()
                    if course in known.courses
                    and (
                        passes := [
                            entry.on
                            for entry in standing_entries(given)
                            if entry.kind == EntryKind.PASSED and entry.on <= day
                        ]
                    )
                },
            )
        )
    return found


def indicators_of(version: StandardVersion) -> dict[str, Text]:
    """Code -> name of the indicators of the version's factor model, in its order."""
    model = standards.factor_model_of(version).content
    return {
        indicator["code"]: indicator["name"]
        for factor in model["factors"]
        for indicator in factor["indicators"]
    }


def coverage_facts(
    version: StandardVersion, content: StandardsContent, period: Period, day: dt.date, zone: str
) -> Facts:
    """What the coverage of a version is made of, on a day."""
    codes = [placed.standard["code"] for placed in standards_in(content)]
    return Facts(
        courses=training.course_titles(),
        teaching=teaching_courses(codes),
        learners=learners(day),
        visits=audited_visits(version.set_id, period, zone),
        asking=asking_forms(version.set_id),
        indicators=indicators_of(version),
    )


def marked_in(version_id: uuid.UUID) -> dict[str, bool]:
    """Key factor -> whether it is marked as key in a version."""
    rows = db.session.execute(
        sa.select(KeyFactor.code, KeyFactor.is_key).where(KeyFactor.version_id == version_id)
    )
    return dict(rows.all())


# -------------------------------------------------------------------------------------- cycle


@dataclass(frozen=True, slots=True)
class Published:
    """One result: the day it was published at the dealership, and its index."""

    on: dt.date
    index: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A note of the cycle with its author and the number of the version it was written under."""

    entry: CycleEntry
    author: str
    version: int | None


def results_under(version_id: uuid.UUID, zone: str) -> list[Published]:
    """Results of audits with forms of this version, the oldest first."""
    rows = db.session.execute(
        sa.select(Visit.published_at, VisitScore.final_index)
        .join(FormVersion, FORM_OF_VISIT)
        .join(VisitScore, SCORE_OF_VISIT)
        .where(*published_and_newest(), has_index(), FormVersion.standard_version_id == version_id)
        .order_by(Visit.published_at)
    )
    return [Published(day_at(zone, moment), index) for moment, index in rows if moment]


def confirmed(version_id: uuid.UUID, day: dt.date) -> int:
    """How many of those on staff that day have confirmed that they read the version."""
    people = [person.id for person in training.staff_on(day)]
    query = sa.select(sa.func.count()).select_from(StandardsConfirmation)
    return (
        db.session.scalar(
            query.where(
                StandardsConfirmation.version_id == version_id,
                StandardsConfirmation.staff_id.in_(people),
            )
        )
        or 0
    )


def entries_of(set_id: uuid.UUID) -> list[EntryLine]:
    """The notes of a set's cycle, those about the newest day first: two queries."""
    rows = db.session.execute(
        sa.select(CycleEntry, StandardVersion.number)
        .outerjoin(
            StandardVersion,
            sa.and_(
                StandardVersion.tenant_id == CycleEntry.tenant_id,
                StandardVersion.id == CycleEntry.version_id,
            ),
        )
        .where(CycleEntry.set_id == set_id)
        .order_by(CycleEntry.on.desc(), CycleEntry.made_at.desc(), CycleEntry.id)
    ).all()
    names = names_of(entry.made_by for entry, _number in rows)
    return [
        EntryLine(entry, names.get(entry.made_by, "") if entry.made_by else "", number)
        for entry, number in rows
    ]


def get_entry(set_id: uuid.UUID, entry_id: uuid.UUID) -> CycleEntry:
    """One note of a set's cycle. Raises NotFound."""
    found = db.session.scalars(
        sa.select(CycleEntry).where(CycleEntry.id == entry_id, CycleEntry.set_id == set_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
