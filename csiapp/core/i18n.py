"""Languages and formats. Two languages, both first-class: "zh" and "en"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from flask_babel import format_decimal, gettext
from flask_babel import get_locale as babel_locale
from markupsafe import Markup, escape

LOCALES = {"zh": "中文", "en": "English"}
HTML_LANG = {"zh": "zh-CN", "en": "en"}
COOKIE = "lang"


def choose_locale() -> str:
    """The signed-in person's choice, else the cookie, else what the browser asks for."""
    if not has_request_context():
        return "en"
    for choice in (getattr(g, "locale", None), request.cookies.get(COOKIE)):
        if choice in LOCALES:
            return str(choice)
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], "en")[:2]


def get_locale() -> str:
    """The locale code in force: "zh" or "en"."""
    return str(babel_locale())[:2]


def choose_timezone() -> str | None:
    """The dealership's or network's own zone, when the page is about one."""
    return getattr(g, "timezone", None) if has_request_context() else None


def tr(text: Mapping[str, str] | None, locale: str | None = None) -> str:
    """A two-language text in the reader's language, or in the other when that is empty."""
    if not text:
        return ""
    locale = locale or get_locale()
    return text.get(locale) or next((text[c] for c in LOCALES if text.get(c)), "")


def tr_html(text: Mapping[str, str] | None) -> str | Markup:
    """As `tr`, and marked with its language when it fell back to the other one."""
    locale = get_locale()
    if not text or text.get(locale):
        return tr(text, locale)
    other = next((c for c in LOCALES if text.get(c)), None)
    if other is None:
        return ""
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[other], escape(text[other]))


def local_time(value: dt.datetime, zone: str | None = None) -> dt.datetime:
    return value.astimezone(ZoneInfo(zone or choose_timezone() or "UTC"))


def moment(value: dt.datetime | None, zone: str | None = None) -> str:
    """yyyy-MM-dd HH:mm in the place's own zone; the same in both languages."""
    return local_time(value, zone).strftime("%Y-%m-%d %H:%M") if value else ""


def day(value: dt.date | None) -> str:
    """yyyy-MM-dd; of an instant, the day in the place's own zone."""
    if isinstance(value, dt.datetime):
        value = local_time(value)
    return value.strftime("%Y-%m-%d") if value else ""


def number(value: float | Decimal | Fraction | None, digits: int = 0) -> str:
    """A number with at most `digits` decimals, rounded half up."""
    if value is None:
        return ""
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(exact, format=pattern))


def pct(value: float | Decimal | Fraction | None, digits: int = 0) -> str:
    """A share of 1 as a percentage, such as 0.5 as "50 %"."""
    if value is None:
        return ""
    exact = Fraction(value) * 100
    return f"{number(exact, digits)}%"


def signed(points: int) -> str:
    """A change with its sign, and a true minus."""
    return f"{points:+d}".replace("-", "\u2212") if points else "\u00b10"


def filesize(size: int | None) -> str:
    if size is None:
        return ""
    if size < 1024 * 1024:
        return str(gettext("%(size)s KB", size=number(Fraction(size, 1024))))
    return str(gettext("%(size)s MB", size=number(Fraction(size, 1024 * 1024), 1)))


def init_app(app: Flask) -> None:
    """Register the filters and the locale globals for templates."""
    app.jinja_env.filters.update(
        tr=tr_html,
        tr_plain=tr,
        moment=moment,
        day=day,
        number=number,
        pct=pct,
        filesize=filesize,
        signed=signed,
    )
    app.jinja_env.globals.update(
        get_locale=get_locale, html_lang=lambda: HTML_LANG[get_locale()], locales=LOCALES
    )
