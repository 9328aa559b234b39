"""Input of accounts: what fields must hold before a service is asked."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from csiapp.accounts import passwords
from csiapp.accounts.wording import ROLE_NAMES
from csiapp.core.forms import choices_of, stripped
from csiapp.core.permissions import SCOPE_KIND_OF_ROLE, Role
from csiapp.core.tenancy import ScopeKind

_AUTOFILL = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        _l("E-mail"),
        validators=[DataRequired(_l("Type your e-mail address."))],
        render_kw=_AUTOFILL,
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The password again, before something that matters."""

    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Type your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ResetRequestForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        _l("E-mail"),
        validators=[DataRequired(_l("Type your e-mail address.")), Length(max=254)],
        render_kw=_AUTOFILL,
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """Sets a password. `email` is whose, so that it is not used as the password."""

    new_password = PasswordField(
        _l("New password"),
        validators=[DataRequired(_l("Type a new password."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def validate_new_password(self, field: Field) -> None:
        problem = passwords.problem_with(field.data or "", self._email)
        if problem:
            raise ValidationError(problem)


class ChangePasswordForm(NewPasswordForm):
    password = PasswordField(
        _l("Present password"),
        validators=[DataRequired(_l("Type your present password."))],
        render_kw={"autocomplete": "current-password"},
    )


class AcceptForm(NewPasswordForm):
    """A new person accepts an invitation."""

    name = StringField(
        _l("Your name"),
        validators=[DataRequired(_l("Type your name.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )


class RoleForm(FlaskForm):  # type: ignore[misc]
    """A role, and the dealership for the roles that belong to one.

    `dealerships` are (id, label) pairs of the network.
    """

    role = SelectField(_l("Role"), validators=[DataRequired(_l("Choose a role."))])
    dealership = SelectField(_l("Dealership"), default="")

    def __init__(
        self, *args: object, dealerships: Iterable[tuple[int, str]], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices_of(ROLE_NAMES.items(), first=_l("Choose a role"))
        self.dealership.choices = choices_of(dealerships, first=_l("None: the whole network"))

    def validate_dealership(self, field: Field) -> None:
        if self.role.data not in set(Role):
            return
        in_dealership = SCOPE_KIND_OF_ROLE[Role(self.role.data)] is ScopeKind.TENANT
        if in_dealership and not field.data:
            raise ValidationError(_l("This role belongs to a dealership: choose one."))
        if field.data and not in_dealership:
            raise ValidationError(_l("This role is for the whole network: choose no dealership."))

    @property
    def dealership_id(self) -> int | None:
        return int(self.dealership.data) if self.dealership.data else None


class InviteForm(RoleForm):
    email = EmailField(
        _l("E-mail"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Type an e-mail address.")),
            Email(_l("This is not an e-mail address.")),
            Length(max=254),
        ],
    )


class PeopleFilter(Form):  # type: ignore[misc]
    """The filter of the people list, from the address."""

    q = StringField(_l("Name or e-mail"), validators=[Length(max=100)])
    role = SelectField(_l("Role"), default="")
    state = SelectField(_l("State"), default="")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices_of(ROLE_NAMES.items(), first=_l("All roles"))
        self.state.choices = choices_of(
            [("active", _l("Active")), ("inactive", _l("Inactive"))], first=_l("All states")
        )
