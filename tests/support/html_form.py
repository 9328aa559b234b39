"""The fields of a form in a page, as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str | list[str]] = {}
        self._text_area = self._select = ""

    def handle_starttag(self, tag, attrs) -> None:
        values = dict(attrs)
        name = values.get("name") or ""
        if tag == "input" and name:
            if values.get("type") not in {"checkbox", "radio"}:
                self.fields[name] = values.get("value") or ""
            elif "checked" in values:
                chosen = self.fields.setdefault(name, [])
                chosen.append(values.get("value") or "on")
        elif tag == "textarea":
            self._text_area = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self.fields or "selected" in values):
            self.fields[self._select] = values.get("value") or ""

    def handle_endtag(self, tag) -> None:
        if tag == "textarea":
            self.fields[self._text_area] = self.fields[self._text_area].removeprefix("\r\n")
            self._text_area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data) -> None:
        if self._text_area:
            self.fields[self._text_area] += data


def fields_of(html: str) -> dict[str, str | list[str]]:
    """Name -> value, or the list of the ticked values of check boxes."""
    parser = _Fields()
    parser.feed(html)
    return parser.fields
