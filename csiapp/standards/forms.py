"""What the forms of standards share, and the form of a publication."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

LONGEST_TEXT = 500
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def one_line(text: str | None) -> str | None:
    """Without line breaks, control characters and doubled spaces."""
    return None if text is None else " ".join(_CONTROLS.sub(" ", text).split())


class PublishForm(FlaskForm):  # type: ignore[misc]
    edit = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(
        _l("Why is this version published?"),
        filters=[lambda text: text.strip() if text else text],
        validators=[
            DataRequired(_l("Say why this version is published.")),
            Length(max=LONGEST_TEXT, message=_l("Use at most 500 characters.")),
        ],
    )
