"""Photos of visits: their rows, where their bytes lie, and which of them arrived."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from csiapp.audits.models import Evidence
from csiapp.core.errors import NotFound
from csiapp.core.extensions import db
from csiapp.core.storage import storage

ARRIVED_STATES = ("received", "ready")


def photo_key(evidence: Evidence, size: str) -> str:
    """Where the re-encoded bytes lie: "full", or "small" for lists and print. Content is
    addressed within the visit; nothing is shared between visits, so that one can be erased."""
    return (
        f"t/{evidence.tenant_id}/evidence/{evidence.visit_id}/{evidence.stored_sha256}-{size}.jpg"
    )


def photo_bytes(evidence: Evidence, size: str = "full") -> bytes:
    """JPEG bytes of a photo whose state is ready. Raises core.storage.StorageError."""
    return storage().get(photo_key(evidence, size))


def find_photo(visit_id: uuid.UUID, sha256: str) -> Evidence | None:
    """A photo of a visit by the hash of what was sent, in whatever state."""
    return db.session.scalar(
        sa.select(Evidence).where(Evidence.visit_id == visit_id, Evidence.sha256 == sha256)
    )


def ready_photo(visit_id: uuid.UUID, sha256: str) -> Evidence:
    """A photo that can be shown. Raises NotFound, also while it is still being read."""
    evidence = find_photo(visit_id, sha256)
    if evidence is None or evidence.state != "ready":
        raise NotFound
    return evidence


def arrived_photos(visit_id: uuid.UUID) -> set[str]:
    """The hashes of all photos that arrived whole and were not refused."""
    return set(
        db.session.scalars(
            sa.select(Evidence.sha256).where(
                Evidence.visit_id == visit_id, Evidence.state.in_(ARRIVED_STATES)
            )
        )
    )
