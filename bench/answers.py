"""Saving one answer as the tablet does, and scoring a whole form."""

from __future__ import annotations

import functools
import http.client
import json
import random

from werkzeug.test import run_wsgi_app

from bench.figures import Figures, p50, p95, timed
from bench.pdf_fixture import seeded_answers, visit_form
from bench.rendered_pages import environ_of
from bench.stage import Stage
from csiapp.audits.filled_form import to_scoring
from csiapp.audits.receipts import receipt
from csiapp.audits.scoring import score
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id

SAVES = 300
SCORINGS = 40
FIELDS = ("V001.comment", "V002.comment", "V003.comment", "V004.comment")


def measure_saving(stage: Stage, port: int, cookie: str) -> Figures:
    """One event in one request, committed: in this process, and over gunicorn."""
    token = _token(port, stage, cookie)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    path = f"/api/v/{stage.visit_id}/events"
    numbers = iter(range(100, 100_000))

    def save_here() -> None:
        environ = environ_of(path, "", method="POST", headers=headers, data=_event(next(numbers)))
        answer, status, _headers = run_wsgi_app(stage.app.wsgi_app, environ)
        if not status.startswith("200") or b'"rejected":[]' not in b"".join(answer):
            raise RuntimeError(f"not saved: {status}")

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def save_there() -> None:
        connection.request("POST", path, _event(next(numbers)), headers)
        answer = connection.getresponse()
        if answer.status != 200 or b'"rejected":[]' not in answer.read():
            raise RuntimeError(f"not saved: {answer.status}")

    figures: Figures = {}
    for name, save in (("answer_api", save_here), ("answer_api_http", save_there)):
        save()
        times = [timed(save) for _ in range(SAVES)]
        figures |= {f"{name}_p50_ms": p50(times), f"{name}_p95_ms": p95(times)}
    connection.close()
    return figures


def _token(port: int, stage: Stage, cookie: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie, "X-Requested-With": "csiapp"}
    connection.request("POST", f"/v/{stage.visit_id}/token", headers=headers)
    token: str = json.load(connection.getresponse())["token"]
    return token


def _event(seq: int) -> bytes:
    event = {
        "id": str(new_id()),
        "device": "bench",
        "seq": seq,
        "field": FIELDS[seq % len(FIELDS)],
        "value": f"A remark of about the length that people type, number {seq}.",
        "ts": utcnow().isoformat(),
        "form_sha256": "0" * 64,
    }
    return json.dumps({"events": [event]}).encode()


def measure_scoring() -> Figures:
    """The 80-question form, answered at random: the sheet alone, and with its receipt."""
    form, sheets, receipts = visit_form(), [], []
    for seed in range(SCORINGS):
        answers = seeded_answers(form, "zh", "SC2", random.Random(seed))
        filled = to_scoring(form, "SC2", answers)
        sheets.append(timed(functools.partial(score, filled)))
        receipts.append(timed(functools.partial(receipt, filled)))
    return {"scoring_ms": p50(sheets), "scoring_receipt_ms": p50(receipts)}
