"""From lost points to people, made by the real services: standards, training, a visit."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from csiapp.audits.services.waves import create_wave, move_wave
from tests.factories import audits, training
from tests.factories.standards import at_work
from tests.factories.world import today

pytestmark = pytest.mark.db

TAUGHT_BY = "TC08"
"""A course that teaches standard ST040302 (question V017), which service advisors must hold."""


@pytest.fixture
def chained(audited, states):
    """A published visit in a wave: V017 failed, one of three advisors held the course."""

    def build():
        world, day = audited, today()
        training.install(world)
        holds = training.hire(world, "1")
        training.hire(world, "2")
        training.hire(world, "3")
        training.note_down(world, holds, TAUGHT_BY, "passed", day - dt.timedelta(days=30))
        with at_work(world.network()):
            name = {"zh": "测试波次", "en": "Test wave"}
            week = dt.timedelta(days=7)
            wave = create_wave(code="W1", name=name, starts_on=day - week, ends_on=day + week)
            move_wave(wave.id, "open")
            wave_id = wave.id
        audits.published_visit(world, audits.STAGE_ONE_FAILURES, wave_id=wave_id)
        return world

    return states.reach("chained", build)


def costs_of(page: str) -> str:
    """The text of the part about costs, without mark-up."""
    part = page.partition('id="costs"')[2].partition('id="trend"')[0]
    words = [piece.rpartition(">")[2] for piece in f">{part}".split("<")]
    return html.unescape(" ".join(" ".join(words).split()))


def test_a_failed_question_leads_to_its_standard_its_step_its_course_and_the_people(
    chained, client_of
):
    text = costs_of(client_of("headoffice").get("/n/near/overview").text)
    assert "100% of all lost" in text
    assert "ST040302 The advisor gives name and position" in text
    assert "Reception" in text
    assert "1 of 1 dealerships · 1 finding" in text
    assert f"{TAUGHT_BY} " in text
    assert "Service advisor: 2 of 3 lacked it on the day" in text


def test_the_chain_is_told_in_chinese_too(chained, client_of):
    client = client_of("headoffice")
    client.post("/preferences", data={"language": "zh", "next": "/"})
    text = costs_of(client.get("/n/near/overview").text)
    assert "服务顾问：当日 3 人中 2 人未持有" in text
    assert "占全部失分的 100%" in text


def test_a_dealership_visited_twice_counts_its_people_once_by_the_newest_visit(write, client_of):
    def lacking(lacked: int, staff: int) -> dict[str, list[object]]:
        gap = {"course": "TC08", "role": "SA", "lacked": lacked, "staff": staff}
        return {"courses": ["TC08"], "gap": [gap]}

    def work(stage):
        wave = stage.wave("W", dt.date(2026, 6, 1))
        stage.finding(11, stage.visit(11, wave, 700), "10/3", **lacking(5, 5))
        stage.finding(11, stage.visit(11, wave, 700), "20/3", **lacking(1, 4))
        stage.finding(12, stage.visit(12, wave, 700), "5", **lacking(2, 3))

    write(work)
    text = costs_of(client_of("headoffice").get("/n/near/overview").text)
    assert text.startswith("What costs the network most points 15 points 100% of all lost")
    assert "2 of 2 dealerships · 3 findings" in text
    assert "Service advisor: 3 of 7 lacked it on the day" in text


def test_findings_of_what_is_not_published_or_no_longer_in_force_cost_nothing(write, client_of):
    def work(stage):
        wave, other = stage.wave("W", dt.date(2026, 6, 1)), stage.wave("V", dt.date(2026, 3, 1))
        stage.finding(11, stage.visit(11, wave, 700), "3")
        stage.finding(11, stage.visit(11, other, 700), "50", standard_code="OTHERWAVE")
        waiting = stage.visit(12, wave, 700, state="approved", kinds=("provisional",))
        stage.finding(12, waiting, "50", standard_code="WAITING")
        visit, first = stage.visit(12, wave, 700)
        stage.revise(12, visit, 1, 800)
        stage.finding(12, (visit, first), "50", standard_code="REPLACED")

    write(work)
    text = costs_of(client_of("headoffice").get("/n/near/overview").text)
    assert "3 points 100% of all lost" in text
    for standard in ("OTHERWAVE", "WAITING", "REPLACED"):
        assert standard not in text


def test_without_losses_the_page_says_so(write, client_of):
    write(lambda stage: stage.visit(11, stage.wave("W", dt.date(2026, 6, 1)), 1000))
    page = client_of("headoffice").get("/n/near/overview").text
    assert "No points were lost" in costs_of(page)
