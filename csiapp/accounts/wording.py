"""Names of roles and of browsers, for pages and mails."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.core.permissions import Role

ROLE_NAMES = {
    Role.ADMIN: _l("Administrator"),
    Role.HEAD_OFFICE: _l("Head office"),
    Role.REVIEWER: _l("Reviewer"),
    Role.SHOPPER: _l("Mystery shopper"),
    Role.MANAGER: _l("Dealer manager"),
    Role.STAFF: _l("Staff"),
}

# the first that is found counts: browsers also name those that they descend from
_BROWSERS = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_SHOWN_AS = {"MicroMessenger": "WeChat", "Edg": "Edge", "Mac OS": "macOS"}


def device(user_agent: str) -> str:
    """A browser and its system in a few words, such as "Chrome, Android"."""
    found = (
        next((name for name in names if name in user_agent), "") for names in (_BROWSERS, _SYSTEMS)
    )
    words = [_SHOWN_AS.get(name, name) for name in found if name]
    return ", ".join(words) or _("Unknown device")
