"""The form in a real browser: first load, saving on the device, and delivering a whole visit."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page

from bench.figures import Figures, p50, p95
from bench.stage import Stage
from tests.support.browser import TABLET, running_browser

ANSWERS = 41
PHOTOS = 3
NUMBERS = 120
SIDE = (4032, 3024)

# IndexedDB's own word that the transaction is on the disk, counted from the call of the page.
WATCH_SAVES = """() => {
  self.saves = [];
  const record = audit.Store.prototype.record;
  audit.Store.prototype.record = async function (...given) {
    const start = performance.now();
    const answer = await record.apply(this, given);
    if (!given[3].photo) self.saves.push(performance.now() - start);
    return answer;
  };
}"""
# The baseline: one row, as durable, by nobody else at work, with the same pauses.
BARE_SAVES = """async (count) => {
  const db = await idb.openDB("bare", 1, { upgrade(db) { db.createObjectStore("rows"); } });
  const took = [];
  for (let number = 0; number < count; number++) {
    const start = performance.now();
    const tx = db.transaction("rows", "readwrite", { durability: "strict" });
    tx.store.put(number, "row");
    await tx.done;
    took.push(performance.now() - start);
    await new Promise((wake) => { setTimeout(wake, 50); });
  }
  db.close();
  return took;
}"""
UNSENT = """async () => {
  const { person, visit } = document.getElementById("courier").dataset;
  const { answers, photos } = await new audit.Store(person).unsent(visit);
  return answers + photos;
}"""


def measure(stage: Stage, port: int, cookie: str) -> Figures:
    """Kilobytes until the form can be used; ms until an answer is on the disk, on the device
    alone, beside a server on the same machine that is sent to, and of a bare transaction; seconds
    and kilobytes of delivering 41 answers and 3 photos of 12 megapixels at once."""
    address = f"http://127.0.0.1:{port}"
    name, _equals, value = cookie.partition("=")
    with running_browser() as browser:
        context = browser.new_context(viewport=TABLET)
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        figures = _first_load(context, page, f"{address}/v/{stage.visit_id}/fill")
        bare: list[float] = page.evaluate(BARE_SAVES, NUMBERS)
        page.evaluate(WATCH_SAVES)
        page.route("**/api/**", lambda route: route.abort())
        alone = _answer(page, NUMBERS)
        page.unroute("**/api/**")
        page.evaluate("dispatchEvent(new Event('online'))")
        _until(lambda: page.evaluate(UNSENT) == 0)
        sending = _answer(page, NUMBERS)
        figures |= {
            "bare_save_p50_ms": p50(bare),
            "bare_save_p95_ms": p95(bare),
            "answer_save_p50_ms": p50(alone),
            "answer_save_p95_ms": p95(alone),
            "answer_save_sending_p50_ms": p50(sending),
            "answer_save_sending_p95_ms": p95(sending),
        }
        return figures | _delivery(page)


def _first_load(context: BrowserContext, page: Page, address: str) -> Figures:
    """What crosses the wire until the page says that it is ready; the rest does not count."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(f"{address}#s-A")
    page.locator("html[data-ready]").wait_for()
    took = time.perf_counter() - start
    figures = {
        "form_first_load_kb": sum(sizes) / 1000,
        "form_first_load_requests": float(len(sizes)),
        "form_first_load_ms": took * 1000,
    }
    page.locator("html[data-kept]").wait_for()
    return figures


def _answer(page: Page, count: int) -> list[float]:
    """Numbers typed into two fields in turn, each left so that it is saved at once; how many ms
    each took. Nobody answers faster than the one before is saved."""
    page.evaluate("self.saves.length = 0")
    for number in range(count):
        field = page.locator(f"[name='V00{number % 2 + 1}.number']")
        field.fill(str(number + 1))
        field.blur()
        _until(lambda saved=number: page.evaluate("self.saves.length") > saved)
    saves: list[float] = page.evaluate("self.saves")
    return saves


def _delivery(page: Page) -> Figures:
    _until(lambda: page.evaluate(UNSENT) == 0)
    page.route("**/api/**", lambda route: route.abort())
    _answer(page, ANSWERS)
    for number in range(PHOTOS):
        photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": _photo(number)}
        page.set_input_files("#V001-file", photo)
        page.locator("#V001 [data-thumbs] li").nth(number).wait_for()
    sent: list[int] = []
    page.unroute("**/api/**")
    page.on("request", lambda request: _count(request, sent))
    start = time.perf_counter()
    page.evaluate("dispatchEvent(new Event('online'))")
    _until(lambda: page.evaluate(UNSENT) == 0)
    return {
        "flush_41_answers_3_photos_s": time.perf_counter() - start,
        "flush_41_answers_3_photos_kb": sum(sent) / 1000,
        "flush_41_answers_3_photos_requests": float(len(sent)),
    }


def _count(request: Any, sent: list[int]) -> None:
    if "/api/" in request.url:
        sent.append(len(request.post_data_buffer or b""))


def _photo(number: int) -> bytes:
    noise = Image.effect_noise((SIDE[0] // 4, SIDE[1] // 4), 60 + number).resize(SIDE)
    buffer = io.BytesIO()
    noise.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the form did not get there in time")
        time.sleep(0.02)
