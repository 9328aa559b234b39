"""Photos made safe: decoded, turned upright, shrunk and encoded anew. Pure of web and database.

Nothing of the file that was sent survives in the stored one but its pixels: comments, position
data and anything appended are gone. The time it was taken and the position are handed on apart,
as plain text.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image, ImageFile, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
BYTES_MAX = 15 * 1024 * 1024
PIXELS_MAX = 50_000_000
LONGEST_SIDE = 3000
SMALL_SIDE = 640
QUALITY = 85
MEMORY_MAX = 1024**3
_EXIF_IFD, _TAKEN, _TAKEN_OFFSET = 0x8769, 0x9003, 0x9011
_GPS_IFD = 0x8825
_ORIENTATION = 0x0112
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener()


class PhotoRefused(ValueError):
    """The bytes are no photo that we take. ``reason``: ``not_an_image``, ``too_many_pixels``
    or ``broken``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """JPEG bytes: the photo, at most 3000 px long, and a small one of 640 px for lists and
    print. ``taken_at`` is ISO 8601, with an offset where the camera gave one; ``position`` is
    latitude and longitude in degrees, ``31.23056,121.47361``, where it gave that."""

    full: bytes
    small: bytes
    width: int
    height: int
    taken_at: str | None
    position: str | None


def looks_like_a_photo(start: bytes) -> bool:
    """Whether the first bytes (16 are enough) are those of a format that we take."""
    heif_brands = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
    return (
        start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
        or (start[4:8] == b"ftyp" and start[8:12] in heif_brands)
    )


def read_photo(data: bytes) -> ReadPhoto:
    """Decode and encode anew. Raises :class:`PhotoRefused`."""
    with warnings.catch_warnings(), _bounded_memory(MEMORY_MAX), _nothing_torn():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
                return _encode(sent)
        except UnidentifiedImageError as error:
            raise PhotoRefused("not_an_image") from error
        except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
            raise PhotoRefused("too_many_pixels") from error
        except (OSError, ValueError, SyntaxError, EOFError, RuntimeError) as error:
            if isinstance(error, PhotoRefused):
                raise
            raise PhotoRefused("broken") from error


def _encode(sent: Image.Image) -> ReadPhoto:
    if sent.width * sent.height > PIXELS_MAX:
        raise PhotoRefused("too_many_pixels")
    taken_at, position = _taken_at(sent), _position(sent)
    sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = _upright(sent)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = _on_white(upright)
    small = plain.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return ReadPhoto(_jpeg(plain), _jpeg(small), plain.width, plain.height, taken_at, position)


def _upright(sent: Image.Image) -> Image.Image:
    """Turned by the camera's word. Pillow's own function writes the other words anew, too, and
    fails where a camera wrote one of them wrongly."""
    turn = _TURNS.get(sent.getexif().get(_ORIENTATION))
    return sent if turn is None else sent.transpose(turn)


def _on_white(picture: Image.Image) -> Image.Image:
    """Only pixels: a new image carries none of the old one's metadata."""
    seen = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    return plain


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def _taken_at(sent: Image.Image) -> str | None:
    details = sent.getexif().get_ifd(_EXIF_IFD)
    taken, offset = details.get(_TAKEN), details.get(_TAKEN_OFFSET)
    if not isinstance(taken, str) or len(taken) < 19:
        return None
    day, _space, time = taken[:19].partition(" ")
    moment = f"{day.replace(':', '-')}T{time}{offset if isinstance(offset, str) else ''}"
    try:
        return dt.datetime.fromisoformat(moment.strip("\0 ")).isoformat()
    except ValueError:
        return None


def _position(sent: Image.Image) -> str | None:
    """None for anything that is no place on earth."""
    gps = sent.getexif().get_ifd(_GPS_IFD)
    latitude = _degrees(gps.get(2), gps.get(1), {"N": 1, "S": -1}, 90)
    longitude = _degrees(gps.get(4), gps.get(3), {"E": 1, "W": -1}, 180)
    if latitude is None or longitude is None:
        return None
    return f"{latitude:.5f},{longitude:.5f}"


def _degrees(parts: object, half: object, signs: dict[str, int], most: int) -> float | None:
    sign = signs.get(half.strip("\0 ")) if isinstance(half, str) else None
    if sign is None or not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    fits = min(degrees, minutes, seconds) >= 0 and found <= most  # NaN fits nowhere
    return sign * found if fits else None


@contextlib.contextmanager
def _nothing_torn() -> Iterator[None]:
    """Have Pillow refuse what breaks off. WeasyPrint, which the worker has loaded, has it fill
    up the rest with grey, for the whole process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@contextlib.contextmanager
def _bounded_memory(more: int) -> Iterator[None]:
    """Let the process grow by at most this many bytes: a bomb then fails, and the worker
    lives. Where the system does not tell how large the process is, there is no limit."""
    status = Path("/proc/self/statm")
    if not status.exists():
        yield
        return
    import resource

    now = int(status.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + more if hard == resource.RLIM_INFINITY else min(now + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
