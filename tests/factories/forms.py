"""Own forms of the test world's dealerships, made through the real services."""

from __future__ import annotations

import uuid
from typing import Any

from csiapp.audits.builder.growing import Start
from csiapp.audits.queries.designs import find_design
from csiapp.audits.services.designs import PublishedForm, begin_design, publish_design
from tests.factories import audits
from tests.factories.standards import at_work, the_set
from tests.factories.world import World

NAME = {"zh": "关键项短表", "en": "Short form"}


def begin(world: World, start: Start = Start.CRITICAL, kind: str = "visit") -> str:
    """A draft of dealership "near"; its code."""
    with at_work(world.tenant()):
        return begin_design(the_set(), kind, start, NAME).code


def design_of(world: World, code: str) -> dict[str, Any]:
    """The content of a draft."""
    with at_work(world.tenant()):
        return find_design(code).content


def publish(world: World, code: str) -> PublishedForm:
    with at_work(world.tenant()):
        return publish_design(code, find_design(code).edit)


def pilot(world: World, code: str, *, submitted: bool = True) -> uuid.UUID:
    """A pilot visit with this form, answered badly where that can be seen."""
    visit_id = audits.assign(world, form_code=code, pilot=True)
    if submitted:
        audits.submit(world, visit_id)
    return visit_id


def short_form(world: World) -> str:
    """A published form of the critical standards; its code."""
    code = begin(world)
    publish(world, code)
    return code
