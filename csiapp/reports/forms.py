"""Input of the report pages."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField

from csiapp.core.forms import choices_of
from csiapp.reports.queries import ReportFilter

STATES = {
    "queued": _l("Waiting for a worker"),
    "rendering": _l("Being made now"),
    "ready": _l("Ready to download"),
    "failed": _l("Could not be made"),
}
LANGUAGES = {"zh": "中文", "en": "English"}


class ReportFilterForm(Form):  # type: ignore[misc]
    """Filters of the list, from the address. What is unknown is ignored."""

    dealership = SelectField(_l("Dealership"))
    wave = SelectField(_l("Wave"))
    state = SelectField(_l("State"))
    locale = SelectField(_l("Language"))

    def __init__(
        self, data: Any, dealerships: list[tuple[str, str]], waves: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.dealership.choices = choices_of(dealerships, first=_l("All dealerships"))
        self.wave.choices = choices_of(waves, first=_l("All waves"))
        self.state.choices = choices_of(STATES.items(), first=_l("All states"))
        self.locale.choices = choices_of(LANGUAGES.items(), first=_l("All languages"))

    def wanted(self) -> ReportFilter:
        chosen = {field.name: field.data for field in self if self._known(field)}
        return ReportFilter(
            dealership_id=int(chosen["dealership"]) if "dealership" in chosen else None,
            wave_id=uuid.UUID(chosen["wave"]) if "wave" in chosen else None,
            state=chosen.get("state"),
            locale=chosen.get("locale"),
        )

    @staticmethod
    def _known(field: SelectField) -> bool:
        return bool(field.data) and field.data in {choice.value for choice in field.choices}
