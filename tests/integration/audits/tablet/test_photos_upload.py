"""Photos in chunks: resumed, checked by hash, once each, never half."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from csiapp.audits.models import Evidence, Visit
from csiapp.audits.services.evidence import CHUNK, give_up_reading, read_received
from csiapp.core.extensions import db
from csiapp.core.storage import StorageError
from tests.factories.tablet import assign, at_work, jpeg, noisy_jpeg, rows_of, tablet_of

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def large() -> bytes:
    """A JPEG of several chunks."""
    return noisy_jpeg(2 * CHUNK)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def evidence(app, world) -> Evidence:
    (row,) = rows_of(app, world, Evidence)
    return row


def test_a_photo_arrives_in_chunks_and_the_worker_reads_it(app, world, tablet, run_jobs, large):
    name = tablet.upload(large)
    before = evidence(app, world)
    run_jobs()
    after = evidence(app, world)

    assert (before.state, after.state) == ("received", "ready")
    assert after.width == after.height > 0
    assert after.sha256 == name != after.stored_sha256


def test_an_unknown_photo_begins_at_zero(tablet):
    answer = tablet.progress("0" * 64)

    assert (answer.json["offset"], answer.json["complete"]) == (0, False)


def test_an_interrupted_upload_goes_on_where_it_stopped(app, world, tablet, large):
    name = sha256(large)
    tablet.patch(name, large[:CHUNK], 0, len(large))

    assert tablet.progress(name).json["offset"] == CHUNK
    tablet.upload(large)
    assert tablet.progress(name).json == {
        "ack": "csiapp",
        "offset": len(large),
        "complete": True,
        "problem": "",
        "refusal": "",
    }


def test_a_chunk_that_is_here_already_changes_nothing(app, world, tablet, large):
    name = sha256(large)
    for _time in range(3):
        answer = tablet.patch(name, large[:CHUNK], 0, len(large))
        assert answer.json["offset"] == CHUNK

    tablet.upload(large)
    assert evidence(app, world).state == "received"


def test_a_gap_is_answered_with_the_place_to_go_on_from(tablet, large):
    answer = tablet.patch(sha256(large), large[CHUNK : 2 * CHUNK], CHUNK, len(large))

    assert (answer.status_code, answer.json["offset"], answer.json["problem"]) == (200, 0, "gap")


def test_a_wrong_hash_begins_anew(app, world, tablet, large):
    wrong = sha256(b"something else")
    for offset in range(0, len(large), CHUNK):
        answer = tablet.patch(wrong, large[offset : offset + CHUNK], offset, len(large))

    assert answer.json == {
        "ack": "csiapp",
        "offset": 0,
        "complete": False,
        "problem": "hash",
        "refusal": "",
    }
    assert evidence(app, world).state == "receiving"


def test_another_total_begins_anew(app, world, tablet, large):
    name = sha256(large)
    tablet.patch(name, large[:CHUNK], 0, len(large) + CHUNK)
    tablet.upload(large)

    assert evidence(app, world).state == "received"


@pytest.mark.parametrize(
    ("offset", "length", "total", "status"),
    [
        (0, CHUNK + 1, 3 * CHUNK, 413),
        (0, CHUNK, 15 * 1024 * 1024 + 1, 413),
        (0, 10, 3 * CHUNK, 422),
        (7, CHUNK, 3 * CHUNK, 422),
        (3 * CHUNK, CHUNK, 3 * CHUNK, 422),
        (0, 0, 0, 422),
    ],
)
def test_a_chunk_of_a_wrong_size_or_place_is_refused(
    app, world, tablet, offset, length, total, status
):
    answer = tablet.patch("0" * 64, b"x" * length, offset, total)

    assert answer.status_code == status
    assert answer.json["error"]["message"]
    assert rows_of(app, world, Evidence) == []


def test_headers_and_hash_are_checked(tablet):
    assert tablet.patch("not-a-hash", b"x", 0, 1).status_code == 404
    url = tablet.url(f"photos/{'0' * 64}")
    for headers in ({}, {"X-Offset": "-1", "X-Total": "1"}, {"X-Offset": "٣", "X-Total": "9"}):
        answer = tablet._client.patch(url, data=b"x", headers=headers)
        assert answer.status_code == 422


def test_the_same_chunks_from_two_tablets_at_once_make_one_photo(app, world, tablet, large):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: tablet.upload(large), range(4)))

    assert evidence(app, world).state == "received"


def test_a_full_disk_answers_503_and_the_upload_goes_on_later(
    app, world, tablet, large, monkeypatch
):
    name, store = sha256(large), app.extensions["csiapp.storage"]
    tablet.patch(name, large[:CHUNK], 0, len(large))
    with monkeypatch.context() as broken:

        def full(_key: str, _data: bytes) -> None:
            raise StorageError("No space left on device")

        broken.setattr(store, "put", full)
        answer = tablet.patch(name, large[CHUNK : 2 * CHUNK], CHUNK, len(large))
        assert answer.status_code == 503

    assert tablet.progress(name).json["offset"] == CHUNK
    tablet.upload(large)
    assert evidence(app, world).state == "received"


def test_a_crash_between_file_and_commit_loses_nothing(app, world, tablet, large, monkeypatch):
    name, store = sha256(large), app.extensions["csiapp.storage"]
    put = store.put
    with monkeypatch.context() as broken:

        def dies(key: str, data: bytes) -> None:
            put(key, data)
            raise RuntimeError("killed after the file was written")

        broken.setattr(store, "put", dies)
        assert tablet.patch(name, large[:CHUNK], 0, len(large)).status_code == 500

    assert tablet.progress(name).json["offset"] == 0
    tablet.upload(large)
    assert evidence(app, world).state == "received"


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 40, b"%PDF-1.7 ..."]
)
def test_what_is_no_photo_is_refused_at_once_with_a_word(app, world, tablet, run_jobs, data):
    tablet.upload(data)

    answer = tablet.progress(sha256(data))
    assert (answer.json["complete"], answer.json["refusal"]) == (True, "not_an_image")
    run_jobs()
    assert evidence(app, world).state == "refused"


def test_a_torn_photo_is_refused_by_the_worker(app, world, tablet, run_jobs):
    torn = jpeg(2000, 1500)[:2000]
    tablet.upload(torn)
    run_jobs()

    row = evidence(app, world)
    assert (row.state, row.refusal) == ("refused", "broken")


def test_what_was_sent_is_deleted_once_it_was_read(app, world, tablet, run_jobs, large):
    name = tablet.upload(large)
    key = f"t/11/incoming/{tablet.visit_id}/{name}/0"
    store = app.extensions["csiapp.storage"]
    assert store.exists(key)

    run_jobs()

    assert not store.exists(key)


def test_reading_twice_changes_nothing(app, world, tablet, run_jobs, large):
    tablet.upload(large)
    run_jobs()
    first = evidence(app, world)
    with at_work(app, world.tenant()):
        read_received(first.id)

    assert evidence(app, world).stored_sha256 == first.stored_sha256


def test_a_photo_that_cannot_be_read_in_the_end_is_kept_for_a_person(app, world, tablet, large):
    name = tablet.upload(large)
    evidence_id = evidence(app, world).id
    with at_work(app, world.tenant()):
        give_up_reading(evidence_id)

    row = evidence(app, world)
    assert (row.state, row.refusal) == ("refused", "not_read")
    store = app.extensions["csiapp.storage"]
    assert store.exists(f"t/11/incoming/{tablet.visit_id}/{name}/0")


class TestShowing:
    """Who sees a photo, and how it is served."""

    @pytest.fixture
    def photo(self, tablet, run_jobs) -> str:
        name = tablet.upload(jpeg(2000, 1500))
        run_jobs()
        return name

    def paths(self, visit_id, name) -> dict[str, str]:
        return {
            "shopper": f"/v/{visit_id}/photos/{name}",
            "other_shopper": f"/v/{visit_id}/photos/{name}",
            "reviewer": f"/n/near/d/near/visits/{visit_id}/photos/{name}",
            "headoffice": f"/n/near/d/near/visits/{visit_id}/photos/{name}",
            "far_headoffice": f"/n/near/d/near/visits/{visit_id}/photos/{name}",
            "manager": f"/t/near/visits/{visit_id}/photos/{name}",
            "staff": f"/t/near/visits/{visit_id}/photos/{name}",
            "next_manager": f"/t/near/visits/{visit_id}/photos/{name}",
        }

    @pytest.mark.parametrize(
        ("person", "status"),
        [
            ("shopper", 200),
            ("other_shopper", 404),
            ("reviewer", 200),
            ("headoffice", 200),
            ("far_headoffice", 404),
            ("manager", 404),
            ("staff", 403),
            ("next_manager", 404),
        ],
    )
    def test_before_publication_only_shopper_and_network_see_it(
        self, client_of, tablet, photo, person, status
    ):
        url = self.paths(tablet.visit_id, photo)[person]
        assert client_of(person).get(url).status_code == status

    def test_after_publication_the_dealership_sees_it(self, app, world, client_of, photo, tablet):
        with at_work(app, world.tenant()):
            db.session.execute(sa.update(Visit).values(state="published"))

        url = self.paths(tablet.visit_id, photo)["manager"]
        assert client_of("manager").get(url).status_code == 200

    def test_it_is_served_as_an_inert_picture(self, client_of, tablet, photo):
        url = self.paths(tablet.visit_id, photo)["shopper"]
        full, small = client_of("shopper").get(url), client_of("shopper").get(url + "?size=small")

        for answer in (full, small):
            assert answer.content_type == "image/jpeg"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["Cache-Control"].startswith("private")
        assert len(small.data) < len(full.data)

    def test_a_photo_that_was_not_read_yet_is_not_shown(self, client_of, tablet):
        name = tablet.upload(jpeg())

        url = self.paths(tablet.visit_id, name)["shopper"]
        assert client_of("shopper").get(url).status_code == 404

    def test_a_photo_of_another_visit_is_not_shown(
        self, app, world, client_of, form_id, photo, tablet
    ):
        other = assign(app, world, form_id)
        tablet_of(client_of("shopper"), app, other)

        url = self.paths(other, photo)["shopper"]
        assert client_of("shopper").get(url).status_code == 404
