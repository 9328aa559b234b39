"""What the activity log says of a set's cycle."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe
from csiapp.studio.cycle import Phase
from csiapp.studio.wording import PHASES


def _phase(value: str) -> object:
    return PHASES[Phase(value)].word if value in set(Phase) else value


describe(
    {
        "cycle.noted": _l("noted in the cycle of %(set)s, %(phase)s, %(on)s: %(note)s"),
        "cycle.removed": _l("removed from the cycle of %(set)s, %(phase)s, %(on)s: %(note)s"),
        "cycle.review_planned": _l("planned the next review of %(set)s for %(on)s"),
        "cycle.review_unplanned": _l("took away the date of the next review of %(set)s"),
        "cycle.review_reminded": _l("reminded the managers of the review of %(set)s on %(on)s"),
    },
    {"phase": _phase},
)
