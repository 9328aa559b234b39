"""From lost points to people, made by the real services: standards, training, a visit."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from csiapp.audits.services.waves import create_wave, move_wave
from csiapp.core.db import utcnow
from tests.factories import audits, training
from tests.factories.standards import at_work

pytestmark = pytest.mark.db

TAUGHT_BY = "TC08"
"""A course that teaches standard ST040302 (question V017), which service advisors must hold."""


@pytest.fixture
def visited(app, world, client_of):
    """A published visit in a wave: V017 failed, one of three advisors held the course."""
    today = utcnow().date()
    with app.app_context():
        audits.install(world)
        training.install(world)
        holds = training.hire(world, "1")
        training.hire(world, "2")
        training.hire(world, "3")
        training.note_down(world, holds, TAUGHT_BY, "passed", today - dt.timedelta(days=30))
        with at_work(world.network()):
            name = {"zh": "测试波次", "en": "Test wave"}
            week = dt.timedelta(days=7)
            wave = create_wave(code="W1", name=name, starts_on=today - week, ends_on=today + week)
            move_wave(wave.id, "open")
            wave_id = wave.id
        audits.published_visit(world, audits.STAGE_ONE_FAILURES, wave_id=wave_id)
    return world


def costs_of(page: str) -> str:
    """The text of the part about costs, without mark-up."""
    part = page.partition('id="costs"')[2].partition('id="trend"')[0]
    words = [piece.rpartition(">")[2] for piece in f">{part}".split("<")]
    return html.unescape(" ".join(" ".join(words).split()))


def test_a_failed_question_leads_to_its_standard_its_step_its_course_and_the_people(
    visited, client_of
):
    text = costs_of(client_of("headoffice").get("/n/near/overview").text)
    assert "100% of all lost" in text
    assert "ST040302 The advisor gives name and position" in text
    assert "Reception" in text
    assert "1 of 1 dealerships · 1 finding" in text
    assert f"{TAUGHT_BY} " in text
    assert "Service advisor: 2 of 3 lacked it on the day" in text


def test_the_chain_is_told_in_chinese_too(visited, client_of):
    client = client_of("headoffice")
    client.post("/preferences", data={"language": "zh", "next": "/"})
    text = costs_of(client.get("/n/near/overview").text)
    assert "服务顾问：当日 3 人中 2 人未持有" in text
    assert "占全部失分的 100%" in text
