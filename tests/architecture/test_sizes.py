"""Size budgets: the pain of a code base sits in its longest files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

APP = [*Path("csiapp").rglob("*.py"), Path("config.py"), Path("wsgi.py")]
TESTS = list(Path("tests").rglob("*.py"))
TEMPLATES = [p for p in Path("templates").rglob("*.*") if p.suffix in {".html", ".j2", ".txt"}]

BUDGETS = {"app": (APP, 400), "tests": (TESTS, 500), "templates": (TEMPLATES, 150)}
LONGEST_FUNCTION = 60


def lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


@pytest.mark.parametrize("kind", BUDGETS)
def test_no_file_is_longer_than_its_budget(kind):
    files, most = BUDGETS[kind]
    assert [f"{p}: {lines(p)}" for p in files if lines(p) > most] == []


def test_no_function_is_longer_than_its_budget():
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in APP
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_most_files_are_short():
    sizes = sorted(lines(p) for p in APP if lines(p))
    assert sizes[len(sizes) // 2] <= 120
    assert sizes[int(len(sizes) * 0.9)] <= 300


def test_no_room_is_called_utils():
    banned = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [str(p) for p in [*APP, *TESTS] if {*p.parts, p.stem} & banned] == []
