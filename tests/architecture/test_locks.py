"""The lock files: complete, hashed, in step with each other, and free of download addresses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
LOCKS = [f"requirements{part}.txt" for part in ("", "-dev", "-node", "-uv", "-webkit")]


def pins(name: str) -> dict[str, str]:
    """The packages of a requirements file with their versions, as `name; marker` -> version."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[a-z]+\])?==([^ ;\\]+)\s*(;[^\\]*)?", line)
        if match:
            key = match[1].lower().replace("_", "-") + (match[3] or "").strip()
            found[key] = match[2]
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_python_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index" not in text


@pytest.mark.parametrize("name", [name.removesuffix(".txt") for name in LOCKS])
def test_a_lock_holds_exactly_the_versions_that_are_asked_for(name: str) -> None:
    locked = pins(f"{name}.txt")
    asked = pins(f"{name}.in")
    assert asked
    assert {package: locked.get(package) for package in asked} == asked


def test_the_tests_run_on_the_versions_that_the_product_runs_on() -> None:
    runtime = pins("requirements.txt")
    tests = pins("requirements-dev.txt")
    assert {package: tests.get(package) for package in runtime} == runtime


def test_npm_packages_are_exact_and_come_from_no_named_address() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    asked = package["dependencies"] | package["devDependencies"]
    installed = {
        path.removeprefix("node_modules/"): entry
        for path, entry in lock["packages"].items()
        if path
    }
    assert {name: entry["version"] for name, entry in installed.items()} == asked
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    assert [name for name, entry in installed.items() if "integrity" not in entry] == []
