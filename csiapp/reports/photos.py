"""The photos of one report: read once, checked against their fingerprint, held in memory."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image

from csiapp.reports.snapshot import Photo

PhotoReader = Callable[[str], bytes | None]
"""Storage key to the stored bytes, or ``None`` when they are gone."""

_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class Resource:
    """Bytes with their media type."""

    body: bytes
    media_type: str


def load(photos: Iterable[Photo], read: PhotoReader) -> dict[str, Resource]:
    """What can be shown, by SHA-256; leaves out what is missing, altered or not an image."""
    found: dict[str, Resource] = {}
    for photo in photos:
        if photo.sha256 in found:
            continue
        body = read(photo.key) if photo.key else None
        if body is None or hashlib.sha256(body).hexdigest() != photo.sha256:
            continue
        if media_type := _media_type(body):
            found[photo.sha256] = Resource(body, media_type)
    return found


def _media_type(body: bytes) -> str | None:
    """The type the bytes really have; opening reads the header only."""
    try:
        with Image.open(io.BytesIO(body), formats=tuple(_MEDIA_TYPES)) as image:
            return _MEDIA_TYPES[image.format or ""]
    except (OSError, ValueError, KeyError, Image.DecompressionBombError):
        return None
