"""What published changes ask people to learn: the publishers' decisions, with who and by when."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.standards.models import KeyFactor, Standard, StandardSet, StandardVersion, SubStep


@dataclass(frozen=True, slots=True)
class Lesson:
    """One changed standard that people are to be retrained for (`retrain`) or told of (`brief`).

    `roles` are those who execute its sub-step, `courses` the codes of those that teach it.
    `since` is when the version came into force, `by` the day until which it is to be learned.
    """

    set_code: str
    version: int
    code: str
    statement: Text2
    training: str
    roles: frozenset[str]
    courses: tuple[str, ...]
    since: dt.datetime
    by: dt.date | None


def lessons() -> list[Lesson]:
    """Of every set's standards in force, the newest decision about each; the earliest day first.
    One query, and one more when there is something to teach."""
    versions = db.session.scalars(
        sa.select(StandardVersion)
        .where(StandardVersion.state != "draft")
        .order_by(StandardVersion.number)
    ).all()
    in_force = {version.set_id: version.id for version in versions if version.state == "published"}
    newest: dict[tuple[uuid.UUID, str], StandardVersion] = {}
    for version in versions:
        newest |= {(version.set_id, code): version for code in version.decisions}
    asked = {
        (in_force[set_id], code): version
        for (set_id, code), version in newest.items()
        if set_id in in_force and version.decisions[code]["training"] != "none"
    }
    found = [_lesson(row, asked) for row in _standards(asked)] if asked else []
    return sorted(found, key=lambda lesson: (lesson.by or dt.date.max, lesson.code))


def _standards(asked: dict[tuple[uuid.UUID, str], StandardVersion]) -> Iterable[Any]:
    rows = db.session.execute(
        sa.select(
            Standard.version_id,
            Standard.code,
            Standard.statement,
            Standard.courses,
            SubStep.executed_by,
            StandardSet.code.label("set_code"),
        )
        .join(KeyFactor, KeyFactor.id == Standard.key_factor_id)
        .join(SubStep, SubStep.id == KeyFactor.sub_step_id)
        .join(StandardVersion, StandardVersion.id == Standard.version_id)
        .join(StandardSet, StandardSet.id == StandardVersion.set_id)
        .where(
            Standard.version_id.in_({version for version, _code in asked}),
            Standard.code.in_({code for _version, code in asked}),
        )
    )
    return (row for row in rows if (row.version_id, row.code) in asked)


def _lesson(row: Any, asked: dict[tuple[uuid.UUID, str], StandardVersion]) -> Lesson:
    version = asked[row.version_id, row.code]
    return Lesson(
        set_code=row.set_code,
        version=version.number,
        code=row.code,
        statement=row.statement,
        training=version.decisions[row.code]["training"],
        roles=frozenset(row.executed_by),
        courses=tuple(row.courses),
        since=cast(dt.datetime, version.published_at),
        by=version.train_by,
    )
