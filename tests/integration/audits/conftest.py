"""Fixtures of the audits tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from csiapp.core import jobs
from tests.factories import audits


@pytest.fixture(autouse=True)
def announced(monkeypatch) -> list[dict[str, str]]:
    """The scores whose reports were asked for, as the slice above would get them."""
    asked: list[dict[str, str]] = []

    def prepare(visit_id: str, score_id: str) -> None:
        asked.append({"visit_id": visit_id, "score_id": score_id})

    monkeypatch.setitem(jobs.registry, "reports.prepare", jobs.Registered(prepare, 60, None))
    return asked


@pytest.fixture
def both_audited(world, states):
    """Published standards and forms at both dealerships of network "near"."""

    def build():
        audits.install(world, "near", "next")
        return world

    return states.reach("both_audited", build)


def _sent(world, changes: Mapping[str, Any] | None = None) -> Callable[[], uuid.UUID]:
    def build() -> uuid.UUID:
        visit_id = audits.assign(world)
        audits.submit(world, visit_id, changes)
        return visit_id

    return build


def _published(world, visit_id: uuid.UUID) -> Callable[[], uuid.UUID]:
    def build() -> uuid.UUID:
        audits.approve(world, visit_id)
        audits.publish(world, visit_id)
        return visit_id

    return build


@pytest.fixture
def good_submission(audited, states) -> uuid.UUID:
    """A visit that waits for a reviewer, answered as well as can be."""
    return states.reach("good_submission", _sent(audited))


@pytest.fixture
def good_visit(audited, good_submission, states) -> uuid.UUID:
    """The same visit, published."""
    return states.reach("good_visit", _published(audited, good_submission))


@pytest.fixture
def poor_submission(audited, states) -> uuid.UUID:
    """A visit that waits for a reviewer, with one question not met."""
    return states.reach("poor_submission", _sent(audited, audits.STAGE_ONE_FAILURES))


@pytest.fixture
def poor_visit(audited, poor_submission, states) -> uuid.UUID:
    """The same visit, published."""
    return states.reach("poor_visit", _published(audited, poor_submission))
