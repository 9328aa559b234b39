"""A visit under way, and the tablet of its shopper."""

from __future__ import annotations

import uuid

import pytest

from tests.factories.tablet import Tablet, assign, freeze_form, tablet_of


@pytest.fixture
def form_id(app, world, states) -> uuid.UUID:
    return states.reach("form_id", lambda: freeze_form(app, world))


@pytest.fixture
def visit_id(app, world, form_id) -> uuid.UUID:
    return assign(app, world, form_id)


@pytest.fixture
def tablet(app, client_of, visit_id) -> Tablet:
    return tablet_of(client_of("shopper"), app, visit_id)
