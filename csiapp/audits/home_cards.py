"""What audits has waiting: for head office, reviewers and dealerships."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.access import signed_in, today_here
from csiapp.accounts.home import Card, Panel, home_card, home_panel
from csiapp.audits.forms import STATE_NAMES
from csiapp.audits.queries import visits
from csiapp.audits.queries.scores import TREND_FORM, count_published_since, published_trend
from csiapp.audits.queries.waves import list_wave_lines
from csiapp.core.charts import Reading
from csiapp.core.i18n import day
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind

NEW_FOR_DAYS = 14
SHOWN = 5


@home_card(ScopeKind.NETWORK, Permission.VISIT_ASSIGN)
def overdue_card() -> Card | None:
    """Visits that somebody should have finished."""
    number = visits.count_overdue(today_here())
    if not number:
        return None
    return Card(
        title=_("Overdue visits"),
        number=number,
        text=_("Past their last day and not submitted"),
        url=url_for("visits.index", overdue="1"),
        tone="warn",
        icon="clock",
    )


@home_card(ScopeKind.NETWORK, Permission.VISIT_ASSIGN)
def awaiting_card() -> Card | None:
    """Visits between submission and publication."""
    number = visits.count_in(*visits.TO_REVIEW)
    if not number:
        return None
    return Card(
        title=_("Awaiting publication"),
        number=number,
        text=_("Submitted, in review or approved"),
        url=url_for("visits.index", state=visits.WAITING),
        tone="info",
        icon="hourglass",
    )


@home_card(ScopeKind.NETWORK, Permission.VISIT_REVIEW)
def to_review_card() -> Card | None:
    """Visits that wait for a reviewer, or for publication by one."""
    number = visits.count_in(*visits.TO_REVIEW)
    if not number:
        return None
    return Card(
        title=_("To review"),
        number=number,
        text=_("Submitted, in review or approved"),
        url=url_for("reviews.index"),
        tone="info",
        icon="clipboard-check",
    )


@home_card(ScopeKind.TENANT, Permission.RESULTS_READ)
def new_results_card() -> Card | None:
    """Results published a short while ago."""
    number = count_published_since(today_here(), NEW_FOR_DAYS)
    if not number:
        return None
    return Card(
        title=_("New results"),
        number=number,
        text=_("Published in the last %(days)s days", days=NEW_FOR_DAYS),
        url=url_for("results.index"),
        tone="info",
        icon="chart-bar",
    )


@home_panel(ScopeKind.TENANT, Permission.RESULTS_READ)
def index_panel() -> Panel | None:
    """The newest index, and how it moved."""
    trend = published_trend(TREND_FORM)
    if not trend:
        return None
    return Panel(
        id="home-index",
        rank=0,
        title=_("Service index"),
        template="audits/results/_home.html",
        values={
            "latest": trend[-1],
            "previous": trend[-2] if len(trend) > 1 else None,
            "readings": [Reading(day(r.published_at), r.final_index) for r in trend[-SHOWN:]],
        },
        more=_("All results"),
        url=url_for("results.index"),
    )


@home_panel(ScopeKind.NETWORK, Permission.VISIT_REVIEW)
def review_panel() -> Panel | None:
    """What has waited longest for a reviewer."""
    lines = visits.list_to_review(1, SHOWN).items
    if not lines:
        return None
    return Panel(
        id="home-reviews",
        title=_("Waiting longest"),
        template="audits/reviews/_home.html",
        values={"lines": lines, "states": STATE_NAMES, "own_id": signed_in().id},
        more=_("All reviews"),
        url=url_for("reviews.index"),
    )


@home_panel(ScopeKind.NETWORK, Permission.VISIT_ASSIGN)
def wave_panel() -> Panel | None:
    """How far the waves have come that are not closed."""
    lines = [line for line in list_wave_lines() if line.wave.state != "closed" and line.planned]
    if not lines:
        return None
    return Panel(
        id="home-waves",
        title=_("Running waves"),
        template="audits/waves/_home.html",
        values={"lines": lines[:2], "states": STATE_NAMES},
        more=_("All waves"),
        url=url_for("waves.index"),
    )
