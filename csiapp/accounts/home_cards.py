"""The administrator's cards, and the latest of the log for all who may read it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.activity_queries import page_of_activity
from csiapp.accounts.home import Card, Panel, home_card, home_panel
from csiapp.accounts.queries import count_people
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind

LATEST = 5


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


@home_panel(ScopeKind.NETWORK, Permission.ACTIVITY_READ)
def network_activity() -> Panel | None:
    return _activity("activity.network")


@home_panel(ScopeKind.TENANT, Permission.ACTIVITY_READ)
def dealership_activity() -> Panel | None:
    return _activity("activity.dealership")


def _activity(endpoint: str) -> Panel | None:
    lines = page_of_activity(1, per_page=LATEST).items
    if not lines:
        return None
    return Panel(
        id="home-activity",
        rank=2,
        title=_("Latest activity"),
        template="accounts/_home_activity.html",
        values={"lines": lines},
        more=_("All activity"),
        url=url_for(endpoint),
    )
