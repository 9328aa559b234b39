"""Input of training: staff, entries, and the filters of the lists."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Field,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from csiapp.core.forms import choices_of
from csiapp.core.i18n import tr
from csiapp.core.web import whole_number
from csiapp.standards.forms import one_line
from csiapp.training.matrix import MatrixFilter
from csiapp.training.queries import StaffFilter
from csiapp.training.services import EARLIEST, NewEntry, StaffDetails
from csiapp.training.status import EntryKind, State
from csiapp.training.wording import KIND_NAMES, LOOKS, role_names

LONGEST_NOTE = 500
RECORDED = (
    EntryKind.PASSED,
    EntryKind.FAILED,
    EntryKind.STARTED,
    EntryKind.ASSIGNED,
    EntryKind.WAIVED,
)
"""What can be recorded, in the order to choose from."""

NUMBER = r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"
FARTHEST_START = dt.timedelta(days=366)


def _role_choices(first: Any = None) -> list[SelectChoice]:
    return choices_of(((code, tr(name)) for code, name in role_names().items()), first)


class StaffForm(FlaskForm):  # type: ignore[misc]
    """Who works here. The first day may lie up to a year ahead of `today`."""

    name = StringField(
        _l("Full name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Type the name.")),
            Length(max=120, message=_l("Use at most 120 characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    number = StringField(
        _l("Staff number"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Type the staff number.")),
            Length(max=24, message=_l("Use at most 24 characters.")),
            Regexp(NUMBER, message=_l("Use letters, digits and . _ / - only.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    roles = SelectMultipleField(
        _l("Job roles"),
        validators=[DataRequired(_l("Choose at least one role."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    joined_on = DateField(
        _l("First day at the dealership"), validators=[InputRequired(_l("Choose the first day."))]
    )
    email = StringField(
        _l("E-mail address of the sign-in"),
        filters=[one_line],
        validators=[Length(max=254, message=_l("Use at most 254 characters."))],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )

    def __init__(self, *args: object, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.roles.choices = _role_choices()

    def validate_joined_on(self, field: Field) -> None:
        if field.data and not EARLIEST <= field.data <= self._today + FARTHEST_START:
            raise ValidationError(_("This date cannot be right."))

    def details(self) -> StaffDetails:
        return StaffDetails(
            name=self.name.data,
            number=self.number.data,
            roles=[code for code in role_names() if code in self.roles.data],
            joined_on=self.joined_on.data,
            email=self.email.data or "",
        )


class LeaveForm(FlaskForm):  # type: ignore[misc]
    left_on = DateField(
        _l("Last day at the dealership"), validators=[InputRequired(_l("Choose the last day."))]
    )


class EntryForm(FlaskForm):  # type: ignore[misc]
    """One thing to record: of one person, or of several together (then without mark)."""

    kind = RadioField(_l("What happened"), validators=[InputRequired(_l("Choose what to record."))])
    on = DateField(_l("Date"), validators=[InputRequired(_l("Choose the day."))])
    mark = IntegerField(
        _l("Mark"),
        validators=[
            Optional(),
            NumberRange(0, 100, _l("A mark is a whole number from 0 to 100.")),
        ],
        render_kw={"min": 0, "max": 100, "inputmode": "numeric", "autocomplete": "off"},
    )
    note = StringField(
        _l("Note"),
        filters=[one_line],
        validators=[Length(max=LONGEST_NOTE, message=_l("Use at most 500 characters."))],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of((kind, KIND_NAMES[kind]) for kind in RECORDED)

    def entry(self) -> NewEntry:
        return self.entry_with(self.mark.data)

    def entry_with(self, mark: int | None) -> NewEntry:
        return NewEntry(
            kind=EntryKind(self.kind.data), on=self.on.data, mark=mark, note=self.note.data or ""
        )


class TakeBackForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        _l("Reason"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Say why the entry is taken back.")),
            Length(max=LONGEST_NOTE, message=_l("Use at most 500 characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )


class Chosen:
    """The people of a group form: `who` names each, `mark-ID` is the mark of one."""

    def __init__(self, offered: Iterable[uuid.UUID], sent: MultiDict[str, str]) -> None:
        names = set(sent.getlist("who"))
        self.ids = [one for one in offered if str(one) in names]
        self.marks = {one: sent.get(f"mark-{one}", "").strip() for one in self.ids}
        self.problems: dict[uuid.UUID, str] = {}

    def entries(self, form: EntryForm) -> dict[uuid.UUID, NewEntry]:
        """What to record for each; a mark that is no number is put into `problems`."""
        made: dict[uuid.UUID, NewEntry] = {}
        for one in self.ids:
            text = self.marks[one]
            mark = whole_number(text, most=100)
            if text and mark is None:
                self.problems[one] = _("A mark is a whole number from 0 to 100.")
            else:
                made[one] = form.entry_with(mark)
        return made


class MatrixFilterForm(Form):  # type: ignore[misc]
    """The filter of the matrix, from the address. What is not offered filters nothing."""

    q = StringField(_l("Name or number"), filters=[one_line])
    role = SelectField(_l("Job role"), validators=[Optional()])
    state = SelectField(_l("State"), validators=[Optional()])
    courses = SelectField(_l("Courses"), validators=[Optional()])

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.role.choices = _role_choices(first=_l("All job roles"))
        self.state.choices = choices_of(
            (
                (state, look.word)
                for state, look in LOOKS.items()
                if state is not State.NOT_REQUIRED
            ),
            first=_l("All states"),
        )
        self.courses.choices = choices_of(
            [("all", _l("All courses"))], first=_l("Required courses")
        )

    def wanted(self) -> MatrixFilter:
        self.validate()
        state = "" if self.state.errors else self.state.data
        return MatrixFilter(
            search=self.q.data or "",
            role="" if self.role.errors else self.role.data or "",
            state=State(state) if state else None,
            all_courses=self.courses.data == "all",
        )


class StaffFilterForm(Form):  # type: ignore[misc]
    """The filter of the staff list, from the address."""

    q = StringField(_l("Name or number"), filters=[one_line])
    role = SelectField(_l("Job role"), validators=[Optional()])
    here = SelectField(_l("Who"), validators=[Optional()])

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.role.choices = _role_choices(first=_l("All job roles"))
        self.here.choices = choices_of([("left", _l("Have left"))], first=_l("On staff"))

    def wanted(self) -> StaffFilter:
        self.validate()
        return StaffFilter(
            search=self.q.data or "",
            role="" if self.role.errors else self.role.data or "",
            left=self.here.data == "left",
        )


class GroupFilterForm(Form):  # type: ignore[misc]
    """Which course is recorded for several people, and who is offered."""

    course = SelectField(_l("Course"), validators=[Optional()])
    role = SelectField(_l("Job role"), validators=[Optional()])

    def __init__(self, *args: object, courses: Iterable[tuple[str, str]]) -> None:
        super().__init__(*args)
        self.course.choices = choices_of(courses, first=_l("Choose a course"))
        self.role.choices = _role_choices(first=_l("All job roles"))

    def chosen(self) -> tuple[str, str]:
        """(course, role); empty where nothing that is offered was chosen."""
        self.validate()
        course, role = (
            "" if field.errors else field.data or "" for field in (self.course, self.role)
        )
        return course, role
