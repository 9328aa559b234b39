"""What a table of a page says, cell by cell."""

from __future__ import annotations

from html.parser import HTMLParser


class _Table(HTMLParser):
    def __init__(self, table_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self._wanted, self._inside, self._in_cell = table_id, False, False
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag == "table":
            self._inside = dict(attrs).get("id") == self._wanted
        elif self._inside and tag == "tr":
            self.rows.append([])
        elif self._inside and tag in {"td", "th"}:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False
        elif tag == "table":
            self._inside = False

    def handle_data(self, data) -> None:
        if self._inside and self._in_cell:
            self.rows[-1][-1] += f" {data}"


def cells(html: str, table_id: str) -> list[list[str]]:
    """The rows of the table with this id, its headings first; white space made single."""
    table = _Table(table_id)
    table.feed(html)
    return [[" ".join(cell.split()) for cell in row] for row in table.rows]
