"""Standards of the test world: the reference master set, adopted, published, or grown."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from csiapp.core.db import writing
from csiapp.core.extensions import db
from csiapp.core.tenancy import Scope, entered
from csiapp.reference import loader
from csiapp.standards.content import StandardsContent, from_template
from csiapp.standards.factors import factor_model_content
from csiapp.standards.installation import adopt_master, install_factor_model, install_master
from csiapp.standards.queries import latest_master, main_set
from csiapp.standards.services import publish
from tests.factories.world import World

CODE = "REF-AFTERSALES"


@cache
def _reference() -> StandardsContent:
    return from_template(loader.standards_template(), loader.service_process())


def reference_content() -> StandardsContent:
    """A fresh copy of the reference content, free to change."""
    return copy.deepcopy(_reference())


def grown_content(standards: int) -> StandardsContent:
    """The reference content with copies of its standards until there are this many."""
    content = reference_content()
    factors = [
        factor
        for step in content["steps"]
        for sub_step in step["sub_steps"]
        for factor in sub_step["key_factors"]
    ]
    missing = standards - sum(len(factor["standards"]) for factor in factors)
    for number in range(missing):
        target = factors[number % len(factors)]
        source = copy.deepcopy(target["standards"][0])
        source |= {"code": f"XT{number:05d}", "critical": False, "points": 1}
        target["standards"].append(source)
    return content


@contextmanager
def at_work(scope: Scope) -> Iterator[None]:
    """A committed unit of work under a scope. Call inside an app context."""
    token = writing.set(True)
    db.session.close()
    try:
        with entered(scope):
            try:
                yield
                db.session.commit()
            finally:
                db.session.close()
    finally:
        writing.reset(token)


def install(world: World, content: StandardsContent | None = None, network: str = "near") -> None:
    """The master set and the factor model, in a network."""
    person = "headoffice" if network == "near" else "far_headoffice"
    with at_work(world.network(network, person)):
        install_factor_model(factor_model_content(loader.primary_factor_model()))
        install_master(content or reference_content())


def the_set() -> uuid.UUID:
    """The main set of the dealership whose scope is in force."""
    found = main_set()
    assert found is not None
    return found.id


def adopt(world: World, dealership: str = "near", person: str = "manager") -> uuid.UUID:
    """A dealership's first draft, from the installed master; the draft's id."""
    with at_work(world.tenant(dealership, person)):
        return adopt_master(latest_master(CODE)).id


def adopt_and_publish(world: World, dealership: str = "near", person: str = "manager") -> uuid.UUID:
    """Version 1 in force; its id. The task `audits.build_forms` must be registered."""
    with at_work(world.tenant(dealership, person)):
        draft = adopt_master(latest_master(CODE))
        return publish(draft.set_id, "First version", draft.edit).id
