"""What the activity log says of reports."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

describe(
    {
        "report.requested": _l("asked for a report (R%(revision)s, %(locale)s)"),
        "report.ready": _l("made a report (R%(revision)s, %(locale)s)"),
        "handbook.requested": _l("asked for the handbook of the standards (%(locale)s)"),
        "handbook.ready": _l("made the handbook of the standards (%(locale)s)"),
        "handbook.failed": _l("could not make the handbook of the standards (%(locale)s)"),
        "report.failed": _l("could not make a report (R%(revision)s, %(locale)s)"),
    }
)
