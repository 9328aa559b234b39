"""WeasyPrint, set up once per process and reused by every report.

Import this only after :func:`csiapp.reports.fonts.prepare`, and not in the web process: it loads
system libraries that only a worker needs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from csiapp.reports import fonts
from csiapp.reports.fetcher import ForbiddenResource, ReportFetcher
from csiapp.reports.photos import Resource

_SHEETS = Path(__file__).resolve().parents[2] / "templates" / "reports" / "pdf"


@dataclass(frozen=True)
class _Kit:
    fonts: FontConfiguration
    sheet: CSS


@functools.cache
def _kit(name: str) -> _Kit:
    configuration = FontConfiguration()
    text = "".join((_SHEETS / part).read_text("utf-8") for part in ("paper.css", name))
    sheet = CSS(string=text, font_config=configuration, url_fetcher=ReportFetcher({}))
    return _Kit(configuration, sheet)


def html_to_pdf(html: str, photos: Mapping[str, Resource], sheet: str = "report.css") -> bytes:
    """``html`` as PDF/UA-1, able to reach ``photos`` and nothing else.

    Raises :class:`ForbiddenResource` if it asks for more.
    """
    kit = _kit(sheet)
    document = HTML(string=_drawable(html), url_fetcher=ReportFetcher(photos))
    try:
        pdf: bytes = document.write_pdf(
            font_config=kit.fonts, stylesheets=[kit.sheet], pdf_variant="pdf/ua-1"
        )
    except FatalURLFetchingError as error:
        # A BaseException, which would slip past the error handling of the worker.
        raise ForbiddenResource(str(error.__cause__ or error)) from error
    return pdf


def _drawable(html: str) -> str:
    """``html`` with an empty box for each run of signs that the fonts lack, such as emoji.

    Left in, they would be drawn as boxes too, and some readers could then search no text at all.
    """
    drawable = fonts.drawable()
    missing = [sign for sign in set(html) if ord(sign) not in drawable and not sign.isspace()]
    if not missing:
        return html
    run = "".join(re.escape(sign) for sign in sorted(missing))
    return re.sub(f"[{run}]+", "□", html)


def warm_up() -> None:
    """Load fonts, style sheet and code paths, so that forked workers start with them."""
    html_to_pdf("<html lang='zh-CN'><title>-</title><p>评 A <b>评 A</b></p></html>", {})
