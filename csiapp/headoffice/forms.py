"""Input of head office's pages, from the address. What is not offered is ignored."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, SelectField

from csiapp.core.forms import Choice, choices_of


class OverviewForm(Form):  # type: ignore[misc]
    """Which wave, which region, and the order of the table."""

    wave = SelectField(_l("Wave"))
    region = SelectField(_l("Region"))
    sort = HiddenField()

    def __init__(
        self, data: Mapping[str, str], *, waves: Iterable[Choice], regions: Iterable[Choice]
    ) -> None:
        super().__init__(data)
        self.wave.choices = choices_of(waves)
        self.region.choices = choices_of(regions, first=_l("All regions"))

    def chosen(self, name: str) -> uuid.UUID | None:
        """The wave or the region that was chosen; None for none."""
        field = self[name]
        offered = {choice.value for choice in field.choices}
        return uuid.UUID(field.data) if field.data and field.data in offered else None
