"""Forms of the test world that are built here, made through the real services.

`scope` is whose they are: dealership "near"'s unless said otherwise.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from csiapp.audits.builder.growing import Start
from csiapp.audits.form_shape import FormContent
from csiapp.audits.models import FormVersion
from csiapp.audits.queries.designs import find_design
from csiapp.audits.queries.forms import content_of, current_form
from csiapp.audits.services.designs import PublishedForm, begin_design, publish_design
from csiapp.core.db import new_id
from csiapp.core.extensions import db
from csiapp.core.tenancy import Scope
from csiapp.founding import MASTER_CODE
from csiapp.standards.content import content_sha256
from tests.factories import audits
from tests.factories.standards import at_work
from tests.factories.world import World

NAME = {"zh": "关键项短表", "en": "Short form"}


def begin(
    world: World,
    start: Start = Start.CRITICAL,
    kind: str = "visit",
    *,
    scope: Scope | None = None,
) -> str:
    """A draft; its code."""
    with at_work(scope or world.tenant()):
        return begin_design(MASTER_CODE, kind, start, NAME).code


def design_of(world: World, code: str, *, scope: Scope | None = None) -> dict[str, Any]:
    """The content of a draft."""
    with at_work(scope or world.tenant()):
        return find_design(code).content


def publish(world: World, code: str, *, scope: Scope | None = None) -> PublishedForm:
    with at_work(scope or world.tenant()):
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


def changed_form(world: World, change: Callable[[FormContent], None]) -> None:
    """The visit form again, as a newer version whose content was changed."""
    with at_work(world.tenant()):
        form = current_form(audits.FORM)
        content = content_of(form)
        change(content)
        db.session.expunge(form)
        copied = ("code", "kind", "name", "template_id", "standard_version_id", "factor_model_id")
        db.session.add(
            FormVersion(
                **{name: getattr(form, name) for name in copied},
                id=new_id(),
                number=form.number + 1,
                content=cast(dict, content),
                sha256=content_sha256(content),
            )
        )
