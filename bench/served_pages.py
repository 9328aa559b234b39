"""The main pages over real servers, against a bare view that returns the same bytes."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.figures import Figures, p50, p95, ratio
from bench.stage import ROOT, Page, Stage, served, signed_in_cookie

CONNECTIONS = 4
ROUNDS = 6
SECONDS_PAGE, SECONDS_BYTES = 0.7, 0.3
ENCODINGS = "gzip, deflate, br"
COPIED_HEADERS = (
    "Content-Type",
    "Content-Encoding",
    "Cache-Control",
    "Vary",
    "Content-Security-Policy",
)


def measure(stage: Stage) -> Figures:
    """Requests a second and times of each page; its times over those of the bare view."""
    bodies = stage.folder / "bodies"
    bodies.mkdir()
    figures: Figures = {}
    with served("wsgi:app", stage.env, stage.folder / "web.log") as port:
        cookies = {p.person: signed_in_cookie(port, p.person) for p in stage.pages()}
        sizes = {p.name: _capture(port, p, cookies[p.person], bodies) for p in stage.pages()}
        env = {**stage.env, "BENCH_BODIES": str(bodies)}
        bare = served("bench.bare:app", env, stage.folder / "bare.log", says="/standards")
        with bare as bare_port:
            for page in stage.pages():
                size = sizes[page.name]
                page_rounds, bytes_rounds = _load(
                    [
                        _target(port, page.path, cookies[page.person], size, SECONDS_PAGE),
                        _target(bare_port, f"/{page.name}", "", size, SECONDS_BYTES),
                    ]
                )
                figures |= _figures(page.name, size, page_rounds, bytes_rounds)
    return figures


def _capture(port: int, page: Page, cookie: str, folder: Path) -> int:
    """Keep what the product sends for a page; returns how many bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", page.path, headers=_headers(cookie))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{page.path} answers {answer.status}")
    headers = {n: v for n in COPIED_HEADERS if (v := answer.headers.get(n)) is not None}
    (folder / f"{page.name}.body").write_bytes(body)
    (folder / f"{page.name}.json").write_text(json.dumps(headers))
    return len(body)


def _headers(cookie: str) -> dict[str, str]:
    sent = {"Accept": "text/html", "Accept-Encoding": ENCODINGS}
    return sent | ({"Cookie": cookie} if cookie else {})


def _target(port: int, path: str, cookie: str, size: int, seconds: float) -> dict[str, Any]:
    headers = _headers(cookie)
    return {"port": port, "path": path, "headers": headers, "bytes": size, "seconds": seconds}


def _load(targets: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    plan = {"connections": CONNECTIONS, "rounds": ROUNDS, "targets": targets}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=180,
    )
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def _figures(
    name: str, size: int, page: list[dict[str, Any]], same: list[dict[str, Any]]
) -> Figures:
    times = [t for turn in page for t in turn["times"]]
    bytes_times = [t for turn in same for t in turn["times"]]
    rps = len(times) / sum(turn["seconds"] for turn in page)
    bytes_rps = len(bytes_times) / sum(turn["seconds"] for turn in same)
    prefix = f"page_{name}"
    return {
        f"{prefix}_kb": size / 1024,
        f"{prefix}_rps": rps,
        f"{prefix}_p50_ms": p50(times),
        f"{prefix}_p95_ms": p95(times),
        f"bytes_{name}_rps": bytes_rps,
        f"bytes_{name}_p50_ms": p50(bytes_times),
        f"bytes_{name}_p95_ms": p95(bytes_times),
        f"{prefix}_vs_bytes_ratio_p50": ratio(
            [p50(turn["times"]) for turn in page], [p50(turn["times"]) for turn in same]
        ),
        f"{prefix}_vs_bytes_rps_share": rps / bytes_rps,
    }
