"""Every job that code promises by name exists, and every registered job has a limit."""

from __future__ import annotations

import ast
from pathlib import Path

from csiapp.core.jobs import QUEUES, registry


def promised_names() -> set[tuple[str, str]]:
    found = set()
    for path in Path("csiapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name == "enqueue" and isinstance(first, ast.Constant):
                found.add((str(path), str(first.value)))
    return found


def test_every_promised_job_is_registered(app):
    names = promised_names()
    assert names
    assert [n for n in names if n[1] not in registry] == []


def test_every_registered_job_has_a_time_limit_and_a_slice_in_its_name(app):
    for name, registered in registry.items():
        assert 0 < registered.timeout <= 600, name
        assert "." in name, name


def test_the_worker_serves_every_queue():
    assert QUEUES == ("default", "low")
