"""What people note of a set's cycle, and when it is to be reviewed next."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import gettext as _

from csiapp.core.activity import record
from csiapp.core.clock import utcnow
from csiapp.core.errors import Invalid
from csiapp.core.extensions import db
from csiapp.core.tenancy import current_scope
from csiapp.standards import queries as standards
from csiapp.standards.models import CycleEntry, StandardSet
from csiapp.studio import queries
from csiapp.studio.cycle import Phase


def note(owner: StandardSet, phase: Phase, on: dt.date, text: str, today: dt.date) -> CycleEntry:
    """Note what was done on a day. A review that is noted settles the one that was due.

    Raises Invalid for a day to come.
    """
    if on > today:
        raise Invalid(_("This day is still to come. Note it once it is done."))
    version = standards.published_version(owner.id)
    entry = CycleEntry(
        set_id=owner.id,
        version_id=version.id if version else None,
        phase=phase.value,
        on=on,
        note=text,
        made_by=current_scope().actor,
        made_at=utcnow(),
    )
    db.session.add(entry)
    if phase is Phase.REVIEW and owner.next_review_on and owner.next_review_on <= today:
        owner.next_review_on = None
    db.session.flush()
    record("cycle.noted", "standard_set", owner.id, _told(owner, entry))
    return entry


def take_away(owner: StandardSet, entry_id: uuid.UUID) -> None:
    """Remove a note. The activity log keeps what it said. Raises NotFound."""
    entry = queries.get_entry(owner.id, entry_id)
    record("cycle.removed", "standard_set", owner.id, _told(owner, entry))
    db.session.delete(entry)
    db.session.flush()


def plan_review(owner: StandardSet, on: dt.date | None, today: dt.date) -> None:
    """When the set is to be reviewed next; None for no date. Raises Invalid for a day that is
    over."""
    if on is not None and on < today:
        raise Invalid(_("This day is over. Choose a day to come."))
    if owner.next_review_on == on:
        return
    owner.next_review_on = on
    db.session.flush()
    verb = "cycle.review_planned" if on else "cycle.review_unplanned"
    record(verb, "standard_set", owner.id, {"set": owner.code, "on": on.isoformat() if on else ""})


def _told(owner: StandardSet, entry: CycleEntry) -> dict[str, str]:
    return {
        "set": owner.code,
        "phase": entry.phase,
        "on": entry.on.isoformat(),
        "note": entry.note,
    }
