"""Photos arrive in chunks, are checked by their hash, and are read by the worker."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from csiapp.audits.models import Evidence, Visit
from csiapp.audits.photos import (
    BYTES_MAX,
    PhotoRefused,
    ReadPhoto,
    looks_like_a_photo,
    read_photo,
)
from csiapp.audits.queries.evidence import find_photo, photo_key
from csiapp.audits.services.answers import lock_taken_visit
from csiapp.core import activity
from csiapp.core.errors import Invalid, NotFound, TooLarge
from csiapp.core.extensions import db
from csiapp.core.jobs import enqueue
from csiapp.core.storage import storage

CHUNK = 128 * 1024
PHOTOS_PER_VISIT = 400


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a photo has come. ``offset`` is where the next chunk begins. ``problem`` is
    ``hash`` where the whole did not match and begins anew, ``gap`` where a chunk came too
    early; ``refusal`` says why a whole photo was not taken."""

    offset: int
    complete: bool = False
    problem: str = ""
    refusal: str = ""


def upload_progress(visit_id: uuid.UUID, sha256: str) -> Progress:
    evidence = find_photo(visit_id, sha256)
    return Progress(0) if evidence is None else _progress(evidence)


def receive_chunk(
    visit_id: uuid.UUID,
    sha256: str,
    *,
    offset: int,
    total: int,
    data: bytes,
    taken_at: str | None = None,
) -> Progress:
    """Keep one chunk: exactly CHUNK bytes, the last one what is left. `taken_at` (ISO 8601) is
    the device's word, for a photo that says nothing itself.

    A chunk that is here already changes nothing; one that is too early is refused as a gap.
    When the last has come, the hash decides: right, and the worker is asked to read the
    photo; wrong, and it begins anew. Raises TooLarge, Invalid, NotFound, Conflict, StorageError.
    """
    _check_chunk(offset, total, len(data))
    visit = lock_taken_visit(visit_id)
    evidence = find_photo(visit_id, sha256) or _begin(visit, sha256, total, taken_at)
    if evidence.state != "receiving":
        return _progress(evidence)
    if evidence.size != total:
        evidence.size, evidence.received = total, 0
    if offset != evidence.received:
        return Progress(evidence.received, problem="gap" if offset > evidence.received else "")
    storage().put(_part_key(evidence, offset), data)
    evidence.received = offset + len(data)
    if evidence.received < total:
        return _progress(evidence)
    return _complete(evidence)


def store_photo_bytes(visit_id: uuid.UUID, data: bytes) -> str:
    """Take a whole photo without a tablet; returns the SHA-256 that answers name it by.
    The worker reads it like any other (task ``audits.read_photo``)."""
    sha256 = hashlib.sha256(data).hexdigest()
    for offset in range(0, len(data), CHUNK):
        receive_chunk(
            visit_id, sha256, offset=offset, total=len(data), data=data[offset : offset + CHUNK]
        )
    return sha256


def read_received(evidence_id: uuid.UUID) -> None:
    """In the worker: encode the photo anew, or refuse it. Done already: nothing happens."""
    evidence = _lock_evidence(evidence_id)
    if evidence.state != "received":
        return
    try:
        photo = read_photo(b"".join(_parts(evidence)))
    except PhotoRefused as refused:
        _refuse(evidence, refused.reason)
        return
    _keep(evidence, photo)
    enqueue("audits.drop_parts", queue="low", evidence_id=str(evidence.id))


def give_up_reading(evidence_id: uuid.UUID) -> None:
    """No attempt is left. What was sent stays in the store, for a person to look at."""
    evidence = _lock_evidence(evidence_id)
    if evidence.state == "received":
        evidence.state, evidence.refusal = "refused", "not_read"
        activity.record("evidence.not_read", "evidence", evidence.id)


def drop_parts(evidence_id: uuid.UUID) -> None:
    """Delete what was sent, with its position data, once the photo was read or refused."""
    evidence = _lock_evidence(evidence_id)
    if evidence.state in {"ready", "refused"}:
        for offset in range(0, evidence.size, CHUNK):
            storage().delete(_part_key(evidence, offset))


def _check_chunk(offset: int, total: int, length: int) -> None:
    if total > BYTES_MAX:
        raise TooLarge(_("A photo may have up to 15 MB."))
    if length > CHUNK:
        raise TooLarge(_("A part of a photo may have up to 128 KB."))
    fits = 0 <= offset < total and offset % CHUNK == 0 and length == min(CHUNK, total - offset)
    if not fits:
        raise Invalid(_("This part does not fit into its photo."))


def _begin(visit: Visit, sha256: str, total: int, taken_at: str | None) -> Evidence:
    count = db.session.scalar(
        sa.select(sa.func.count()).select_from(Evidence).where(Evidence.visit_id == visit.id)
    )
    if (count or 0) >= PHOTOS_PER_VISIT:
        raise Invalid(_("This visit has %(count)s photos already; no more fit.", count=count))
    evidence = Evidence(visit_id=visit.id, sha256=sha256, size=total, received=0, state="receiving")
    evidence.taken_at = taken_at
    db.session.add(evidence)
    db.session.flush()
    return evidence


def _complete(evidence: Evidence) -> Progress:
    digest, start = hashlib.sha256(), b""
    for part in _parts(evidence):
        start = start or part[:16]
        digest.update(part)
    if digest.hexdigest() != evidence.sha256:
        evidence.received = 0
        return Progress(0, problem="hash")
    evidence.state = "received"
    activity.record("evidence.received", "evidence", evidence.id, {"sha256": evidence.sha256})
    if looks_like_a_photo(start):
        enqueue("audits.read_photo", evidence_id=str(evidence.id))
    else:
        _refuse(evidence, "not_an_image")
    return _progress(evidence)


def _refuse(evidence: Evidence, reason: str) -> None:
    evidence.state, evidence.refusal = "refused", reason
    activity.record("evidence.refused", "evidence", evidence.id, {"reason": reason})
    enqueue("audits.drop_parts", queue="low", evidence_id=str(evidence.id))


def _keep(evidence: Evidence, photo: ReadPhoto) -> None:
    evidence.stored_sha256 = hashlib.sha256(photo.full).hexdigest()
    storage().put(photo_key(evidence, "full"), photo.full)
    storage().put(photo_key(evidence, "small"), photo.small)
    evidence.width, evidence.height = photo.width, photo.height
    evidence.taken_at = photo.taken_at or evidence.taken_at
    evidence.position = photo.position
    evidence.state = "ready"


def _progress(evidence: Evidence) -> Progress:
    return Progress(
        evidence.received,
        complete=evidence.state != "receiving",
        refusal=evidence.refusal or "",
    )


def _parts(evidence: Evidence) -> Iterator[bytes]:
    for offset in range(0, evidence.size, CHUNK):
        yield storage().get(_part_key(evidence, offset))


def _part_key(evidence: Evidence, offset: int) -> str:
    return f"t/{evidence.tenant_id}/incoming/{evidence.visit_id}/{evidence.sha256}/{offset}"


def _lock_evidence(evidence_id: uuid.UUID) -> Evidence:
    evidence = db.session.scalar(
        sa.select(Evidence)
        .where(Evidence.id == evidence_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if evidence is None:
        raise NotFound
    return evidence
