"""Screens of the standards."""

from csiapp.standards import activity_wording as _sentences  # noqa: F401 - registers them
