"""The words of a page as a reader sees them."""

from __future__ import annotations

from html.parser import HTMLParser


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data) -> None:
        self.found.append(data.strip())


def words_of(html: str) -> str:
    """Without tags and attributes: a random id in an address may hold any three figures."""
    parser = _Words()
    parser.feed(html)
    return " ".join(word for word in parser.found if word)
