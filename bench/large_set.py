"""A set of 2,000 standards: the editor's page by row beside the reference set's, and its workbook.

Both pages are asked in turns, so whatever else the machine does meets both.
"""

from __future__ import annotations

import time
import tracemalloc
import uuid
from typing import Any

import sqlalchemy as sa
from werkzeug.test import run_wsgi_app

from bench.figures import Figures, p50, paired, timed
from bench.rendered_pages import counted_statements, environ_of
from bench.stage import FIRST_DEALERSHIP, NOBODY, Stage
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.demo.places import NETWORK_ID
from csiapp.demo.work import at_work, in_dealership
from csiapp.founding import MASTER_CODE
from csiapp.standards import queries
from csiapp.standards.exchange import read_workbook, write_workbook
from csiapp.standards.exchange_wording import words_for
from csiapp.standards.models import KeyFactor, Standard, StandardVersion
from csiapp.standards.services import importing, start_draft

STANDARDS = 2_000
LARGE_DEALERSHIP = 2
IMPORTING_DEALERSHIP = 3
ROUNDS = 20


def measure(stage: Stage, small_cookie: str, large_cookie: str) -> Figures:
    """`editor_row_ratio_2000`: time of a row of the large set's page over one of the reference
    set's; the workbook's times, the most memory that reading it takes, and what its import takes
    at a dealership that has the reference set."""
    with stage.app.app_context():
        step, small_rows = _fullest_step(FIRST_DEALERSHIP)
        _grow(LARGE_DEALERSHIP)
        large_rows = _rows_of(LARGE_DEALERSHIP)[step]
    small = _Page(stage, FIRST_DEALERSHIP, step, small_cookie)
    large = _Page(stage, LARGE_DEALERSHIP, step, large_cookie)
    small_times, large_times = paired(small.ask, large.ask, ROUNDS)
    small_cpu, large_cpu = paired(small.ask, large.ask, ROUNDS // 2, time.process_time)
    return {
        "editor_statements_118": float(small.statements()),
        "editor_statements_2000": float(large.statements()),
        "editor_rows_118": float(small_rows),
        "editor_rows_2000": float(large_rows),
        "editor_page_118_p50_ms": p50(small_times),
        "editor_page_2000_p50_ms": p50(large_times),
        "editor_row_ratio_2000": _by_row(small_times, small_rows, large_times, large_rows),
        "editor_row_ratio_2000_cpu": _by_row(small_cpu, small_rows, large_cpu, large_rows),
        **_workbook(stage),
    }


def _by_row(small: list[float], small_rows: int, large: list[float], large_rows: int) -> float:
    return p50([(b / large_rows) / (a / small_rows) for a, b in zip(small, large, strict=True)])


class _Page:
    """The editor with a step open."""

    def __init__(self, stage: Stage, dealership: int, step: str, cookie: str) -> None:
        self._stage, self._cookie = stage, cookie
        self._path = f"/t/demo-{dealership:02}/standards/{MASTER_CODE}/draft/steps/{step}"

    def ask(self) -> None:
        environ = environ_of(self._path, self._cookie)
        answer, status, _headers = run_wsgi_app(self._stage.app.wsgi_app, environ)
        if not status.startswith("200"):
            raise RuntimeError(f"{self._path} answers {status}")
        b"".join(answer)

    def statements(self) -> int:
        with counted_statements(self._stage.engine) as statements:
            self.ask()
        return len(statements)


def _draft() -> StandardVersion:
    set_id = queries.standard_set(MASTER_CODE).id
    return queries.draft_version(set_id) or start_draft(set_id)


def _rows_of(dealership: int) -> dict[str, int]:
    """Step -> its standards in the draft."""
    with at_work(in_dealership(NETWORK_ID, dealership, NOBODY), utcnow()):
        return {step.code: step.standards for step in queries.outline(_draft().id)}


def _fullest_step(dealership: int) -> tuple[str, int]:
    """The step with the most standards: of few rows the page's fixed part would be most."""
    return max(_rows_of(dealership).items(), key=lambda entry: entry[1])


def _grow(dealership: int) -> None:
    """Copies of standards, spread over the key factors, until there are 2,000."""
    with at_work(in_dealership(NETWORK_ID, dealership, NOBODY), utcnow()):
        draft = _draft()
        rows = db.session.scalars(sa.select(Standard).where(Standard.version_id == draft.id)).all()
        first: dict[uuid.UUID, Standard] = {}
        for row in rows:
            first.setdefault(row.key_factor_id, row)
        factors = db.session.scalars(
            sa.select(KeyFactor.id).where(KeyFactor.version_id == draft.id).order_by(KeyFactor.code)
        ).all()
        for number in range(STANDARDS - len(rows)):
            source = first[factors[number % len(factors)]]
            db.session.add(Standard(**_copied(source, number)))


def _copied(source: Standard, number: int) -> dict[str, Any]:
    values = {column.key: getattr(source, column.key) for column in Standard.__table__.columns}
    own = {"id": new_id(), "code": f"LT{number + 1}", "position": 100 + number, "points": 1}
    return values | own | {"critical": False, "locked": False, "local": True}


def _workbook(stage: Stage) -> Figures:
    """Writing and reading the large draft as XLSX."""
    scope = in_dealership(NETWORK_ID, LARGE_DEALERSHIP, NOBODY)
    with stage.app.test_request_context(), at_work(scope, utcnow()):
        draft = _draft()
        content = queries.version_content(draft)
        words = words_for(draft, content)
        data = write_workbook(content, words, "en", [])
        writing = [timed(lambda: write_workbook(content, words, "en", [])) for _ in range(3)]
        reading = [timed(lambda: read_workbook(data, words)) for _ in range(5)]
        tracemalloc.start()
        found = read_workbook(data, words)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    if found.findings:
        raise RuntimeError(f"the workbook does not read back: {found.findings[:3]}")
    return {
        "workbook_2000_kb": len(data) / 1024,
        "workbook_2000_write_p50_ms": p50(writing),
        "workbook_2000_read_p50_ms": p50(reading),
        "workbook_2000_read_peak_mb": most / 1024 / 1024,
        **_imported(stage, data),
    }


def _imported(stage: Stage, data: bytes) -> Figures:
    """The check of a file (read, tried, taken back), three times by each clock, and its import."""
    scope = in_dealership(NETWORK_ID, IMPORTING_DEALERSHIP, NOBODY)
    figures: Figures = {}
    trials: list[importing.Trial] = []
    with stage.app.test_request_context(), at_work(scope, utcnow()):
        set_id = queries.standard_set(MASTER_CODE).id
        base = importing.base_version(set_id)
        if base is None:
            raise RuntimeError("nothing to import into")
        words = words_for(base, queries.version_content(base))

        def check() -> None:
            trials.append(importing.try_import(set_id, read_workbook(data, words)))

        for unit, clock in {"ms": time.perf_counter, "cpu_ms": time.process_time}.items():
            figures[f"import_2000_check_{unit}"] = p50([timed(check, clock) for _ in range(3)])
        if trials[-1].after is None:
            raise RuntimeError(f"the workbook is refused: {trials[-1].findings[:3]}")
        reading, seen = read_workbook(data, words), trials[-1].seen
        wall, processor = time.perf_counter(), time.process_time()
        importing.import_set(set_id, reading, seen)
        figures["import_2000_store_ms"] = (time.perf_counter() - wall) * 1000
        figures["import_2000_store_cpu_ms"] = (time.process_time() - processor) * 1000
    return figures
