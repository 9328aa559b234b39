"""Input of head office's pages, from the address. What is not offered is ignored."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, SelectField

Choice = tuple[str, Any]


class OverviewForm(Form):  # type: ignore[misc]
    """Which wave, which region, and the order of the table."""

    wave = SelectField(_l("Wave"))
    region = SelectField(_l("Region"))
    sort = HiddenField()

    def __init__(
        self, data: Mapping[str, str], *, waves: Iterable[Choice], regions: Iterable[Choice]
    ) -> None:
        super().__init__(data)
        self.wave.choices = list(waves)
        self.region.choices = [("", _l("All regions")), *regions]

    def chosen(self, name: str) -> uuid.UUID | None:
        """The wave or the region that was chosen; None for none."""
        field = self[name]
        offered = {value for value, _label in field.choices}
        return uuid.UUID(field.data) if field.data and field.data in offered else None
