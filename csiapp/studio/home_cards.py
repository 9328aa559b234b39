"""What the studio has waiting for managers."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from csiapp.accounts.access import today_here
from csiapp.accounts.home import Card, home_card
from csiapp.core.i18n import day, tr
from csiapp.core.permissions import Permission
from csiapp.core.tenancy import ScopeKind
from csiapp.standards.queries import sets
from csiapp.studio.cycle import Stand, review_stand


@home_card(ScopeKind.TENANT, Permission.STANDARDS_EDIT)
def review_due() -> Card | None:
    """The set whose review is due first, or is late."""
    now = today_here()
    dated = [(row.next_review_on, row) for row in sets() if row.next_review_on is not None]
    if not dated:
        return None
    on, owner = min(dated, key=lambda pair: pair[0])
    stand = review_stand(on, now)
    if stand not in {Stand.DUE, Stand.LATE}:
        return None
    return Card(
        title=_("Review of the standards"),
        number="",
        text=_("%(set)s: was due on %(date)s", set=tr(owner.name), date=day(on))
        if stand is Stand.LATE
        else _("%(set)s: due on %(date)s", set=tr(owner.name), date=day(on)),
        url=url_for("cycle.index", set_code=owner.code),
        tone="bad" if stand is Stand.LATE else "warn",
        icon="refresh",
    )
