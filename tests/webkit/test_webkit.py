"""The offline promise in WebKit, the engine of every browser on an iPad: `make test-webkit`.

WebKitGTK under a virtual screen, with a profile that stays when the browser is killed. What only
an iPad does (the camera's reload, the eviction after seven days, the Home Screen) is not here.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.e2e.conftest import Server
from tests.e2e.filling import HELD, answers, assert_delivered_once, eventually
from tests.e2e.test_offline_chaos import (
    CHOICES,
    NARRATIVE,
    NUMBERS,
    nearly_complete,
    state_of_visit,
)
from tests.factories.tablet import noisy_jpeg
from tests.support.client import sign_in_as

# selenium's own call of what it deprecates
pytestmark = pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")

BROWSER = Path(__file__).with_name("browser.py")
PHOTO = "V009"


class Tablet:
    """WebKit on a profile of its own, which outlives it."""

    def __init__(self, profile: Path, server: Server) -> None:
        self.profile, self.server = profile, server
        cookie = sign_in_as(server.app, server.world.people["shopper"]).get_cookie("s")
        self.session = {"name": "s", "value": cookie.value, "path": "/", "httpOnly": True}
        self.start()

    def start(self) -> None:
        options = Options()
        options.binary_location = str(BROWSER)
        options.set_capability("browserName", "csiapp-webkit")  # as browser.py calls itself
        service = Service(
            "/usr/bin/WebKitWebDriver", env={**os.environ, "PROFILE": str(self.profile)}
        )
        self.driver = WebKitGTK(options=options, service=service)
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(30)

    def kill(self) -> None:
        """kill -9 for every process of this profile, as when the battery ends."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                environ = (folder / "environ").read_bytes()
                if f"PROFILE={self.profile}".encode() in environ:
                    os.kill(int(folder.name), signal.SIGKILL)
        with suppress(WebDriverException, OSError):
            self.driver.service.stop()

    def sign_in(self) -> None:
        self.driver.get(f"{self.server.url}/sign-in")
        self.driver.add_cookie(self.session)

    def open_form(self, visit_id: object, place: str = "s-A") -> None:
        self.driver.get(f"{self.server.url}/v/{visit_id}/fill#{place}")
        self.until(lambda: self.attribute("html", "data-ready") == "1")

    def until(self, condition: Callable[[], object], seconds: float = 30) -> None:
        eventually(lambda: self._quietly(condition), seconds)

    def _quietly(self, condition: Callable[[], object]) -> object:
        with suppress(WebDriverException):  # a page on its way to another has no elements
            return condition()
        return False

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def attribute(self, selector: str, name: str) -> str | None:
        return self.find(selector).get_attribute(name)

    def type(self, name: str, text: str) -> None:
        field = self.find(f"[name='{name}']")
        self.driver.execute_script(
            "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", field
        )
        field.clear()
        field.send_keys(text)
        self.driver.execute_script("arguments[0].blur()", field)

    def press(self, selector: str) -> None:
        """A tap on what may be covered by a bar: scrolling is not what is tested here."""
        self.driver.execute_script("arguments[0].click()", self.find(selector))

    def held(self, visit_id: object) -> dict[str, Any]:
        return self.call(HELD, str(visit_id))

    def call(self, function: str, *given: object) -> Any:
        """What an asynchronous function of the page answers."""
        body = (
            "const done = arguments[arguments.length - 1];"
            f"({function})(...[...arguments].slice(0, -1))"
            ".then(done, (error) => done({ failed: String(error) }));"
        )
        return self.driver.execute_async_script(body, *given)


@pytest.fixture
def tablet(server: Server, tmp_path: Path) -> Iterator[Tablet]:
    made = Tablet(tmp_path / "profile", server)
    yield made
    made.kill()


def fill_in(tablet: Tablet, photo: Path) -> None:
    for code, number in NUMBERS.items():
        tablet.type(f"{code}.number", str(number))
    tablet.press(f"#V007 [value='{CHOICES['V007']}']")
    tablet.type("A.narrative", NARRATIVE)
    tablet.find(f"#{PHOTO}-file").send_keys(str(photo))
    tablet.until(lambda: tablet.find(f"#{PHOTO} [data-thumbs] li"))
    tablet.press("[data-chip='s-B']")
    for code in ("V016", "V017"):
        tablet.press(f"#{code} [value='yes']")
    tablet.type("B.narrative", NARRATIVE)


def test_a_visit_filled_in_without_a_server_survives_the_browsers_death_and_arrives_once(
    server: Server, tablet: Tablet, tmp_path: Path
) -> None:
    visit_id = nearly_complete(server)
    photo = tmp_path / "p.jpg"
    photo.write_bytes(noisy_jpeg(200_000))
    tablet.sign_in()
    tablet.driver.get(f"{server.url}/s/near/visits")
    card = f"[data-keep='{visit_id}']"
    tablet.until(lambda: tablet.attribute(card, "data-state") == "ready")

    server.kill()
    tablet.open_form(visit_id)
    fill_in(tablet, photo)
    tablet.until(
        lambda: tablet.attribute("[data-state-of='B.narrative']", "data-state") == "device"
    )
    tablet.kill()

    tablet.start()
    tablet.open_form(visit_id)
    assert tablet.find("[name='V001.number']").get_property("value") == str(NUMBERS["V001"])
    assert tablet.find("#V007 [value='yes']").is_selected()
    assert tablet.find("[name='A.narrative']").get_property("value") == NARRATIVE
    tablet.until(lambda: tablet.find(f"#{PHOTO} [data-thumbs] img").get_property("naturalWidth"))

    server.start()
    tablet.driver.execute_script("dispatchEvent(new Event('online'))")
    tablet.until(
        lambda: tablet.held(visit_id)["unsent"] == {"answers": 0, "photos": 0, "wanted": False}
    )
    expected = {
        **{code: {"value": value} for code, value in (NUMBERS | CHOICES).items()},
        "A.narrative": NARRATIVE,
        "B.narrative": NARRATIVE,
    }
    on_device = tablet.held(visit_id)
    assert len(on_device["photos"]) == 1
    assert_delivered_once(server, visit_id, on_device, expected)

    tablet.press(".chip-end")
    tablet.until(lambda: tablet.find("#submit").is_displayed())
    tablet.press("#submit")
    eventually(lambda: state_of_visit(server, visit_id) == "submitted")


def test_the_server_dies_in_the_middle_of_sending_and_nothing_is_doubled(
    server: Server, tablet: Tablet
) -> None:
    visit_id = server.visit()
    tablet.sign_in()
    tablet.open_form(visit_id)
    tablet.until(lambda: tablet.attribute("html", "data-kept") == "1")
    server.kill()
    for code, number in NUMBERS.items():
        tablet.type(f"{code}.number", str(number))
    for _time in range(3):
        server.start()
        tablet.driver.execute_script("dispatchEvent(new Event('online'))")
        server.kill()
    server.start()
    tablet.driver.execute_script("dispatchEvent(new Event('online'))")
    tablet.until(lambda: tablet.held(visit_id)["unsent"]["answers"] == 0)

    expected = {code: {"value": value} for code, value in NUMBERS.items()}
    assert_delivered_once(server, visit_id, tablet.held(visit_id), expected)


def test_two_tabs_count_on_together_and_show_each_other(server: Server, tablet: Tablet) -> None:
    visit_id = server.visit()
    tablet.sign_in()
    tablet.open_form(visit_id)
    first = tablet.driver.current_window_handle
    tablet.driver.switch_to.new_window("tab")
    second = tablet.driver.current_window_handle
    tablet.open_form(visit_id)
    for number, window in enumerate((first, second, first, second), 1):
        tablet.driver.switch_to.window(window)
        tablet.type(f"V00{number if number < 4 else 5}.number", str(number))
    tablet.driver.switch_to.window(first)
    tablet.until(lambda: tablet.find("[name='V005.number']").get_property("value") == "4")
    tablet.until(lambda: tablet.held(visit_id)["unsent"]["answers"] == 0)

    expected = {f"V00{n}": {"value": v} for n, v in ((1, 1), (2, 2), (3, 3), (5, 4))}
    assert_delivered_once(server, visit_id, tablet.held(visit_id), expected)
    assert answers(server, visit_id)["V005"] == {"value": 4}
