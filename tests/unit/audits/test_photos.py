"""Photos: only pixels and the time survive; bombs and foreign files are refused."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFile

from csiapp.audits.photos import (
    LONGEST_SIDE,
    SMALL_SIDE,
    PhotoRefused,
    looks_like_a_photo,
    read_photo,
)

pytestmark = pytest.mark.unit

ORIENTATION, EXIF_IFD, GPS_IFD = 0x0112, 0x8769, 0x8825
TAKEN, OFFSET = 0x9003, 0x9011


def encoded(picture: Image.Image, kind: str = "JPEG", **save) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **save)
    return buffer.getvalue()


def marked(width: int = 120, height: int = 60) -> Image.Image:
    """White, with a red top left quarter."""
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height // 2), "red")
    return picture


def exif(**tags) -> bytes:
    data = Image.Exif()
    if "orientation" in tags:
        data[ORIENTATION] = tags["orientation"]
    if "taken" in tags:
        details = data.get_ifd(EXIF_IFD)
        details[TAKEN] = tags["taken"]
        if "offset" in tags:
            details[OFFSET] = tags["offset"]
    if "gps" in tags:
        data.get_ifd(GPS_IFD)[1] = "N"
        data.get_ifd(GPS_IFD)[2] = (31.0, 13.0, 50.0)
    return data.tobytes()


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_that_cameras_make_becomes_jpeg(kind):
    data = encoded(marked(), kind)

    photo = read_photo(data)

    assert looks_like_a_photo(data[:16])
    assert (photo.width, photo.height) == (120, 60)
    assert pixels(photo.full).format == pixels(photo.small).format == "JPEG"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM"])
def test_other_images_are_refused(kind):
    data = encoded(marked(), kind)

    assert not looks_like_a_photo(data[:16])
    with pytest.raises(PhotoRefused) as refused:
        read_photo(data)
    assert refused.value.reason == "not_an_image"


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0", b"MZ" * 400])
def test_what_is_no_image_is_refused(data):
    assert not looks_like_a_photo(data[:16])
    with pytest.raises(PhotoRefused) as refused:
        read_photo(data)
    assert refused.value.reason == "not_an_image"


@pytest.mark.parametrize("filled_up", [False, True], ids=["", "in a worker"])
def test_a_torn_file_is_refused_as_broken(monkeypatch, filled_up):
    """A worker has loaded WeasyPrint, which asks Pillow to fill up what is missing."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", filled_up)
    with pytest.raises(PhotoRefused) as refused:
        read_photo(encoded(marked(900, 900))[:1500])
    assert refused.value.reason == "broken"
    assert filled_up == ImageFile.LOAD_TRUNCATED_IMAGES


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds nearly nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (7_100, 7_100), (60_000, 1_000)])
def test_a_picture_of_more_than_50_megapixels_is_refused(width, height):
    with pytest.raises(PhotoRefused) as refused:
        read_photo(png_of(width, height))
    assert refused.value.reason == "too_many_pixels"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(orientation):
    upright = marked()
    inverse = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    turned = upright.transpose(inverse[orientation]) if orientation > 1 else upright

    photo = read_photo(encoded(turned, exif=exif(orientation=orientation), quality=95))

    assert (photo.width, photo.height) == (120, 60)
    red, green, blue = pixels(photo.full).getpixel((15, 10))
    assert (red > 200, green < 80, blue < 80) == (True, True, True)


def test_what_a_camera_wrote_wrongly_about_a_photo_does_not_cost_the_photo():
    """Sideways, with a resolution that is no number: as some cheap cameras write it."""
    tags = struct.pack("<HHIHH", ORIENTATION, 3, 1, 6, 0) + struct.pack(
        "<HHI4s", 282, 7, 4, b"high"
    )
    said = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + tags + bytes(4)

    photo = read_photo(encoded(marked(), exif=said))

    assert (photo.width, photo.height) == (60, 120)


def test_a_heic_that_lies_about_its_size_is_refused():
    data = encoded(marked(), "HEIF")
    place = data.index(b"ispe") + 8
    lie = data[:place] + struct.pack(">II", 120, 0xFF0040) + data[place + 8 :]

    with pytest.raises(PhotoRefused):
        read_photo(lie)


def test_position_comments_and_what_was_appended_are_gone_and_the_time_is_kept():
    tags = exif(taken="2026:08:01 10:02:03", offset="+08:00", gps=True)
    data = encoded(marked(), exif=tags, comment=b"secret") + b"<html>appended</html>"

    photo = read_photo(data)

    assert photo.taken_at == "2026-08-01T10:02:03+08:00"
    for kept in (photo.full, photo.small):
        assert not pixels(kept).getexif()
        assert b"secret" not in kept
        assert b"appended" not in kept


def at(latitude, longitude, halves=("N", "E")) -> bytes:
    data = Image.Exif()
    gps = data.get_ifd(GPS_IFD)
    gps[1], gps[3] = halves
    gps[2], gps[4] = latitude, longitude
    return data.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_the_position_is_read_apart_and_is_in_none_of_the_stored_files(kind):
    data = encoded(marked(), kind, exif=at((31.0, 13.0, 50.0), (121.0, 28.0, 25.0)))

    photo = read_photo(data)

    assert photo.position == "31.23056,121.47361"
    for kept in (photo.full, photo.small):
        assert not pixels(kept).getexif().get_ifd(GPS_IFD)


@pytest.mark.parametrize(
    ("latitude", "longitude", "halves"),
    [
        ((91.0, 0.0, 0.0), (1.0, 0.0, 0.0), ("N", "E")),
        ((1.0, 0.0, 0.0), (181.0, 0.0, 0.0), ("N", "E")),
        ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0), ("X", "E")),
        ((1.0, 0.0), (1.0, 0.0, 0.0), ("N", "E")),
    ],
)
def test_what_is_no_place_on_earth_is_no_position(latitude, longitude, halves):
    assert read_photo(encoded(marked(), exif=at(latitude, longitude, halves))).position is None


@given(
    st.integers(0, 89), st.integers(0, 59), st.integers(0, 59),
    st.integers(0, 179), st.integers(0, 59), st.integers(0, 59),
    st.sampled_from("NS"), st.sampled_from("EW"),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_degrees_come_back_to_a_metre(a, b, c, d, e, f, north, east):
    photo = read_photo(encoded(marked(8, 8), exif=at((a, b, c), (d, e, f), (north, east))))
    latitude, longitude = (float(part) for part in photo.position.split(","))
    assert latitude == pytest.approx((a + b / 60 + c / 3600) * (-1) ** (north == "S"), abs=1e-5)
    assert longitude == pytest.approx((d + e / 60 + f / 3600) * (-1) ** (east == "W"), abs=1e-5)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"taken": "2026:08:01 10:02:03"}, "2026-08-01T10:02:03"),
        ({"taken": "0000:00:00 00:00:00"}, None),
        ({"taken": "yesterday"}, None),
        ({}, None),
    ],
)
def test_the_capture_time_is_kept_as_far_as_the_camera_knew_it(tags, expected):
    photo = read_photo(encoded(marked(), exif=exif(**tags)))

    assert photo.taken_at == expected
    assert expected is None or dt.datetime.fromisoformat(photo.taken_at)


def test_large_photos_shrink_and_small_ones_stay():
    photo = read_photo(encoded(Image.new("RGB", (4000, 3000), "grey")))

    assert (photo.width, photo.height) == (LONGEST_SIDE, 2250)
    assert max(pixels(photo.small).size) == SMALL_SIDE
    assert read_photo(encoded(marked())).width == 120


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_kind_of_pixel_becomes_rgb_on_white(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    photo = read_photo(encoded(Image.new(mode, (40, 40)), kind))

    assert pixels(photo.full).mode == "RGB"
    if mode == "RGBA":
        assert pixels(photo.full).getpixel((5, 5)) == (255, 255, 255)
