"""What audits has waiting: for head office, reviewers and dealerships."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.access import require_place
from csiapp.accounts.home import Card, home_card
from csiapp.audits.queries import visits
from csiapp.audits.queries.scores import count_published_since
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind

NEW_FOR_DAYS = 14


@home_card(ScopeKind.NETWORK, Permission.VISIT_ASSIGN)
def overdue_card() -> Card | None:
    """Visits that somebody should have finished."""
    number = visits.count_overdue(visits.today(require_place().timezone))
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
    number = count_published_since(visits.today(require_place().timezone), NEW_FOR_DAYS)
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
