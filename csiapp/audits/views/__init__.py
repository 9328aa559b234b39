"""Pages of audits."""

from csiapp.audits import activity_wording as _sentences  # noqa: F401 - registers them
from csiapp.audits import home_cards as _cards  # noqa: F401 - registers them
