"""Reads of what ties shoppers to dealerships."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from csiapp.accounts.models import Dealership, User
from csiapp.accounts.queries import is_or_was_member
from csiapp.audits.models import ShopperTie
from csiapp.core.extensions import db
from csiapp.core.web import Page, page_of

TIE_NAMES: dict[str, Any] = {
    "former_staff": _l("Works or worked there"),
    "family": _l("Family works there"),
    "friend": _l("Knows staff there"),
    "interest": _l("Has money or business there"),
    "customer": _l("Is known there as a customer"),
    "other": _l("Another reason"),
}
"""What can tie a shopper to a dealership."""


@dataclass(frozen=True, slots=True)
class TieLine:
    tie: ShopperTie
    shopper: str
    dealership: Dealership


def ties_of(shopper_id: uuid.UUID) -> Sequence[ShopperTie]:
    """The ties of a shopper to the scope's dealership that hold, the newest first."""
    return db.session.scalars(
        sa.select(ShopperTie)
        .where(ShopperTie.shopper_id == shopper_id, ShopperTie.ended_at.is_(None))
        .order_by(ShopperTie.declared_at.desc())
    ).all()


def list_ties(page: int) -> Page[TieLine]:
    """The ties of the scope that hold, the newest first, with names: one query and a count."""
    query = (
        sa.select(ShopperTie, User.name, Dealership)
        .join(User, User.id == ShopperTie.shopper_id)
        .join(Dealership, Dealership.id == ShopperTie.tenant_id)
        .where(ShopperTie.ended_at.is_(None))
        .order_by(ShopperTie.declared_at.desc(), ShopperTie.id)
    )
    found = page_of(query, page, per_page=50, scalars=False)
    return found.of([TieLine(*row) for row in found.items])


def worked_here(user_id: uuid.UUID) -> bool:
    """Whether a person is or was staff of the scope's dealership, by their sign-in there or by
    its staff list (training answers for that: `app.extensions["csiapp.was_on_staff"]`)."""
    on_staff = current_app.extensions.get("csiapp.was_on_staff")
    return is_or_was_member(user_id) or bool(on_staff and on_staff(user_id))
