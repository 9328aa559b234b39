"""A snapshot becomes HTML, and the HTML becomes the bytes of a PDF. The same in, the same out.

What costs time is made once per process: templates, the parsed style sheet and the font
configuration (a new one for each report leaks memory). Templates are plain blocks and fixed
tables, which WeasyPrint lays out several times faster than flex, grid or automatic tables.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from csiapp.core import charts
from csiapp.core.charts import Reading, Tone
from csiapp.reports import fonts, formatting, photos
from csiapp.reports.photos import PhotoReader
from csiapp.reports.snapshot import AnyCopy, FactorRow, GroupRow
from csiapp.standards.units import Translator

_ROOT = Path(__file__).resolve().parents[2]
_CATALOGUES = _ROOT / "csiapp" / "translations"
_TEMPLATES = _ROOT / "templates"


@functools.cache
def translator(language: str) -> Translator:
    """The product's own catalogue for ``language``; English is what the code is written in."""
    if language == "en":
        return NullTranslations()
    return Translations.load(_CATALOGUES, [language])


def render_html(
    snapshot: AnyCopy, shown: Collection[str], translate: Translator | None = None
) -> str:
    """The whole document; ``shown`` holds the SHA-256 of every photo that can be shown."""
    translate = translate or translator(snapshot.language)
    template = _environment(translate).get_template("reports/pdf/report.html")
    return template.render(
        report=snapshot,
        sha256=snapshot.sha256(),
        shown=shown,
        html_lang=formatting.HTML_LANG[snapshot.language],
        provisional_until=snapshot.provisional_until
        and formatting.day(snapshot.provisional_until, snapshot.language),
        visit_day=formatting.day(snapshot.visit_date, snapshot.language),
        created=formatting.moment(snapshot.created_at, snapshot.timezone, snapshot.language),
        radar=_radar(snapshot, translate),
        step_bars=_step_bars(snapshot, translate),
    )


def render_pdf(snapshot: AnyCopy, read_photo: PhotoReader) -> bytes:
    """The PDF. A photo that is missing, altered or no image leaves a marked empty frame.

    :func:`csiapp.reports.fonts.prepare` comes first, once per process. Raises
    :class:`csiapp.reports.fonts.RendererIncomplete` without it, and
    :class:`csiapp.reports.fetcher.ForbiddenResource` if the HTML asks for anything outside itself.
    """
    if not fonts.prepared():
        raise fonts.RendererIncomplete("call reports.fonts.prepare before rendering a PDF")
    # Not at the top: importing WeasyPrint loads system libraries, which the web process never
    # needs, and it must happen after the fonts are set.
    from csiapp.reports import engine

    resources = photos.load(snapshot.photos(), read_photo)
    return engine.html_to_pdf(render_html(snapshot, resources), resources)


@functools.lru_cache(maxsize=4)
def _environment(translate: Translator) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translate.gettext, translate.ngettext, newstyle=True
    )
    environment.filters |= {"points": formatting.points, "percent": formatting.percent}
    return environment


def _tone(score: Fraction | None, snapshot: AnyCopy) -> Tone:
    """The colour of the grade that this score would get as an index."""
    tones: tuple[Tone, ...] = ("good", "fair", "weak", "poor")
    if score is None:
        return "brand"
    reached = [score * 1000 >= band.min_index for band in snapshot.grades]
    return tones[min(reached.index(True) if True in reached else len(tones), len(tones) - 1)]


def _readings(rows: Iterable[FactorRow | GroupRow], snapshot: AnyCopy) -> list[Reading]:
    return [
        Reading(
            row.name,
            None if row.score is None else row.score * 100,
            text=formatting.percent(row.score),
            tone=_tone(row.score, snapshot),
        )
        for row in rows
    ]


def _radar(snapshot: AnyCopy, translate: Translator) -> Markup:
    """Empty where too few factors have a result for a shape."""
    readings = _readings(snapshot.factors, snapshot)
    if len(readings) < 3:
        return Markup("")
    return charts.radar(
        readings, uid="radar", title=translate.gettext("Result by factor"), width=360, height=300
    )


def _step_bars(snapshot: AnyCopy, translate: Translator) -> Markup:
    return charts.bars(
        _readings(snapshot.steps, snapshot),
        uid="steps",
        title=translate.gettext("Result by service step"),
        width=640,
        label_width=262,
        row=24,
    )


def _printable(value: Any) -> Any:
    return formatting.printable(value) if isinstance(value, str) else value
