"""Where a form and what is stored disagree, in words to be read side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, FieldList, SelectField, SelectMultipleField

from csiapp.core.i18n import HTML_LANG


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed while it was being edited: both versions in words."""

    name: str
    label: str
    theirs: str
    mine: str
    lang: str | None


def differences(fields: Iterable[Field], stored: Mapping[str, Any]) -> list[Difference]:
    """Of the fields that are stored, those whose words differ."""
    return [
        Difference(
            name=field.short_name,
            label=str(field.label.text),
            theirs=theirs,
            mine=mine,
            lang=_lang(field.short_name),
        )
        for field in fields
        if field.short_name in stored
        and (mine := _shown(field, field.data))
        != (theirs := _shown(field, stored[field.short_name]))
    ]


def _lang(name: str) -> str | None:
    return HTML_LANG.get(name.rpartition("_")[2])


def _shown(field: Field, value: Any) -> str:
    """A field's value in words, to be read beside another."""
    if isinstance(field, BooleanField):
        return str(_("Yes") if value else _("No"))
    if isinstance(field, FieldList):
        return "\n".join(_entry_words(entry) for entry in value or [] if any(entry.values()))
    if isinstance(field, SelectMultipleField):
        return " · ".join(_choice(field, code) for code in value or [])
    if isinstance(field, SelectField):
        return _choice(field, value)
    return "" if value is None else str(value)


def _entry_words(entry: Mapping[str, Any]) -> str:
    return " / ".join(str(v) for name, v in entry.items() if v not in (None, "") and name != "code")


def _choice(field: Any, code: Any) -> str:
    return next((str(c.label) for c in field.choices if str(c.value) == str(code)), str(code or ""))
