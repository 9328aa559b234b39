"""Pages of training."""

from csiapp.training import activity_wording as _sentences  # noqa: F401 - registers them
from csiapp.training import home_cards as _cards  # noqa: F401 - registers them
