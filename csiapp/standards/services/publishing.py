"""A draft becomes the version in force, for good."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.db import utcnow
from csiapp.core.errors import Conflict, Invalid
from csiapp.core.extensions import db
from csiapp.core.jobs import enqueue
from csiapp.core.tenancy import current_scope
from csiapp.standards import queries
from csiapp.standards.checks import Problem, effectiveness_problems, process_problems
from csiapp.standards.content import StandardsContent, content_sha256
from csiapp.standards.models import StandardVersion
from csiapp.standards.services.drafting import locked_draft

BUILD_FORMS = "audits.build_forms"
"""The job of the slice above: audit forms for the new version."""


def problems_of(content: StandardsContent) -> list[Problem]:
    """What the draft lacks: the rules of effective standards, and the four parts of a process."""
    return effectiveness_problems(content) + process_problems(content)


def publish(set_id: uuid.UUID, reason: str, edit: int) -> StandardVersion:
    """Publish the set's draft as the publisher saw it (`edit`), and retire the version before.

    Raises Conflict when the draft changed since, Invalid without a reason, with a blocking
    problem, or when nothing differs from the version in force.
    """
    draft = locked_draft(set_id)
    if draft.edit != edit:
        raise Conflict(_("The draft changed while you looked. Check the changes below again."))
    if not reason.strip():
        raise Invalid(_("Say why this version is published."))
    content = queries.version_content(draft)
    if any(problem.blocking for problem in problems_of(content)):
        raise Invalid(_("Some standards are not effective yet. Mend them first."))
    sha256 = content_sha256(content)
    previous = queries.published_version(set_id)
    if previous is not None:
        if previous.sha256 == sha256:
            raise Invalid(_("The draft is the same as the published version."))
        previous.state = "retired"
        db.session.flush()
    _seal(draft, reason.strip(), sha256)
    _announce(draft, previous.id if previous else None)
    return draft


def _seal(draft: StandardVersion, reason: str, sha256: str) -> None:
    draft.reason = reason
    draft.sha256 = sha256
    draft.published_at = utcnow()
    draft.published_by = current_scope().actor
    draft.state = "published"
    db.session.flush()


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
