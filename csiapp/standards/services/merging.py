"""A newer master of the network is brought into a set: first as a preview, then as its draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask_babel import gettext as _

from csiapp.core.errors import Conflict, Invalid
from csiapp.standards import queries
from csiapp.standards.content import StandardsContent, content_sha256, standards_in
from csiapp.standards.merge import Merged, Side, merge
from csiapp.standards.models import MasterVersion, StandardVersion
from csiapp.standards.rows import rows_of
from csiapp.standards.services.drafting import locked_draft, start_draft
from csiapp.standards.services.edits import editing
from csiapp.standards.services.replacing import replace_rows, rows_by_code


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What the set would be like. `seen` names what was looked at, for :func:`apply_merge`."""

    version: StandardVersion
    base: MasterVersion
    newer: MasterVersion
    merged: Merged

    @property
    def seen(self) -> str:
        parts = [str(self.version.id), self.version.edit, str(self.newer.id)]
        return content_sha256(parts)[:16]


def newer_master(set_id: uuid.UUID) -> MasterVersion | None:
    """The network's newest master, when the set's draft (or what is in force) goes back to an
    older one."""
    version = queries.draft_version(set_id) or queries.published_version(set_id)
    if version is None:
        return None
    base = queries.master_of(version)
    latest = queries.latest_master(base.code)
    return latest if latest.number > base.number else None


def preview_merge(set_id: uuid.UUID, choices: Mapping[str, Side]) -> MergePreview:
    """Nothing is written. Raises Conflict when there is nothing newer and while the draft waits
    for its day, Invalid when the points of a factor do not suffice for its standards."""
    newer = newer_master(set_id)
    version = queries.draft_version(set_id) or queries.published_version(set_id)
    if newer is None or version is None:
        raise Conflict(_("The network has no newer edition of these standards."))
    if version.state == "draft" and version.publish_on is not None:
        raise Conflict(_("This draft waits for its day of publication. Take that back first."))
    base = queries.master_of(version)
    try:
        merged = merge(
            cast(StandardsContent, base.content),
            queries.version_content(version),
            cast(StandardsContent, newer.content),
            choices,
        )
    except ValueError as error:
        raise Invalid(_("The two editions cannot be brought together: %(reason)s",
                        reason=error)) from error  # fmt: skip
    return MergePreview(version, base, newer, merged)


def apply_merge(set_id: uuid.UUID, seen: str, choices: Mapping[str, Side]) -> StandardVersion:
    """Make the result the set's draft; gives the draft. One change to undo. Raises as
    :func:`preview_merge`, and Conflict when something is not as it was seen."""
    if queries.draft_version(set_id) is not None:
        locked_draft(set_id)
    preview = preview_merge(set_id, choices)
    if preview.seen != seen:
        raise Conflict(_("Something changed while you looked. Check the result below again."))
    draft = preview.version if preview.version.state == "draft" else start_draft(set_id)
    content = preview.merged.content
    locked = {p.standard["code"] for p in standards_in(content) if p.standard["critical"]}
    with editing(set_id, "master_merged", "standard_version") as edit:
        edit.change_master(preview.newer.id)
        there = rows_by_code(queries.load_steps(draft.id))
        replace_rows(edit, there, rows_of(content, draft.id, locked))
        edit.detail.update(
            number=preview.newer.number, **{"from": preview.base.number}, choices=dict(choices)
        )
    return draft
