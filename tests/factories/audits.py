"""Audits of the test world, made through the real services: forms, visits, answers, scores."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from csiapp.audits.installation import install_form_templates
from csiapp.audits.models import Evidence, Visit
from csiapp.audits.qa import manual_checks
from csiapp.audits.queries.evidence import photo_key
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.forms import ensure_current_form
from csiapp.audits.services.planning import assign_visit
from csiapp.audits.services.review import approve_visit, publish_visit, take_visit
from csiapp.audits.services.submission import (
    Submitted,
    accept_visit,
    pass_test,
    start_visit,
    submit_visit,
)
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.core.storage import storage
from csiapp.core.tenancy import Scope
from tests.factories import standards, tablet
from tests.factories.standards import at_work
from tests.factories.world import World, today
from tests.unit.audits import examples

FORM = "MS-VISIT"
SCENARIO = "SC1"

STAGE_ONE_FAILURES: dict[str, Any] = {
    "V017": {"value": "no"},
    "V017.comment": "The advisor did not stand up and did not say his name to me.",
}
"""A question that is not critical, answered badly, with its comment."""


def install(world: World, *dealerships: str) -> None:
    """Master set, form templates, and published standards with forms at these dealerships."""
    standards.install(world)
    with at_work(world.network()):
        install_form_templates()
    for dealership in dealerships or ("near",):
        person = "manager" if dealership == "near" else f"{dealership}_manager"
        standards.adopt_and_publish(world, dealership, person)
        with at_work(world.tenant(dealership, person)):
            ensure_current_form(FORM)


def acting(world: World, person: str, dealership: str = "near") -> Scope:
    """A tenant scope of the dealership for somebody of the network."""
    return replace(world.tenant(dealership), actor=world.people[person])


def assign(
    world: World, *, dealership: str = "near", shopper: str = "shopper", **plan: Any
) -> uuid.UUID:
    """A visit that is open now; `plan` replaces arguments of `assign_visit`."""
    day = today()
    arguments = {
        "form_code": FORM,
        "scenario": SCENARIO,
        "shopper_id": world.people[shopper],
        "opens_on": day - dt.timedelta(days=1),
        "due_on": day + dt.timedelta(days=5),
    }
    with at_work(acting(world, "headoffice", dealership)):
        return assign_visit(**{**arguments, **plan}).id


def good_answers(visit: Visit) -> dict[str, Any]:
    """Everything that the visit's form asks, answered as well as can be."""
    return examples.complete(content_of(form_of(visit)))


def submit(
    world: World,
    visit_id: uuid.UUID,
    changes: Mapping[str, Any] | None = None,
    *,
    dealership: str = "near",
    shopper: str = "shopper",
    accepted: bool = False,
) -> None:
    """Accept (unless done), start, answer everything well but for `changes`, and submit."""
    with at_work(acting(world, shopper, dealership)):
        if not accepted:
            accept_visit(visit_id)
        pass_test(visit_id)
        start_visit(visit_id, {"U01": 8})
        fill_in(visit_id, {**good_answers(get_visit(visit_id)), **(changes or {})})
        result = submit_visit(visit_id, new_id())
        assert isinstance(result, Submitted), result


def approve(
    world: World, visit_id: uuid.UUID, *, dealership: str = "near", reviewer: str = "reviewer"
) -> None:
    with at_work(acting(world, reviewer, dealership)):
        visit = take_visit(visit_id)
        approve_visit(visit_id, checked=manual_checks(content_of(form_of(visit))))


def publish(
    world: World, visit_id: uuid.UUID, *, dealership: str = "near", reviewer: str = "reviewer"
) -> uuid.UUID:
    """Publish an approved visit; the id of its score."""
    with at_work(acting(world, reviewer, dealership)):
        return publish_visit(visit_id).id


def published_visit(
    world: World,
    changes: Mapping[str, Any] | None = None,
    *,
    dealership: str = "near",
    shopper: str = "shopper",
    **plan: Any,
) -> uuid.UUID:
    """A visit that went the whole way."""
    visit_id = assign(world, dealership=dealership, shopper=shopper, **plan)
    submit(world, visit_id, changes, dealership=dealership, shopper=shopper)
    approve(world, visit_id, dealership=dealership)
    publish(world, visit_id, dealership=dealership)
    return visit_id


def ready_photo(world: World, dealership: str, visit_id: uuid.UUID, name: str) -> str:
    """A photo that can be shown; the hash that names it."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    person = "manager" if dealership == "near" else f"{dealership}_manager"
    with at_work(world.tenant(dealership, person)):
        photo = Evidence(
            visit_id=visit_id, sha256=sha256, size=1, state="ready", stored_sha256=sha256
        )
        db.session.add(photo)
        db.session.flush()
        for size in ("full", "small"):
            storage().put(photo_key(photo, size), tablet.jpeg())
    return sha256
