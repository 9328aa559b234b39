from __future__ import annotations

import hashlib

import pytest

from bench.pdf_fixture import picture
from csiapp.reports import photos
from csiapp.reports.snapshot import Photo

pytestmark = pytest.mark.unit


def photo(body: bytes, key: str = "t/1/evidence/a.jpg") -> Photo:
    return Photo(key=key, sha256=hashlib.sha256(body).hexdigest())


def test_a_stored_photo_is_loaded_with_the_type_it_really_has():
    body = picture(1)
    loaded = photos.load([photo(body)], {"t/1/evidence/a.jpg": body}.get)
    assert loaded == {photo(body).sha256: photos.Resource(body, "image/jpeg")}


@pytest.mark.parametrize("stored", [None, picture(2), b""])
def test_missing_or_altered_bytes_are_left_out(stored):
    assert photos.load([photo(picture(1))], lambda _: stored) == {}


@pytest.mark.parametrize("body", [b"", b"<svg/>", b"%PDF-1.7", b"GIF89a" + bytes(50)])
def test_what_is_no_photo_is_left_out_although_its_fingerprint_is_right(body):
    assert photos.load([photo(body)], lambda _: body) == {}


def test_a_photo_that_never_arrived_is_not_asked_for():
    asked = []
    assert photos.load([photo(picture(1), key="")], asked.append) == {}
    assert asked == []


def test_a_photo_used_twice_is_read_once():
    asked = []

    def read(key: str) -> bytes:
        asked.append(key)
        return picture(1)

    assert len(photos.load([photo(picture(1)), photo(picture(1))], read)) == 1
    assert len(asked) == 1


def test_a_failing_store_is_not_taken_for_a_missing_photo():
    def read(key: str) -> bytes:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        photos.load([photo(picture(1))], read)


@pytest.mark.parametrize("sha256", ["", "AB" * 32, "ab" * 31, "../" + "ab" * 32])
def test_a_photo_is_named_by_a_whole_fingerprint(sha256):
    with pytest.raises(ValueError, match="SHA-256"):
        Photo(key="k", sha256=sha256)
