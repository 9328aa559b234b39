"""The only way a report reaches bytes outside its own HTML: the photos of its own snapshot.

WeasyPrint's default fetcher opens ``file:`` and ``http:`` addresses. This one opens no address at
all: it looks fingerprints up in a mapping, and anything else stops the rendering, because a
report whose text is escaped never asks for anything else. The style sheet is handed over parsed.
"""

from __future__ import annotations

from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

from csiapp.reports.photos import Resource


class ForbiddenResource(ValueError):
    """A report asked for something outside itself; WeasyPrint turns this into a fatal error."""


class ReportFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves ``photo:<sha256>`` from memory, and nothing else.

    Neither the network nor the file system is behind it: the handlers of the base class are
    dropped, so that not even a direct ``open`` could reach them.
    """

    def __init__(self, photos: Mapping[str, Resource]) -> None:
        # fail_on_errors: else WeasyPrint logs the refusal and prints a page with a hole in it.
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.handlers: list[object] = []
        self.handle_open: dict[str, list[object]] = {}
        self._photos = photos

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, sha256 = url.partition(":")
        photo = self._photos.get(sha256) if scheme == "photo" else None
        if photo is None:
            raise ForbiddenResource(f"a report may not fetch {url[:200]!r}")
        return URLFetcherResponse(url, photo.body, {"Content-Type": photo.media_type})
