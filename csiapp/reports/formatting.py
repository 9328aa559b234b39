"""Numbers, dates and words of a report, in its language.

Every exact fraction is rounded here, half up, once.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from csiapp.audits.exact import rounded

LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}

# What no font can draw and what could make a line read otherwise than it was typed:
# control characters, lone surrogates, and the marks that override the writing direction.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def points(value: Fraction) -> str:
    """Index points with one decimal place."""
    return f"{rounded(value, 1):.1f}"


def percent(value: Fraction | None) -> str:
    """A share in [0, 1] as a percentage with one decimal place; a dash when undefined."""
    return "–" if value is None else f"{rounded(value * 100, 1):.1f}%"


def printable(text: str) -> str:
    """``text`` without what cannot be printed. Keeps the type, so marked-up text stays so."""
    if _UNPRINTABLE.search(text) is None:
        return text
    return type(text)(_UNPRINTABLE.sub("", text))


def day(value: date, language: str) -> str:
    return format_date(value, format="long", locale=LOCALES[language])


def moment(value: datetime, timezone: str, language: str) -> str:
    """The local time of ``timezone`` (an IANA name)."""
    local = value.astimezone(ZoneInfo(timezone))
    written = format_datetime(local, "yyyy-MM-dd HH:mm", locale=LOCALES[language])
    return f"{written} ({timezone})"
