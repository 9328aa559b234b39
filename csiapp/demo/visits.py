"""Two past waves and one that runs, made by the people who would make them."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from csiapp.audits.form_shape import FormContent
from csiapp.audits.qa import manual_checks
from csiapp.audits.queries.evidence import find_photo
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.evidence import read_received, store_photo_bytes
from csiapp.audits.services.planning import assign_visit
from csiapp.audits.services.review import approve_visit, publish_visit, take_visit
from csiapp.audits.services.submission import (
    Incomplete,
    accept_visit,
    pass_test,
    start_visit,
    submit_visit,
)
from csiapp.audits.services.waves import create_wave, move_wave
from csiapp.core.db import Text2, new_id
from csiapp.demo.answers import demo_answers, failed_without_evidence, photo_questions
from csiapp.demo.pictures import picture
from csiapp.demo.places import NETWORK_ID, ZONE, DemoWorld
from csiapp.demo.work import at_work, in_dealership, in_network

FORM = "MS-VISIT"
SCENARIOS = ("SC1", "SC2", "SC3", "SC4", "SC5")
WITH_PHOTOS = 8
"""So many visits of each past wave carry photos."""


class DemoBroken(RuntimeError):
    """The demo's own data does not fit the product's rules; the message says where."""


@dataclass(frozen=True)
class DemoWave:
    """A wave so many days ago; `visits` over the dealerships in turn; `lift` on quality."""

    code: str
    name: Text2
    starts: int
    visits: int
    lift: float


PAST = (
    DemoWave("DEMO-1", {"zh": "演示第一波", "en": "Demo wave 1"}, 230, 20, 0.0),
    DemoWave("DEMO-2", {"zh": "演示第二波", "en": "Demo wave 2"}, 108, 20, 0.06),
)
RUNNING = DemoWave("DEMO-3", {"zh": "演示第三波", "en": "Demo wave 3"}, 8, 0, 0.08)
WAVE_DAYS = 28
STRENGTH = (0.9, 0.82, 0.72, 0.86, 0.62, 0.78, 0.54, 0.74, 0.84, 0.68, 0.58, 0.8)
"""How often each dealership meets a standard in the first wave."""


@dataclass(frozen=True)
class Trip:
    """One visit to be made: who goes where, when, and how good the dealership is that day."""

    dealership: int
    shopper: uuid.UUID
    day: dt.date
    scenario: str
    quality: float
    photos: int
    seed: str


def build_past(world: DemoWorld, today: dt.date) -> int:
    """All past waves, published and closed; how many visits."""
    made = 0
    for wave in PAST:
        starts = today - dt.timedelta(days=wave.starts)
        wave_id = _open(world, wave, starts)
        for number in range(wave.visits):
            trip = _trip(world, wave, starts, number)
            visit_id = _assign(world, trip, wave_id, trip.day, trip.day + dt.timedelta(days=3))
            _go(trip, visit_id)
            _review(world, trip, visit_id, publish=True)
            made += 1
        with at_work(_head_office(world), _at(starts + dt.timedelta(days=WAVE_DAYS + 10), 10)):
            move_wave(wave_id, "close")
    return made


def build_running(world: DemoWorld, today: dt.date) -> None:
    """The wave that runs now: one visit in every state that waits for somebody."""
    starts = today - dt.timedelta(days=RUNNING.starts)
    wave_id = _open(world, RUNNING, starts)
    soon = today + dt.timedelta(days=10)
    first, second, third, fourth, fifth = world.dealerships[:5]
    ready = _plan(first, world.shoppers[0], today, "SC1")
    visit_id = _assign(world, ready, wave_id, today, soon)
    with at_work(
        in_dealership(NETWORK_ID, first, ready.shopper), _at(today - dt.timedelta(days=1), 20)
    ):
        accept_visit(visit_id)
    _assign(world, _plan(fifth, world.shoppers[0], today, "SC2"), wave_id, today, soon)
    late = today - dt.timedelta(days=2)
    _assign(world, _plan(fourth, world.shoppers[2], starts, "SC1"), wave_id, starts, late)
    for dealership, shopper, reviewed in ((second, 2, False), (third, 3, True)):
        trip = _plan(dealership, world.shoppers[shopper], starts, "SC2")
        visit_id = _assign(world, trip, wave_id, starts, soon)
        _go(trip, visit_id)
        if reviewed:
            _review(world, trip, visit_id, publish=False)


def _plan(dealership: int, shopper: uuid.UUID, day: dt.date, scenario: str) -> Trip:
    return Trip(dealership, shopper, day, scenario, 0.82, 3, f"running {dealership}")


def _trip(world: DemoWorld, wave: DemoWave, starts: dt.date, number: int) -> Trip:
    """Dealerships in turn; a shopper comes to the same one in the other wave at the earliest."""
    seed = f"{wave.code} visit {number}"
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    place = number % len(world.dealerships)
    shoppers = world.shoppers
    turn = number // len(world.dealerships) + (0 if wave is PAST[0] else 3)
    strength = STRENGTH[place]
    return Trip(
        dealership=world.dealerships[place],
        shopper=shoppers[(place + turn) % len(shoppers)],
        day=starts + dt.timedelta(days=1 + number % (WAVE_DAYS - 4)),
        scenario=SCENARIOS[number % len(SCENARIOS)],
        quality=min(0.985, strength + wave.lift + dice.uniform(-0.04, 0.04)),
        photos=3 if number < WITH_PHOTOS else 0,
        seed=seed,
    )


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), ZoneInfo(ZONE))


def _head_office(world: DemoWorld) -> Any:
    return in_network(NETWORK_ID, world.people["headoffice"])


def _open(world: DemoWorld, wave: DemoWave, starts: dt.date) -> uuid.UUID:
    with at_work(_head_office(world), _at(starts, 8)):
        ends = starts + dt.timedelta(days=WAVE_DAYS)
        created = create_wave(code=wave.code, name=wave.name, starts_on=starts, ends_on=ends)
        move_wave(created.id, "open")
        return created.id


def _assign(
    world: DemoWorld, trip: Trip, wave_id: uuid.UUID, opens_on: dt.date, due_on: dt.date
) -> uuid.UUID:
    scope = in_dealership(NETWORK_ID, trip.dealership, world.people["headoffice"])
    with at_work(scope, _at(opens_on, 9) - dt.timedelta(days=1)):
        return assign_visit(
            form_code=FORM,
            scenario=trip.scenario,
            shopper_id=trip.shopper,
            opens_on=opens_on,
            due_on=due_on,
            wave_id=wave_id,
            note="演示任务：请使用演示车辆。Demo task: use the demo car.",
        ).id


def _go(trip: Trip, visit_id: uuid.UUID) -> None:
    """Accept, visit, fill in, submit: four days later, so that the follow-up call is in."""
    scope = in_dealership(NETWORK_ID, trip.dealership, trip.shopper)
    with at_work(scope, _at(trip.day, 9)):
        accept_visit(visit_id)
        pass_test(visit_id)
        start_visit(visit_id, {"U01": 7})
        form = content_of(form_of(get_visit(visit_id)))
        answers = demo_answers(form, trip.scenario, trip.quality, trip.day, trip.seed)
        answers |= _photos(visit_id, form, trip, answers)
        fill_in(visit_id, answers, device="demo-tablet")
    with at_work(scope, _at(trip.day + dt.timedelta(days=6), 20)):
        outcome = submit_visit(visit_id, new_id())
        if isinstance(outcome, Incomplete):
            raise DemoBroken(f"{trip.seed}: {outcome}")


def _photos(
    visit_id: uuid.UUID, form: FormContent, trip: Trip, answers: dict[str, Any]
) -> dict[str, list[str]]:
    """Photos where a failed critical question needs one, and a few more."""
    needed = failed_without_evidence(form, trip.scenario, answers)
    wanted = list(dict.fromkeys([*needed, *photo_questions(form, trip.scenario, answers)]))
    found: dict[str, list[str]] = {}
    for code in wanted[: max(len(needed), trip.photos)]:
        sha256 = store_photo_bytes(visit_id, picture(f"{trip.seed} {code}"))
        evidence = find_photo(visit_id, sha256)
        if evidence is not None:
            read_received(evidence.id)
        found[f"{code}.photos"] = [sha256]
    return found


def _review(world: DemoWorld, trip: Trip, visit_id: uuid.UUID, *, publish: bool) -> None:
    scope = in_dealership(NETWORK_ID, trip.dealership, world.people["reviewer"])
    with at_work(scope, _at(trip.day + dt.timedelta(days=7), 15)):
        visit = take_visit(visit_id)
        approve_visit(visit_id, checked=manual_checks(content_of(form_of(visit))))
        if publish:
            publish_visit(visit_id)
