"""Dealership "near" with published standards, forms, courses and staff."""

from __future__ import annotations

import pytest

from csiapp.core import jobs
from csiapp.training.installation import install_courses
from tests.factories.standards import at_work

BASE = "/t/near/standards/REF-AFTERSALES"


@pytest.fixture(autouse=True)
def announced(monkeypatch) -> None:
    """Reports are another part's work: here their task does nothing."""
    nothing = jobs.Registered(lambda **_args: None, 60, None)
    monkeypatch.setitem(jobs.registry, "reports.prepare", nothing)


@pytest.fixture
def studio(audited, states):
    """Where the pages are; the world has what they show."""

    def build():
        with at_work(audited.network()):
            install_courses()
        return BASE

    return states.reach("studio", build)
