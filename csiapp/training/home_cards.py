"""What training has waiting: for managers, and for the person signed in."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.access import require_place, signed_in
from csiapp.accounts.home import Card, home_card
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind
from csiapp.training import queries
from csiapp.training.matrix import overview
from csiapp.training.status import State
from csiapp.training.wording import OPEN


@home_card(ScopeKind.TENANT, Permission.TRAINING_RECORD)
def to_renew() -> Card | None:
    """Required courses of the staff that ran out, or soon will."""
    counts = overview(queries.today(require_place().timezone)).counts
    expired, expiring = counts[State.EXPIRED], counts[State.EXPIRING]
    if not expired + expiring:
        return None
    return Card(
        title=_("Training to renew"),
        number=expired + expiring,
        text=_("Expired: %(expired)s · expiring soon: %(soon)s", expired=expired, soon=expiring),
        url=url_for("training.matrix", state=State.EXPIRED if expired else State.EXPIRING),
        tone="bad" if expired else "warn",
        icon="school",
    )


@home_card(ScopeKind.TENANT, Permission.TRAINING_OWN)
def my_open_courses() -> Card | None:
    """Required courses of the person signed in that ask for something."""
    person = queries.staff_of_user(signed_in().id)
    if person is None:
        return None
    day = queries.today(require_place().timezone)
    (training,) = queries.training_of([person], queries.catalogue(), day)
    waiting = sum(len(training.having(state)) for state in OPEN)
    if not waiting:
        return None
    urgent = training.having(State.EXPIRED) or training.having(State.FAILED)
    return Card(
        title=_("My open courses"),
        number=waiting,
        text=_("To take, to repeat or to renew"),
        url=url_for("training.mine"),
        tone="bad" if urgent else "warn",
        icon="certificate",
    )
