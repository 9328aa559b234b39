"""The studio's pages. Importing them registers its sentences and cards."""

from csiapp.studio import activity_wording as _sentences  # noqa: F401 - registers them
from csiapp.studio import home_cards as _cards  # noqa: F401 - registers them
