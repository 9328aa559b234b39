"""A draft becomes the version in force, for good: at once, or on a day that is set."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.accounts.queries import current_dealership
from csiapp.core.activity import record
from csiapp.core.clock import today, utcnow
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.i18n import day
from csiapp.core.jobs import enqueue
from csiapp.core.tenancy import current_scope
from csiapp.standards import queries
from csiapp.standards.checks import Problem, effectiveness_problems, process_problems
from csiapp.standards.content import StandardsContent, content_sha256
from csiapp.standards.decisions import Decision, classes_of_standards, decided
from csiapp.standards.models import DraftEdit, StandardVersion
from csiapp.standards.observed import observed_standards
from csiapp.standards.services.drafting import locked_draft
from csiapp.standards.versioning import Change, diff

BUILD_FORMS = "audits.build_forms"
"""The job of the slice above: audit forms for the new version."""

FARTHEST = dt.timedelta(days=366)
"""Days beyond are typing mistakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the publisher sets. `decisions` are by item code ({"class", "training"}); what is
    missing is as proposed. Without days, the version is in force and scored from today."""

    decisions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    publish_on: dt.date | None = None
    train_by: dt.date | None = None
    enforce_from: dt.date | None = None


class Misdated(Invalid):
    """A day that does not fit; `field` is its name in `Terms`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def problems_of(content: StandardsContent) -> list[Problem]:
    """What the draft lacks: the rules of effective standards, and the four parts of a process."""
    return effectiveness_problems(content) + process_problems(content)


def local_today() -> dt.date:
    """The day it is at the dealership."""
    return today(current_dealership().timezone)


def publish(
    set_id: uuid.UUID, reason: str, edit: int, terms: Terms | None = None
) -> StandardVersion:
    """Publish the set's draft as the publisher saw it (`edit`), and retire the version before.

    With a later day of publication the draft waits for it, and nothing of it can be changed
    meanwhile. Raises Conflict when the draft changed since or waits already; Misdated; Invalid
    without a reason, with a blocking problem, or when nothing differs from the version in force.
    """
    terms, today = terms or Terms(), local_today()
    draft = locked_draft(set_id)
    if draft.publish_on is not None:
        raise Conflict(_("This draft waits for its day of publication already."))
    if draft.edit != edit:
        raise Conflict(_("The draft changed while you looked. Check the changes below again."))
    if not reason.strip():
        raise Invalid(_("Say why this version is published."))
    content, changes = _checked(draft)
    decisions = _decisions(changes, terms)
    publish_on = terms.publish_on or today
    _check_days(terms, publish_on, today, decisions)
    draft.reason = reason.strip()
    draft.decisions = {
        code: {"class": decision.kind, "training": decision.training}
        for code, decision in decisions.items()
    }
    draft.train_by, draft.enforce_from = terms.train_by, terms.enforce_from
    draft.publish_on, draft.published_by = publish_on, current_scope().actor
    if publish_on > today:
        db.session.flush()
        detail = {"number": draft.number, "on": publish_on.isoformat()}
        record("standards.publication_set", "standard_version", draft.id, detail)
    else:
        _put_in_force(draft, content, changes)
    return draft


def unschedule(set_id: uuid.UUID) -> StandardVersion:
    """The waiting draft can be changed again. Raises Conflict when it does not wait (any more)."""
    draft = locked_draft(set_id)
    if draft.publish_on is None:
        raise Conflict(_("This draft does not wait for a day of publication."))
    draft.publish_on, draft.published_by = None, None
    db.session.flush()
    detail = {"number": draft.number}
    record("standards.publication_taken_back", "standard_version", draft.id, detail)
    return draft


def publish_waiting(set_id: uuid.UUID) -> StandardVersion | None:
    """Publish the set's draft if its day has come at the dealership; None if there is nothing to
    do. Raises Invalid when a rule of effective standards has come that it does not keep."""
    draft = locked_draft(set_id)
    if draft.publish_on is None or draft.publish_on > local_today():
        return None
    content, changes = _checked(draft)
    _put_in_force(draft, content, changes)
    return draft


def _checked(draft: StandardVersion) -> tuple[StandardsContent, list[Change]]:
    """The content, which may be published, and how it differs from the version in force."""
    content = queries.version_content(draft)
    if any(problem.blocking for problem in problems_of(content)):
        raise Invalid(_("Some standards are not effective yet. Mend them first."))
    previous = queries.published_version(draft.set_id)
    if previous is None:
        return content, []
    if previous.sha256 == content_sha256(content):
        raise Invalid(_("The draft is the same as the published version."))
    return content, diff(queries.version_content(previous), content)


def _decisions(changes: Sequence[Change], terms: Terms) -> dict[str, Decision]:
    try:
        return decided(changes, terms.decisions)
    except ValueError as error:
        raise Invalid(_("What is said of %(code)s does not fit.", code=error)) from error


def _check_days(
    terms: Terms, publish_on: dt.date, today: dt.date, decisions: Mapping[str, Decision]
) -> None:
    """Today or later, taught before it counts, and none of them a typing mistake."""
    if publish_on < today:
        raise Misdated("publish_on", _("Choose today or a later day."))
    given = {"publish_on": publish_on, "train_by": terms.train_by}
    given["enforce_from"] = terms.enforce_from
    for name, found in given.items():
        if found is not None and found > today + FARTHEST:
            raise Misdated(name, _("Choose a day within a year."))
    retrain = any(decision.training == "retrain" for decision in decisions.values())
    if retrain and terms.train_by is None and terms.decisions:
        raise Misdated("train_by", _("Say by when people have learned what is to be retrained."))
    if terms.train_by is not None and terms.train_by < publish_on:
        raise Misdated("train_by", _("This lies before the publication, on %(date)s.",
                                     date=day(publish_on)))  # fmt: skip
    if terms.enforce_from is None:
        return
    if terms.enforce_from < publish_on:
        raise Misdated("enforce_from", _("This lies before the publication, on %(date)s.",
                                         date=day(publish_on)))  # fmt: skip
    if terms.train_by is not None and terms.enforce_from < terms.train_by:
        raise Misdated("enforce_from", _("Nobody is scored on what need not be learned yet: choose "
                                         "the day of “train by” or a later one."))  # fmt: skip


def _put_in_force(
    draft: StandardVersion, content: StandardsContent, changes: Sequence[Change]
) -> None:
    previous = queries.published_version(draft.set_id)
    observed: dict[str, str] = {}
    if previous is not None:
        previous.state = "retired"
        observed = previous.observed
        db.session.flush()
    draft.observed = observed_standards(
        observed,
        classes_of_standards(changes, draft.decisions),
        draft.enforce_from,
        draft.publish_on or local_today(),
    )
    draft.sha256 = content_sha256(content)
    draft.published_at = utcnow()
    draft.state = "published"
    db.session.execute(sa.delete(DraftEdit).where(DraftEdit.version_id == draft.id))
    db.session.flush()
    _announce(draft, previous.id if previous else None)


def _announce(version: StandardVersion, previous: uuid.UUID | None) -> None:
    record(
        "standards.published",
        "standard_version",
        version.id,
        {
            "number": version.number,
            "sha256": version.sha256,
            "previous": str(previous) if previous else None,
        },
    )
    enqueue(BUILD_FORMS, standard_version_id=str(version.id))
