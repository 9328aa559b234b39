"""What the activity log says of training."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

describe(
    {
        "training.courses_installed": _l("installed the courses of the catalogue"),
        "training.staff_added": _l("added staff number %(number)s"),
        "training.staff_changed": _l("changed staff number %(number)s"),
        "training.staff_left": _l("noted that a member of staff leaves on %(left_on)s"),
        "training.staff_returned": _l("noted that a member of staff is back"),
        "training.recorded": _l("recorded course %(course)s, entries: %(count)s"),
        "training.taken_back": _l("took back an entry of course %(course)s"),
    }
)
