"""Input of a further standard set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from csiapp.core.db import Text2
from csiapp.core.forms import choices_of
from csiapp.core.i18n import tr
from csiapp.standards.forms import one_line

LONGEST_NAME = 80


def _upper(text: str | None) -> str | None:
    return text.strip().upper() if text else text


class SetForm(FlaskForm):  # type: ignore[misc]
    """A copy of a set that is in force, under a code and a name of its own."""

    source = SelectField(_l("Copy of"), validators=[DataRequired()])
    code = StringField(
        _l("Code"),
        filters=[_upper],
        validators=[
            DataRequired(_l("Type a code.")),
            Regexp(
                r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*\Z",
                message=_l("Use letters A to Z, digits and single hyphens; begin with a letter."),
            ),
            Length(max=24, message=_l("Use at most 24 characters.")),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name_zh = StringField(
        _l("Name in Chinese"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Name the set in Chinese.")),
            Length(max=LONGEST_NAME, message=_l("Use at most 80 characters.")),
        ],
    )
    name_en = StringField(
        _l("Name in English"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Name the set in English.")),
            Length(max=LONGEST_NAME, message=_l("Use at most 80 characters.")),
        ],
    )

    def __init__(self, sources: Iterable[tuple[str, Text2]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source.choices = choices_of((code, str(tr(name))) for code, name in sources)

    def name(self) -> Text2:
        return {"zh": self.name_zh.data, "en": self.name_en.data}
