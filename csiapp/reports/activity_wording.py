"""What the activity log says of reports."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

_LANGUAGES: dict[str, Any] = {"zh": _l("Chinese"), "en": _l("English")}


def _language(code: str) -> object:
    return _LANGUAGES.get(code, code)


describe(
    {
        "report.requested": _l("asked for a report (R%(revision)s, %(locale)s)"),
        "report.ready": _l("made a report (R%(revision)s, %(locale)s)"),
        "handbook.requested": _l("asked for the handbook of the standards (%(locale)s)"),
        "handbook.ready": _l("made the handbook of the standards (%(locale)s)"),
        "handbook.failed": _l("could not make the handbook of the standards (%(locale)s)"),
        "report.failed": _l("could not make a report (R%(revision)s, %(locale)s)"),
    },
    {"locale": _language},
)
