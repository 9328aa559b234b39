"""From a score to a PDF that the right people can download."""

from __future__ import annotations

import io
import uuid

import pypdf
import pytest
import sqlalchemy as sa

from csiapp.core.db import new_id, writing
from csiapp.core.extensions import db
from csiapp.core.jobs import fail
from csiapp.core.models import Outbox
from csiapp.core.storage import FolderStorage, StorageError
from csiapp.core.tenancy import entered
from csiapp.reports import render
from csiapp.reports.models import Report
from csiapp.reports.services import render_report
from csiapp.reports.snapshot import AnyCopy
from tests.factories import audits
from tests.support.statements import statements_of

pytestmark = pytest.mark.db

COMMENT = "服务顾问没有起身，也没有说明自己的姓名。"
BADLY = {"V017": {"value": "no"}, "V017.comment": COMMENT}
NETWORK = "/n/near/d/near"


def quickly(snapshot: AnyCopy, _read_photo: object) -> bytes:
    """Instead of two seconds of drawing, where no test looks at what was drawn."""
    pdf = pypdf.PdfWriter()
    pdf.add_blank_page(10, 10)
    pdf.add_metadata({"/Title": snapshot.language})
    out = io.BytesIO()
    pdf.write(out)
    return out.getvalue()


@pytest.fixture
def drawn_quickly(monkeypatch):
    monkeypatch.setattr(render, "render_pdf", quickly)


@pytest.fixture
def reported_visit(audited, states, run_jobs) -> uuid.UUID:
    """A submitted visit with its provisional report made."""

    def build() -> uuid.UUID:
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id, BADLY)
        run_jobs()
        return visit_id

    return states.reach("reported_visit", build)


@pytest.fixture
def published_visit(
    audited, reported_visit, states, run_jobs, database_kind, monkeypatch
) -> uuid.UUID:
    """The same visit, published, with the reports of both audiences; really drawn on SQLite."""

    def build() -> uuid.UUID:
        audits.approve(audited, reported_visit)
        audits.publish(audited, reported_visit)
        with monkeypatch.context() as drawing:
            if database_kind != "sqlite":
                drawing.setattr(render, "render_pdf", quickly)
            run_jobs()
        return reported_visit

    return states.reach("published_visit", build)


def reports(app, world, **wanted: object) -> list[Report]:
    with app.app_context(), entered(world.tenant()):
        query = sa.select(Report).order_by(Report.revision, Report.audience)
        found = list(db.session.scalars(query.filter_by(**wanted)))
        db.session.expunge_all()
        db.session.close()
    return found


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def download(client, report: Report, place: str = NETWORK):
    return client.get(f"{place}/reports/{report.id}.pdf")


def test_submitting_makes_a_provisional_pdf_that_head_office_downloads(
    app, audited, reported_visit, client_of
):
    (report,) = reports(app, audited)
    assert (report.state, report.audience, report.locale) == ("ready", "headoffice", "zh")
    response = download(client_of("headoffice"), report)
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    assert "attachment" in response.headers["Content-Disposition"]
    text = text_of(response.data)
    assert COMMENT in text
    assert report.pages == len(pypdf.PdfReader(io.BytesIO(response.data)).pages)


def test_publishing_makes_a_copy_for_the_dealership_without_the_shopper(
    app, audited, published_visit, client_of, database_kind
):
    copies = reports(app, audited, revision=1)
    assert [r.audience for r in copies] == ["dealership", "headoffice"]
    own, full = copies
    response = download(client_of("manager"), own, "/t/near")
    assert response.status_code == 200
    assert "Test shopper" not in own.snapshot["json"]
    assert "Test shopper" in full.snapshot["json"]
    if database_kind == "sqlite":
        assert "Test shopper" not in text_of(response.data)
        assert "Test shopper" in text_of(download(client_of("headoffice"), full).data)


def test_the_dealership_cannot_reach_head_offices_copy(app, audited, published_visit, client_of):
    _own, full = reports(app, audited, revision=1)
    assert download(client_of("manager"), full, "/t/near").status_code == 404


def test_a_neighbour_and_another_network_cannot_reach_a_report(
    app, audited, published_visit, client_of
):
    own, full = reports(app, audited, revision=1)
    assert download(client_of("next_manager"), own, "/t/near").status_code == 404
    assert download(client_of("next_manager"), own, "/t/next").status_code == 404
    assert download(client_of("far_headoffice"), full).status_code == 404
    assert download(client_of("far_headoffice"), full, "/n/far/d/far").status_code == 404
    assert download(client_of("staff"), own, "/t/near").status_code == 403
    assert download(client_of("shopper"), full).status_code == 404


def test_a_report_is_made_once_for_each_language_that_is_asked_for(
    app, audited, reported_visit, client_of, run_jobs, drawn_quickly
):
    client = client_of("headoffice")
    address = f"{NETWORK}/visits/{reported_visit}/reports"
    for _ in range(2):
        assert client.post(address, data={"locale": "en"}).status_code == 303
    run_jobs()
    assert [(r.locale, r.state) for r in reports(app, audited, locale="en")] == [("en", "ready")]
    (english,) = reports(app, audited, locale="en")
    made = io.BytesIO(download(client, english).data)
    assert pypdf.PdfReader(made).metadata.title == "en"


def test_an_unknown_language_is_refused_with_a_word(audited, reported_visit, client_of):
    response = client_of("headoffice").post(
        f"{NETWORK}/visits/{reported_visit}/reports", data={"locale": "fr"}
    )
    assert response.status_code == 422
    assert "Choose a language" in response.text


def test_the_panel_polls_before_the_worker_has_begun_with_the_report(
    app, audited, client_of, run_jobs, drawn_quickly
):
    with app.app_context():
        visit_id = audits.assign(audited)
        audits.submit(audited, visit_id, BADLY)
    url = f"{NETWORK}/visits/{visit_id}/reports"
    client = client_of("headoffice")
    panel = client.get(url, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert f'hx-get="{url}"' in panel
    assert "Waiting for a worker" in panel
    run_jobs()
    panel = client.get(url, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert f'hx-get="{url}"' not in panel
    assert ".pdf" in panel


def test_the_panel_polls_while_a_report_is_made_and_then_stops(
    app, audited, reported_visit, client_of, run_jobs, drawn_quickly
):
    client = client_of("headoffice")
    address = f"{NETWORK}/visits/{reported_visit}/reports"
    htmx = {"HX-Request": "true"}
    waiting = client.post(address, data={"locale": "en"}, headers=htmx).text
    assert "every 2s" in waiting
    (english,) = reports(app, audited, locale="en")
    assert "every 2s" in client.get(f"{NETWORK}/reports/{english.id}/status").text
    run_jobs()
    done = client.get(f"{NETWORK}/reports/{english.id}/status").text
    assert "every 2s" not in done
    assert f"{english.id}.pdf" in done
    assert "every 2s" not in client.get(address, headers=htmx).text


def promised(app) -> list[uuid.UUID]:
    with app.app_context():
        ids = list(db.session.scalars(sa.select(Outbox.id).where(Outbox.done_at.is_(None))))
        db.session.close()
    return ids


def test_a_full_disk_fails_the_report_loses_nothing_and_it_can_be_tried_again(
    app, audited, reported_visit, client_of, run_jobs, monkeypatch, drawn_quickly
):
    client = client_of("headoffice")
    address = f"{NETWORK}/visits/{reported_visit}/reports"
    client.post(address, data={"locale": "en"})

    def full(_self: object, _key: str, _data: bytes) -> None:
        raise StorageError("No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(FolderStorage, "put", full)
        with pytest.raises(StorageError):
            run_jobs()
        with app.app_context():
            for outbox_id in promised(app):
                fail(outbox_id)
    (english,) = reports(app, audited, locale="en")
    assert english.state == "failed"
    assert "Could not be made" in client.get(address, headers={"HX-Request": "true"}).text
    client.post(address, data={"locale": "en"})
    run_jobs()
    (english,) = reports(app, audited, locale="en")
    assert english.state == "ready"
    assert len(reports(app, audited)) == 2


def test_rendering_again_changes_nothing(app, audited, reported_visit, database):
    (report,) = reports(app, audited)
    with app.app_context():
        token = writing.set(True)
        with entered(audited.tenant()):
            render_report(report.id)
            db.session.commit()
            db.session.close()
        writing.reset(token)
    (again,) = reports(app, audited)
    assert (again.pdf_sha256, again.finished_at) == (report.pdf_sha256, report.finished_at)


def test_the_database_refuses_to_change_a_report_that_is_ready(app, reported_visit, database):
    with pytest.raises(sa.exc.IntegrityError), database.owner() as owner:
        owner.execute(sa.update(Report.__table__).values(pages=1))


def test_altered_bytes_are_not_handed_out(app, audited, reported_visit, client_of):
    (report,) = reports(app, audited)
    store, key = app.extensions["csiapp.storage"], report.storage_key
    made = store.get(key)
    store.put(key, b"%PDF-1.7 altered")
    try:
        assert download(client_of("headoffice"), report).status_code == 409
    finally:
        store.put(key, made)


def test_the_list_costs_the_same_queries_for_one_and_for_many(
    app, reported_visit, client_of, database
):
    client = client_of("headoffice")
    client.get("/n/near/reports")
    with statements_of(app) as one:
        assert client.get("/n/near/reports").status_code == 200
    table = Report.__table__
    with database.owner() as owner:
        row = owner.execute(sa.select(table)).mappings().one()
        for n in range(300):
            owner.execute(sa.insert(table), {**row, "id": new_id(), "revision": 10 + n})
    with statements_of(app) as many:
        page = client.get("/n/near/reports").text
    assert page.count("R3") > 5
    assert len(many) == len(one)
