"""A network that fails a third of the time, and a server whose power goes in between.

Three dice in every run; `pytest --chaos-seeds 20` (make test-chaos) throws twenty.
"""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page

from csiapp.audits.models import AnswerEvent, Visit, VisitScore
from csiapp.audits.services.answers import fill_in
from tests.e2e.conftest import Server, watch
from tests.e2e.filling import (
    assert_delivered_once,
    connected,
    eventually,
    held,
    of,
    open_form,
    wait_until_kept,
)
from tests.factories.tablet import at_work, noisy_jpeg, rows_of, visit_form
from tests.support.bad_network import BadNetwork, bad_network
from tests.unit.audits import examples

pytestmark = pytest.mark.e2e

NUMBERS = {"V001": 3, "V002": 4, "V003": 2, "V005": 5}
CHOICES = {"V007": "yes", "V016": "yes", "V017": "yes"}
NARRATIVE = "Somebody came out, greeted me and asked for my name and my wish. "
EXPECTED = {
    **{code: {"value": value} for code, value in NUMBERS.items()},
    **{code: {"value": value} for code, value in CHOICES.items()},
    "A.narrative": NARRATIVE,
    "B.narrative": NARRATIVE,
}
PHOTOS = {"V009": 200_000, "V010": 140_000}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--chaos-seeds")))


def nearly_complete(server: Server) -> object:
    """A visit with every answer but those that the test gives."""
    visit_id = server.visit()
    fields = examples.complete(visit_form())
    kept = {name: value for name, value in fields.items() if name not in EXPECTED}
    with at_work(server.app, server.world.tenant()):
        fill_in(visit_id, kept)
    return visit_id


def answer_everything(page: Page) -> None:
    for code, value in NUMBERS.items():
        page.fill(f"[name='{code}.number']", str(value + 1))  # a second thought follows
        page.fill(f"[name='{code}.number']", str(value))
        page.locator(f"[name='{code}.number']").blur()
    page.check("#V007 [value='no']")
    page.check("#V007 [value='yes']")
    page.locator("[name='A.narrative']").press_sequentially(NARRATIVE, delay=2)
    page.click("[data-chip='s-B']")
    for code in ("V016", "V017"):
        page.check(f"#{code} [value='yes']")
    page.fill("[name='B.narrative']", NARRATIVE)
    for code, size in PHOTOS.items():
        file = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": noisy_jpeg(size)}
        page.set_input_files(f"#{code}-file", file)
        page.locator(f"#{code} [data-thumbs] li").wait_for()


def submit(page: Page) -> None:
    page.click(".chip-end")
    eventually(lambda: page.locator("#gaps li").count() == 0)
    page.dblclick("#submit")


def state_of_visit(server: Server, visit_id: object) -> str:
    return {row.id: row.state for row in rows_of(server.app, server.world, Visit)}[visit_id]


def tapped(page: Page) -> bool:
    """An impatient person asks for the next try every second."""
    connected(page)
    page.wait_for_timeout(1000)
    return True


def fill_in_through(network: BadNetwork, server: Server, page: Page, visit_id: object) -> None:
    """Everything a shopper does, and the wait until it is in."""
    open_form(page, network, visit_id)
    wait_until_kept(page)
    page.evaluate("audit.Outbox.timeout = 2500")
    network.of_ten = 3
    answer_everything(page)
    submit(page)
    for _kill in range(2):
        time.sleep(0.5 + network.dice.random())
        server.kill()
        server.start()
    eventually(lambda: tapped(page) and state_of_visit(server, visit_id) == "submitted", 120)
    network.of_ten = 0


def test_nothing_is_lost_and_nothing_doubled_when_a_third_of_all_requests_fail(
    server, context_of, seed
):
    visit_id = nearly_complete(server)
    page = context_of("shopper").new_page()
    problems = watch(page)
    with bad_network(server.port, seed) as network:
        fill_in_through(network, server, page, visit_id)
        page = page.context.new_page()  # another page delivers what may still wait
        page.goto(f"{network.url}/s/near/visits")
        page.locator("html[data-kept]").wait_for()
        eventually(lambda: held(page, visit_id)["unsent"]["answers"] == 0)

        on_device = held(page, visit_id)
        assert len(on_device["photos"]) == len(PHOTOS)
        assert_delivered_once(server, visit_id, on_device, EXPECTED)
        assert len(of(server, visit_id, VisitScore)) == 1
        # a page that is left in the middle of its entrance says so
        assert [text for text in problems if "Transition was" not in text] == []
        plights = [plight for _method, _path, plight in network.passed if plight]
        assert len(plights) >= 3, "the network was too good to prove anything"


def test_the_proof_goes_red_when_the_server_cannot_tell_a_repeat(server, context_of):
    """The negative control: the same, with ids that change on their way."""
    visit_id = server.visit()
    page = context_of("shopper").new_page()
    with bad_network(server.port) as network:
        network.forget_ids = True
        open_form(page, network, visit_id)
        network.next_events = ["lost", "fail_after"]
        page.fill("[name='V001.number']", "3")
        page.locator("[name='V001.number']").blur()
        eventually(lambda: held(page, visit_id)["unsent"]["answers"] == 0)

        assert len(of(server, visit_id, AnswerEvent)) > len(held(page, visit_id)["events"])
        with pytest.raises(AssertionError, match="kept twice"):
            assert_delivered_once(server, visit_id, held(page, visit_id), {})
