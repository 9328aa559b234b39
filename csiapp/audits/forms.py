"""Input of audits: what fields must hold before a service is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    Form,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from csiapp.audits.queries.ties import TIE_NAMES
from csiapp.audits.queries.visits import WAITING, VisitFilter
from csiapp.core.forms import Choice, choices_of

STATE_NAMES: dict[str, Any] = {
    "unassigned": _l("Declined"),
    "assigned": _l("Assigned"),
    "accepted": _l("Accepted"),
    "in_progress": _l("In progress"),
    "awaiting_stage2": _l("Waiting for stage two"),
    "submitted": _l("Submitted"),
    "in_review": _l("In review"),
    "returned": _l("Returned"),
    "approved": _l("Approved"),
    "published": _l("Published"),
    "rejected": _l("Rejected"),
    "cancelled": _l("Cancelled"),
}
"""States of a visit, in the order of its life."""


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """Who goes when. `shoppers` and `waves` are (id, label) pairs of the network."""

    shopper_id = SelectField(
        _l("Mystery shopper"), validators=[DataRequired(_l("Choose a shopper."))]
    )
    opens_on = DateField(_l("First day"), validators=[InputRequired(_l("Choose the first day."))])
    due_on = DateField(_l("Last day"), validators=[InputRequired(_l("Choose the last day."))])
    wave_id = SelectField(_l("Wave"), default="")
    note = TextAreaField(
        _l("Note for the shopper"),
        validators=[Length(max=1000, message=_l("Use at most 1000 characters."))],
        render_kw={"rows": 3},
    )

    def __init__(
        self,
        *args: object,
        shoppers: Iterable[Choice],
        waves: Iterable[Choice],
        today: dt.date,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.shopper_id.choices = choices_of(shoppers, first=_l("Choose a shopper"))
        self.wave_id.choices = choices_of(waves, first=_l("No wave"))

    def validate_due_on(self, field: Field) -> None:
        if field.data and field.data < self._today:
            raise ValidationError(_l("This day is over."))

    def plan(self) -> dict[str, Any]:
        """The arguments of the planning services."""
        return {
            "shopper_id": uuid.UUID(self.shopper_id.data),
            "opens_on": self.opens_on.data,
            "due_on": self.due_on.data,
            "wave_id": uuid.UUID(self.wave_id.data) if self.wave_id.data else None,
            "note": self.note.data or "",
        }


class PlanForm(ChangeForm):
    """A new visit. `scenarios` are those of the form; without any the field stays empty."""

    scenario = SelectField(_l("Scenario"), default="")
    pilot = BooleanField(_l("Pilot visit: tries the form out and counts in no figure"))

    def __init__(self, *args: object, scenarios: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scenario.choices = choices_of(scenarios) or choices_of([("", "")])


class TieForm(FlaskForm):  # type: ignore[misc]
    """`shoppers` are (id, label) pairs of the network."""

    shopper_id = SelectField(
        _l("Mystery shopper"), validators=[DataRequired(_l("Choose a shopper."))]
    )
    kind = SelectField(_l("Tie"), choices=choices_of(TIE_NAMES.items()))
    note = StringField(_l("Note"), validators=[Length(max=300)])

    def __init__(self, *args: object, shoppers: Iterable[Choice], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.shopper_id.choices = choices_of(shoppers, first=_l("Choose a shopper"))


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        _l("Reason"),
        validators=[DataRequired(_l("Say why the visit is called off.")), Length(max=300)],
    )


class ReturnForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        _l("What the shopper has to mend"),
        validators=[
            DataRequired(_l("Say what the shopper has to mend.")),
            Length(max=2000, message=_l("Use at most 2000 characters.")),
        ],
        render_kw={"rows": 3},
    )


class ApproveForm(FlaskForm):  # type: ignore[misc]
    """`checks` are (code, name) of the checks that the reviewer makes by hand."""

    checked = SelectMultipleField(
        _l("Checked by you"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    note = TextAreaField(
        _l("Note"),
        validators=[Length(max=2000, message=_l("Use at most 2000 characters."))],
        render_kw={"rows": 2},
    )

    def __init__(self, *args: object, checks: Iterable[Choice], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.checked.choices = choices_of(checks)

    def validate_checked(self, field: Field) -> None:
        if {check.value for check in field.choices} - set(field.data or ()):
            raise ValidationError(_l("Make every check that is yours, and tick it."))


class WaveForm(FlaskForm):  # type: ignore[misc]
    code = StringField(
        _l("Code"),
        validators=[
            DataRequired(_l("Type a code.")),
            Regexp(r"[A-Za-z0-9][A-Za-z0-9-]{0,23}\Z", message=_l("Use letters, digits and -.")),
        ],
        render_kw={"maxlength": 24, "autocomplete": "off"},
    )
    name_zh = StringField(
        _l("Chinese name"), validators=[DataRequired(_l("Type the Chinese name.")), Length(max=80)]
    )
    name_en = StringField(
        _l("English name"), validators=[DataRequired(_l("Type the English name.")), Length(max=80)]
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Choose the first day."))])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Choose the last day."))])

    def validate_ends_on(self, field: Field) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The last day lies before the first."))


class VisitFilterForm(Form):  # type: ignore[misc]
    """The filter of the visits list, from the address. What is not offered filters nothing."""

    state = SelectField(_l("State"), validators=[Optional()])
    dealership = SelectField(_l("Dealership"), validators=[Optional()])
    region = SelectField(_l("Region"), validators=[Optional()])
    wave = SelectField(_l("Wave"), validators=[Optional()])
    overdue = BooleanField(_l("Only overdue"))
    pilots = BooleanField(_l("Only pilot visits"))

    def __init__(
        self,
        *args: object,
        dealerships: Iterable[Choice],
        regions: Iterable[Choice],
        waves: Iterable[Choice],
    ) -> None:
        super().__init__(*args)
        grouped = {WAITING: _l("Awaiting publication"), **STATE_NAMES}
        self.state.choices = choices_of(grouped.items(), first=_l("All states"))
        self.dealership.choices = choices_of(dealerships, first=_l("All dealerships"))
        self.region.choices = choices_of(regions, first=_l("All regions"))
        self.wave.choices = choices_of(waves, first=_l("All waves"))

    def wanted(self, today: dt.date) -> VisitFilter:
        self.validate()
        chosen = {
            name: None if name in self.errors else field.data or None
            for name, field in self._fields.items()
        }
        dealership, region, wave = (chosen[n] for n in ("dealership", "region", "wave"))
        return VisitFilter(
            state=chosen["state"],
            dealership_id=int(dealership) if dealership else None,
            region_id=uuid.UUID(region) if region else None,
            wave_id=uuid.UUID(wave) if wave else None,
            overdue_on=today if chosen["overdue"] else None,
            pilots=bool(chosen["pilots"]),
        )
