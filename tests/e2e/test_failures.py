"""What goes wrong on the way from the tablet to the report, on the real product: processes are
stopped and killed, time passes, a disk is full, people send what does not fit.

Looked at below the browser already: every status as a page, a toast and JSON in both languages
(integration/web/test_failures.py), chunks of photos (audits/tablet/test_photos_upload.py),
gaps (test_submission.py), the queue's own promises (jobs/test_outbox.py).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rq.serializers import JSONSerializer

from csiapp.core.relay import RegisteredJob, queue_connection
from csiapp.demo.pictures import picture
from tests.e2e.pages import TabletForm, VisitPage, follow, pick
from tests.e2e.staging import begun, filled, person_id
from tests.support.browser import TABLET, sign_in
from tests.support.product import Product

pytestmark = pytest.mark.e2e

LONG_AGO = "2026-01-01 00:00:00.000000"
COMMENT = "等了二十分钟才有人过来，没有说明原因，也没有告诉我还要等多久。"


def eventually(condition: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def open_form(page: Page, product: Product, visit_id: uuid.UUID, place: str) -> TabletForm:
    page.goto(f"{product.url}/v/{visit_id}/fill#{place}")
    return TabletForm(page)


def state_of(page: Page, code: str):
    return page.locator(f"[data-state-of='{code}']")


def journal(product: Product, visit_id: uuid.UUID) -> list[str]:
    """The fields of all events that this test's tablet sent, one for each event."""
    query = "SELECT field FROM answer_event WHERE visit_id = ? ORDER BY id"
    return [field for (field,) in product.rows(query, visit_id.hex)]


def jobs(product: Product, task: str, key: str) -> list[tuple[str | None]]:
    """When each promised job of this kind that names the key was done."""
    query = "SELECT done_at FROM outbox WHERE task = ? AND args LIKE ?"
    return product.rows(query, task, f"%{key}%")


def files_of(product: Product, visit_id: uuid.UUID, kind: str) -> list[Path]:
    folders = (product.folder / "files").glob(f"t/*/{kind}/{visit_id}")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


# --- The session is over in the middle of the form ---------------------------------------


def end_newest_session(product: Product, name: str, visit_id: uuid.UUID) -> None:
    """The person was away for a day, and the tablet's own key has ended."""
    product.change(
        "UPDATE user_session SET last_seen_at = ? WHERE id = (SELECT id FROM user_session"
        " WHERE user_id = ? ORDER BY created_at DESC LIMIT 1)",
        LONG_AGO,
        person_id(product, name).hex,
    )
    product.change(
        "UPDATE visit_token SET expires_at = ? WHERE on_visit = ?", LONG_AGO, visit_id.hex
    )


@pytest.fixture
def tablet(browser: Browser, product: Product) -> Iterator[Page]:
    """The shopper's, with a session of its own. That its requests fail is what is tested, so
    what the browser says of it is not looked at."""
    context = browser.new_context(viewport=TABLET, has_touch=True, locale="zh-CN")
    context.set_default_timeout(20_000)
    page = context.new_page()
    sign_in(page, product.url, "shopper@demo.example", product.password)
    yield page
    context.close()


def test_answers_of_a_session_that_is_over_are_kept_and_sent_after_signing_in(product, tablet):
    visit_id = begun(product, 6)
    form = open_form(tablet, product, visit_id, "s-B")
    pick(tablet, "V017", "yes")
    expect(state_of(tablet, "V017")).to_have_attribute("data-state", "server")

    end_newest_session(product, "shopper", visit_id)
    pick(tablet, "V018", "no")
    form.comment("V018", COMMENT)
    form.photograph("V018", picture("session over"))
    expect(tablet.locator("#sign-in")).to_be_visible()
    expect(state_of(tablet, "V018")).to_have_attribute("data-state", "device")
    assert journal(product, visit_id).count("V018") == 0

    follow(tablet.locator("#sign-in a"))
    tablet.locator("#email").fill("shopper@demo.example")
    tablet.locator("#password").fill(product.password)
    tablet.locator("main form button").click()
    tablet.wait_for_url(f"**/v/{visit_id}/fill**")
    expect(tablet.locator("html")).to_have_attribute("data-ready", "1")
    expect(tablet.locator("[id='V018=no']")).to_be_checked()
    expect(tablet.locator("#V018 textarea")).to_have_value(COMMENT)
    expect(tablet.locator("#net")).to_have_attribute("data-state", "delivered")
    expect(state_of(tablet, "V018")).to_have_attribute("data-state", "server")
    sent = journal(product, visit_id)
    assert {field: sent.count(field) for field in sent if field.startswith("V018")} == {
        "V018": 1,
        "V018.comment": 1,
        "V018.photos": 1,
    }
    assert product.rows("SELECT count(*) FROM evidence WHERE visit_id = ?", visit_id.hex) == [(1,)]


# --- Photos that are none ----------------------------------------------------------------


def test_a_photo_that_is_too_large_is_refused_with_a_word_and_nothing_is_sent(
    product, person, tmp_path
):
    visit_id = begun(product, 7)
    tablet = person("shopper", "zh", viewport=TABLET, has_touch=True)
    open_form(tablet, product, visit_id, "s-B")
    large = tmp_path / "large.heic"
    with large.open("wb") as file:
        file.truncate(15 * 1024 * 1024 + 1)
    tablet.locator("#V017-file").set_input_files(large)
    expect(state_of(tablet, "V017")).to_contain_text("这张照片超过 15 MB。")
    assert journal(product, visit_id).count("V017.photos") == 0
    assert product.rows("SELECT id FROM evidence WHERE visit_id = ?", visit_id.hex) == []


def test_a_file_that_is_no_photo_is_refused_with_a_word_and_a_real_one_takes_its_place(
    product, person
):
    visit_id = begun(product, 8)
    tablet = person("shopper", "en", viewport=TABLET, has_touch=True)
    form = open_form(tablet, product, visit_id, "s-B")
    form.photograph("V017", b"this is no photo " * 10_000)
    expect(tablet.locator("#V017 figcaption")).to_contain_text("This file is no photo.")
    query = "SELECT id, state FROM evidence WHERE visit_id = ? ORDER BY id"
    ((refused, state),) = product.rows(query, visit_id.hex)
    assert (state, files_of(product, visit_id, "photos")) == ("refused", [])
    assert len(jobs(product, "audits.drop_parts", str(uuid.UUID(refused)))) == 1

    tablet.locator("#V017 .thumb button").click()
    expect(tablet.locator("#V017 .thumb")).to_have_count(0)
    form.photograph("V017", picture("a real one"))
    eventually(lambda: [s for _id, s in product.rows(query, visit_id.hex)] == ["refused", "ready"])


# --- The queue is down while a visit is submitted ----------------------------------------


@pytest.fixture
def no_valkey(product: Product) -> Iterator[Callable[[], None]]:
    """Valkey is stopped; calling starts it again, at the latest when the test ends."""
    product.stop("valkey")
    stopped = [True]

    def start() -> None:
        if stopped and stopped.pop():
            product.start("valkey")

    yield start
    start()


def test_a_visit_is_submitted_while_valkey_is_down_and_reported_once_it_is_back(
    product, person, no_valkey
):
    visit_id = filled(product, 9)
    tablet = person("shopper", viewport=TABLET, has_touch=True)
    form = open_form(tablet, product, visit_id, "finish")
    form.submit()
    tablet.wait_for_url("**/receipt")
    expect(tablet.locator(".receipt-title")).to_be_visible()

    office = person("headoffice", "en")
    seen = VisitPage(office, f"{product.url}/n/demo/d/demo-09/visits/{visit_id}")
    expect(office.locator("#reports .job").first).to_contain_text("Waiting for a worker")
    assert jobs(product, "reports.prepare", str(visit_id)) == [(None,)]

    no_valkey()
    seen.report_when_ready(revision=0)
    eventually(lambda: None not in jobs(product, "reports.prepare", str(visit_id))[0])
    count = "SELECT (SELECT count(*) FROM visit_score WHERE visit_id = ?1), count(*) FROM report"
    assert product.rows(f"{count} WHERE visit_id = ?1", visit_id.hex) == [(1, 1)]
    assert len(files_of(product, visit_id, "reports")) == 1


# --- The worker dies, the disk is full ---------------------------------------------------


def a_visit_without_an_english_report(product: Product, tenant: int) -> uuid.UUID:
    query = (
        "SELECT id FROM visit WHERE tenant_id = ? AND state = 'published'"
        " AND id NOT IN (SELECT visit_id FROM report WHERE locale = 'en') ORDER BY id"
    )
    return uuid.UUID(product.rows(query, tenant)[0][0])


def report_of(product: Product, visit_id: uuid.UUID) -> tuple[uuid.UUID, str] | None:
    query = "SELECT id, state FROM report WHERE visit_id = ? AND locale = 'en'"
    found = product.rows(query, visit_id.hex)
    assert len(found) <= 1
    return (uuid.UUID(found[0][0]), found[0][1]) if found else None


def ask_for_an_english_report(product: Product, person, tenant: int) -> tuple[Page, uuid.UUID]:
    visit_id = a_visit_without_an_english_report(product, tenant)
    page = person("headoffice", "en")
    page.goto(f"{product.url}/n/demo/d/demo-{tenant:02}/visits/{visit_id}")
    page.locator("#reports [name=locale][value=en]").click()
    return page, visit_id


def ten_minutes_pass(product: Product, report_id: uuid.UUID, attempts: int) -> None:
    """The relay looks at its start for jobs that were sent long ago and never finished."""
    product.change(
        "UPDATE outbox SET sent_at = ?, attempts = ? WHERE args LIKE ?",
        LONG_AGO,
        attempts,
        f"%{report_id}%",
    )
    product.stop("relay")
    product.start("relay")


def forget_lost_run(product: Product, report_id: uuid.UUID) -> None:
    """RQ would find the dead worker's job after a minute and try it again, which does nothing
    but write into the log of whichever test runs by then."""
    query = "SELECT id FROM outbox WHERE task = 'reports.render' AND args LIKE ?"
    job_id = f"{uuid.UUID(product.rows(query, f'%{report_id}%')[0][0])}-0"
    with product.app.app_context():
        RegisteredJob.fetch(job_id, queue_connection(), serializer=JSONSerializer).delete()


def test_a_worker_killed_while_it_renders_leaves_one_report_in_the_end(product, person):
    page, visit_id = ask_for_an_english_report(product, person, 11)
    eventually(lambda: (report_of(product, visit_id) or ("", ""))[1] == "rendering")
    product.kill("worker")
    report_id, state = report_of(product, visit_id)
    assert (state, files_of(product, visit_id, "reports")) == ("rendering", [])

    forget_lost_run(product, report_id)
    product.start("worker")
    ten_minutes_pass(product, report_id, attempts=1)
    job = page.locator(f"#report-{report_id}")
    expect(job.locator("a[href$='.pdf']")).to_be_visible(timeout=120_000)

    assert report_of(product, visit_id) == (report_id, "ready")
    assert [path.name for path in files_of(product, visit_id, "reports")] == [f"{report_id}.pdf"]
    assert None not in jobs(product, "reports.render", str(report_id))[0]
    told = "SELECT count(*) FROM activity_entry WHERE verb = 'report.ready' AND subject_id = ?"
    assert product.rows(told, str(report_id)) == [(1,)]


@pytest.fixture
def no_room(product: Product) -> Iterator[Callable[[], None]]:
    """The store takes no report of dealership 10, as on a full disk: a file stands where their
    folder should be. (A disk that a test may fill needs special rights.) Calling makes room."""
    folder = product.folder / "files/t/10/reports"
    aside = folder.with_name("aside")
    folder.mkdir(parents=True, exist_ok=True)
    folder.rename(aside)
    folder.touch()
    full = [True]

    def make_room() -> None:
        if full and full.pop():
            folder.unlink()
            aside.rename(folder)

    yield make_room
    make_room()


def test_a_report_that_cannot_be_stored_says_so_and_is_made_once_there_is_room(
    product, person, no_room
):
    said = len(product.log("worker"))
    page, visit_id = ask_for_an_english_report(product, person, 10)
    eventually(lambda: "StorageError" in product.log("worker")[said:])
    report_id, _state = report_of(product, visit_id)
    job = page.locator(f"#report-{report_id}")
    expect(job).to_contain_text("Being made now")  # it is tried again after a while

    ten_minutes_pass(product, report_id, attempts=4)
    expect(job).to_contain_text("Could not be made", timeout=90_000)
    assert files_of(product, visit_id, "reports") == []

    no_room()
    page.locator("#reports [name=locale][value=en]").click()
    expect(job.locator("a[href$='.pdf']")).to_be_visible(timeout=120_000)
    assert report_of(product, visit_id) == (report_id, "ready")
    assert [path.name for path in files_of(product, visit_id, "reports")] == [f"{report_id}.pdf"]


# --- What does not fit, and what is somebody else's --------------------------------------


@pytest.mark.parametrize(
    ("language", "not_found", "home"),
    [("zh", "未找到", "首页"), ("en", "Not found", "Home page")],
)
def test_a_foreign_or_unknown_address_leads_to_a_page_of_ours(
    product, person, language, not_found, home
):
    page = person("manager", language)
    foreign = product.rows("SELECT id FROM visit WHERE tenant_id = 2 AND state = 'published'")[0]
    for path in (
        f"/t/demo-01/results/{uuid.UUID(foreign[0])}",
        "/t/demo-02/standards",
        "/t/demo-01/no-such-page",
    ):
        answer = page.goto(product.url + path)
        assert answer.status == 404, path
        expect(page.locator("h1")).to_have_text(not_found)
        expect(page.locator(".topbar .brand")).to_be_visible()
        follow(page.get_by_role("link", name=home))
        assert page.url == f"{product.url}/t/demo-01/"


def test_a_value_that_was_not_offered_is_refused_with_a_word_and_changes_nothing(product, person):
    page = person("headoffice", "zh")
    page.goto(f"{product.url}/n/demo/d/demo-12/visits/new")
    before = product.rows("SELECT count(*) FROM visit")
    forged = "option => { option.value = option.value.replace(/^.{8}/, '00000000'); }"
    page.locator("#shopper_id option").last.evaluate(forged)
    page.locator("#shopper_id").select_option(index=1)
    last = page.locator("#shopper_id option").last.get_attribute("value")
    page.locator("#shopper_id").select_option(last)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.locator("main form.card .form-end button").click()
    assert answer.value.status == 422
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert product.rows("SELECT count(*) FROM visit") == before
