"""What the activity log says of the demo."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from csiapp.accounts.activity_wording import describe

LOADED = "demo.loaded"

describe({LOADED: _l("loaded the demo data")})
