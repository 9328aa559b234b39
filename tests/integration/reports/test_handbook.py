"""The handbook: asked for by any staff, made once per language, true to its version."""

from __future__ import annotations

import io
import re
import threading
import uuid

import pypdf
import pytest
import sqlalchemy as sa

from csiapp.core.extensions import db
from csiapp.core.jobs import fail, perform
from csiapp.core.models import ActivityEntry, Outbox
from csiapp.core.tenancy import entered
from csiapp.reports import handbooks
from csiapp.reports.handbook_html import handbook_html
from csiapp.reports.models import Handbook
from csiapp.reports.services import prepare_renderer
from csiapp.standards.content import standards_in
from tests.factories.standards import reference_content

PLACE = "/t/near/standards/REF-AFTERSALES/handbook"


def made(app, world) -> dict[str, Handbook]:
    with app.app_context(), entered(world.tenant()):
        found = list(db.session.scalars(sa.select(Handbook)))
        db.session.expunge_all()
        db.session.close()
    return {handbook.locale: handbook for handbook in found}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.pdf
@pytest.mark.parametrize(
    ("locale", "steps"),
    [
        # no database has a part in the drawing, which takes longest
        pytest.param("zh", 14, id="zh"),
        pytest.param("en", 4, id="en", marks=pytest.mark.db),
    ],
)
def test_staff_ask_for_the_handbook_and_read_the_whole_version_in_it(
    app, audited, client_of, run_jobs, monkeypatch, locale, steps
):
    def shortened(content, *rest):
        return handbook_html({**content, "steps": content["steps"][:steps]}, *rest)

    monkeypatch.setattr(handbooks, "handbook_html", shortened)
    staff = client_of("staff")
    assert staff.post(PLACE, data={"locale": locale}).status_code == 303
    staff.post(PLACE, data={"locale": locale})
    run_jobs()

    (handbook,) = made(app, audited).values()
    assert handbook.state == "ready"
    response = staff.get(f"{PLACE}/{handbook.id}.pdf")
    assert response.status_code == 200
    assert response.content_type == "application/pdf"

    reader = pypdf.PdfReader(io.BytesIO(response.data))
    assert len(reader.pages) == handbook.pages
    pages = [squeezed(page.extract_text()) for page in reader.pages]
    text = "".join(pages)
    content = reference_content()
    assert len(content["steps"]) == 14
    del content["steps"][steps:]
    for step in content["steps"]:
        assert squeezed(step["purpose"][locale]) in text
    for placed in standards_in(content):
        assert placed.standard["code"] in text
    assert len([e for e in reader.outline if not isinstance(e, list)]) >= len(content["steps"])
    toc = re.sub(r"\.{3,}", "...", "".join(pages[1:3]))
    last = f"{len(content['steps'])}{squeezed(content['steps'][-1]['name'][locale])}"
    (stands,) = [n for n, page in enumerate(pages, 1) if last in page and n > 3]
    assert f"{last}...{stands}" in toc


@pytest.mark.db
def test_two_taps_make_one_handbook(app, audited, client_of):
    staff = client_of("staff")
    staff.post(PLACE, data={"locale": "en"})
    client_of("manager").post(PLACE, data={"locale": "en"})

    with app.app_context(), entered(audited.tenant()):
        jobs = db.session.scalars(sa.select(Outbox).where(Outbox.task == "reports.handbook")).all()
        assert len(jobs) == 1
        db.session.close()
    assert b"Waiting for a worker" in staff.get(PLACE).data


@pytest.mark.db
def test_a_handbook_that_failed_is_tried_again(app, audited, client_of):
    staff = client_of("staff")
    staff.post(PLACE, data={"locale": "en"})
    with app.app_context(), entered(audited.tenant()):
        job = db.session.scalars(
            sa.select(Outbox.id).where(Outbox.task == "reports.handbook")
        ).one()
        db.session.close()
    with app.app_context():
        fail(job)
    assert made(app, audited)["en"].state == "failed"
    assert b"Could not be made" in staff.get(PLACE).data

    staff.post(PLACE, data={"locale": "en"})
    assert made(app, audited)["en"].state == "queued"


@pytest.mark.pdf
@pytest.mark.db
def test_two_runs_of_one_job_at_once_finish_it_once(app, audited, client_of, monkeypatch):
    pdf = io.BytesIO()
    pypdf.PdfWriter().write(pdf)
    job = None

    def second_run() -> None:
        with app.app_context():
            perform(job)

    def drawn(*_args):
        if threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=second_run)
            other.start()
            other.join()
        return pdf.getvalue()

    with app.app_context():
        prepare_renderer()
    monkeypatch.setattr("csiapp.reports.engine.html_to_pdf", drawn)
    client_of("staff").post(PLACE, data={"locale": "en"})
    with app.app_context(), entered(audited.tenant()):
        job = db.session.scalars(
            sa.select(Outbox.id).where(Outbox.task == "reports.handbook")
        ).one()
        db.session.close()
    with app.app_context():
        perform(job)
    with app.app_context(), entered(audited.tenant()):
        verbs = db.session.scalars(sa.select(ActivityEntry.verb)).all()
        db.session.close()
    assert verbs.count("handbook.ready") == 1


@pytest.mark.db
def test_nobody_else_sees_it(app, audited, client_of):
    client_of("staff").post(PLACE, data={"locale": "en"})
    handbook = made(app, audited)["en"]

    assert client_of("next_manager").get(f"{PLACE}/{handbook.id}.pdf").status_code == 404
    assert client_of("manager").get(f"{PLACE}/{handbook.id}.pdf").status_code == 404
    assert client_of("manager").get(f"{PLACE}/{uuid.uuid4()}/status").status_code == 404
    assert client_of("manager").post(PLACE, data={"locale": "fr"}).status_code == 404
