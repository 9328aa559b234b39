"""Answers that came in a file instead of over the network."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from csiapp.audits.services.answers import Appended, append_events
from csiapp.audits.services.submission import start_by_answers
from csiapp.core import activity


def import_events(
    visit_id: uuid.UUID, events: Sequence[object], *, saved_at: str | None
) -> Appended:
    """The same journal, the same rules and the same ids as if the device had sent them: what it
    sends later all the same changes nothing. The activity log says who brought them in."""
    appended = append_events(visit_id, events)
    start_by_answers(visit_id)
    counts = {"events": len(appended.kept), "refused": len(appended.rejected)}
    activity.record("visit.import", "visit", visit_id, {**counts, "saved_at": saved_at})
    return appended
