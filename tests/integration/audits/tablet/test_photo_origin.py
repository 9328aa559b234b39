"""When and where a photo was taken: kept apart, and never shown to the dealership."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from csiapp.audits.models import Evidence
from csiapp.audits.queries.evidence import photo_key
from csiapp.core.storage import storage
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.tablet import rows_of, tablet_of

pytestmark = pytest.mark.db

PLACE = "31.23056,121.47361"


def heic() -> bytes:
    """A sideways HEIC with its position and time, as a phone makes it."""
    data = Image.Exif()
    gps, details = data.get_ifd(0x8825), data.get_ifd(0x8769)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 13.0, 50.0), "E", (121.0, 28.0, 25.0)
    details[0x9003] = "2026:08:01 10:02:03"
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(buffer, "HEIF", exif=data.tobytes())
    return buffer.getvalue()


@pytest.fixture
def accepted(app, audited):
    with app.app_context():
        audited.visit = audits.assign(audited)
        with at_work(audits.acting(audited, "shopper")):
            audits.accept_visit(audited.visit)
    return audited


def test_position_and_time_are_kept_apart_and_only_the_office_sees_them(
    app, accepted, client_of, run_jobs
):
    visit_id = accepted.visit
    tablet = tablet_of(client_of("shopper"), app, visit_id)
    sha256 = tablet.upload(heic())
    run_jobs()
    changes = {"V017.photos": [sha256]}
    with app.app_context():
        audits.submit(accepted, visit_id, changes, accepted=True)
        audits.approve(accepted, visit_id)
        audits.publish(accepted, visit_id)

    (row,) = rows_of(app, accepted, Evidence)
    assert (row.state, row.position, row.taken_at) == ("ready", PLACE, "2026-08-01T10:02:03")
    with app.app_context():
        for size in ("full", "small"):
            stored = Image.open(io.BytesIO(storage().get(photo_key(row, size))))
            assert (stored.format, dict(stored.getexif())) == ("JPEG", {})
    shown = client_of("headoffice").get(f"/n/near/d/near/visits/{visit_id}").text
    assert PLACE in shown
    assert "2026-08-01 10:02" in shown
    own = client_of("manager").get(f"/t/near/results/{visit_id}")
    assert own.status_code == 200
    assert sha256 in own.text
    assert PLACE not in own.text
    again = client_of("shopper").get(f"/v/{visit_id}/photos/{sha256}?size=small")
    assert again.mimetype == "image/jpeg"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("2026-08-01T02:02:03.120Z", "2026-08-01T02:02:03+00:00"), ("yesterday", None)],
)
def test_a_photo_that_says_nothing_has_the_time_of_its_device(
    app, accepted, client_of, run_jobs, said, kept
):
    tablet = tablet_of(client_of("shopper"), app, accepted.visit)
    buffer = io.BytesIO()
    Image.new("RGB", (90, 60), "teal").save(buffer, "JPEG")
    tablet.upload(buffer.getvalue(), taken=said)
    run_jobs()
    assert rows_of(app, accepted, Evidence)[0].taken_at == kept
