"""Jobs of photos: read what arrived, then delete what was sent."""

from __future__ import annotations

import uuid

from csiapp.audits.services import evidence
from csiapp.core.jobs import task


def _give_up(evidence_id: str) -> None:
    evidence.give_up_reading(uuid.UUID(evidence_id))


@task("audits.read_photo", on_failure=_give_up)
def read_photo(evidence_id: str) -> None:
    evidence.read_received(uuid.UUID(evidence_id))


@task("audits.drop_parts")
def drop_parts(evidence_id: str) -> None:
    evidence.drop_parts(uuid.UUID(evidence_id))
