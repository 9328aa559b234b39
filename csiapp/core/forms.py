"""What the forms of all slices share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice

Choice = tuple[Any, Any]
"""The value that is sent, and its label."""


def choices_of(pairs: Iterable[Choice], first: Any = None) -> list[SelectChoice]:
    """The options of a select field; `first` is the label of the empty one that leads them.
    WTForms still takes plain tuples when they are set later, but means to stop."""
    empty = [] if first is None else [SelectChoice("", first)]
    return [*empty, *(SelectChoice(value, label) for value, label in pairs)]


def stripped(text: str | None) -> str | None:
    """A filter of text fields: without the blanks around it."""
    return text.strip() if text else text
