"""Amounts in words: "3 minutes", "95%"."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from typing import Protocol


class Translator(Hashable, Protocol):
    """What ``gettext`` and Babel call translations."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, singular: str, plural: str, number: int, /) -> str: ...


_UNITS: Mapping[str, Callable[[Translator, int], str]] = {
    "amenities": lambda t, n: t.ngettext("%(num)s amenity", "%(num)s amenities", n),
    "changes": lambda t, n: t.ngettext("%(num)s change", "%(num)s changes", n),
    "channels": lambda t, n: t.ngettext("%(num)s channel", "%(num)s channels", n),
    "day": lambda t, n: t.ngettext("%(num)s day", "%(num)s days", n),
    "details": lambda t, n: t.ngettext("%(num)s detail", "%(num)s details", n),
    "elements": lambda t, n: t.ngettext("%(num)s element", "%(num)s elements", n),
    "hour": lambda t, n: t.ngettext("%(num)s hour", "%(num)s hours", n),
    "kinds": lambda t, n: t.ngettext("%(num)s kind", "%(num)s kinds", n),
    "minute": lambda t, n: t.ngettext("%(num)s minute", "%(num)s minutes", n),
    "pieces": lambda t, n: t.ngettext("%(num)s piece", "%(num)s pieces", n),
    "points": lambda t, n: t.ngettext("%(num)s point", "%(num)s points", n),
    "questions": lambda t, n: t.ngettext("%(num)s question", "%(num)s questions", n),
    "reminders": lambda t, n: t.ngettext("%(num)s reminder", "%(num)s reminders", n),
    "reports": lambda t, n: t.ngettext("%(num)s report", "%(num)s reports", n),
    "rings": lambda t, n: t.ngettext("%(num)s ring", "%(num)s rings", n),
    "second": lambda t, n: t.ngettext("%(num)s second", "%(num)s seconds", n),
    "signatures": lambda t, n: t.ngettext("%(num)s signature", "%(num)s signatures", n),
    "signs": lambda t, n: t.ngettext("%(num)s sign", "%(num)s signs", n),
    "slots": lambda t, n: t.ngettext("%(num)s slot", "%(num)s slots", n),
    "violations": lambda t, n: t.ngettext("%(num)s violation", "%(num)s violations", n),
    "working_day": lambda t, n: t.ngettext("%(num)s working day", "%(num)s working days", n),
}
"""As the reference data writes them: times in the singular, counted things in the plural."""

DURATIONS = ("second", "minute", "hour", "day", "working_day")
COUNTED = tuple(sorted(_UNITS.keys() - set(DURATIONS)))


def amount_words(value: object, unit: str, translate: Translator) -> str:
    """A number (int or decimal text) with its unit; a unit that is not known stands as it is."""
    if unit == "percent":
        return f"{value}%"
    words = _UNITS.get(unit)
    if words is None:
        return f"{value} {unit}".rstrip()
    number = Decimal(str(value))
    whole = int(number) if number == number.to_integral_value() else 2
    return words(translate, whole) % {"num": value}


def unit_words(unit: str, translate: Translator) -> str:
    """The unit alone, in the plural."""
    return amount_words(0, unit, translate).removeprefix("0").strip()
