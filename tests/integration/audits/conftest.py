"""Fixtures of the audits tests."""

from __future__ import annotations

import pytest

from csiapp.core import jobs


@pytest.fixture(autouse=True)
def announced(monkeypatch) -> list[dict[str, str]]:
    """The scores whose reports were asked for, as the slice above would get them."""
    asked: list[dict[str, str]] = []

    def prepare(visit_id: str, score_id: str) -> None:
        asked.append({"visit_id": visit_id, "score_id": score_id})

    monkeypatch.setitem(jobs.registry, "reports.prepare", jobs.Registered(prepare, 60, None))
    return asked
