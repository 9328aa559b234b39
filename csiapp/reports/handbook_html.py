"""The handbook as HTML: what staff need of a version, step by step, in one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import force_locale

from csiapp.reports import formatting
from csiapp.standards.content import StandardsContent, Text, standards_in
from csiapp.standards.vocabulary import course_titles, vocabulary

if TYPE_CHECKING:
    from csiapp.accounts.models import Dealership
    from csiapp.standards.models import StandardVersion


def handbook_html(
    content: StandardsContent, version: StandardVersion, dealership: Dealership, language: str
) -> str:
    """The whole document of a published version."""
    titles = course_titles()
    with force_locale(language):
        # not render_template: that adds the frame of a page, and a job has no request
        html = current_app.jinja_env.get_template("reports/pdf/handbook.html").render(
            content=content,
            version=version,
            dealership=dealership,
            html_lang=formatting.HTML_LANG[language],
            published=_moment(version.published_at, dealership.timezone, language),
            observed={
                code: formatting.day(dt.date.fromisoformat(day), language)
                for code, day in version.observed.items()
            },
            names=vocabulary(),
            courses=_in_use(content, titles),
            standards=sum(1 for _ in standards_in(content)),
            critical=sum(placed.standard["critical"] for placed in standards_in(content)),
        )
    return formatting.printable(html)


def _moment(value: dt.datetime | None, timezone: str, language: str) -> str:
    return formatting.moment(value, timezone, language) if value else "–"


def _in_use(content: StandardsContent, titles: Mapping[str, Text]) -> dict[str, Text]:
    """The courses that the version names, in the order of their codes."""
    used: Iterable[str] = {
        c for placed in standards_in(content) for c in placed.standard["courses"]
    }
    return {code: titles.get(code, {}) for code in sorted(used)}
