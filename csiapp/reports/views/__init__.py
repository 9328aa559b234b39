"""Reports: the panel on a visit's page, downloads, head office's list."""

from csiapp.reports import activity_wording as _sentences  # noqa: F401 - registers them
