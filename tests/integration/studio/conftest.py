"""Dealership "near" with published standards, forms, courses and staff."""

from __future__ import annotations

import pytest

from csiapp.core import jobs
from csiapp.training.installation import install_courses
from tests.factories import audits
from tests.factories.standards import at_work

BASE = "/t/near/standards/REF-AFTERSALES"


@pytest.fixture(autouse=True)
def announced(monkeypatch) -> None:
    """Reports are another part's work: here their task does nothing."""
    nothing = jobs.Registered(lambda **_args: None, 60, None)
    monkeypatch.setitem(jobs.registry, "reports.prepare", nothing)


@pytest.fixture
def studio(app, world):
    """Where the pages are; the world has what they show."""
    with app.app_context():
        audits.install(world)
        with at_work(world.network()):
            install_courses()
    return BASE
