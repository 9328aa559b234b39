"""The administrator's cards."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.home import Card, home_card
from csiapp.accounts.queries import count_people
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind


@home_card(ScopeKind.NETWORK, Permission.PEOPLE_MANAGE)
def people() -> Card:
    active, invited = count_people()
    return Card(
        title=_("People with access"),
        number=active,
        text=_("Open invitations: %(count)s", count=invited),
        url=url_for("people.index"),
        icon="users",
    )
