"""SVG pieces shared by the charts: escaping, text measuring and wrapping, the frame.

Only attributes, never `style`: the same markup passes the pages' CSP and WeasyPrint. Colours
stand as attributes for print; the class names let a page's style sheet replace them.
"""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup, escape

Anchor = Literal["start", "middle", "end"]

INK = "#1c2733"
MUTED = "#566372"
GRID = "#d5dbe3"
AXIS = "#98a2b3"
BRAND = "#0b5cab"
REFERENCE = "#b26a00"
# Inline SVG text does not inherit the font of the HTML around it in WeasyPrint.
FONT = "Noto Sans SC, Noto Sans CJK SC, sans-serif"


def num(value: float) -> str:
    """A coordinate with at most two decimals and no trailing zeros."""
    digits = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def text_width(text: str, size: float) -> float:
    """Approximate width: a CJK sign is one em, anything else a little over half an em."""
    return sum(size if ord(sign) > 0x2E7F else size * 0.58 for sign in text)


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break a label into at most two lines of `width`; the rest becomes an ellipsis."""
    pieces = _pieces(text)
    rows: list[str] = [""]
    for index, piece in enumerate(pieces):
        if text_width((rows[-1] + piece).rstrip(), size) <= width or not rows[-1]:
            rows[-1] += piece
        elif len(rows) < 2:
            rows.append(piece.lstrip())
        else:
            rows[-1] += "".join(pieces[index:])
            break
    return [_fit(row.strip(), width, size) for row in rows]


def _pieces(text: str) -> list[str]:
    """Units that stay together: a word with its following space, or one CJK sign."""
    pieces: list[str] = []
    for sign in text:
        starts_new = not pieces or ord(sign) > 0x2E7F or pieces[-1][-1] == " "
        if starts_new or ord(pieces[-1][-1]) > 0x2E7F:
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def _fit(text: str, width: float, size: float) -> str:
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def text(
    content: str,
    x: float,
    y: float,
    *,
    size: float = 12,
    fill: str = INK,
    anchor: Anchor = "start",
    bold: bool = False,
    css: str = "c-ink",
    transform: str = "",
) -> str:
    """A <text> element with escaped content; (x, y) is the baseline point."""
    attributes = f'class="{css}" x="{num(x)}" y="{num(y)}" font-size="{num(size)}" fill="{fill}"'
    if anchor != "start":
        attributes += f' text-anchor="{anchor}"'
    if bold:
        attributes += ' font-weight="700"'
    if transform:
        attributes += f' transform="{transform}"'
    return f"<text {attributes}>{escape(content)}</text>"


def figure(
    width: float,
    height: float,
    *,
    uid: str,
    title: str,
    desc: str,
    body: str,
    role: Literal["img", "group"] = "img",
) -> Markup:
    """The <svg> frame, named and described for screen readers and for PDF alternative text. A
    chart with links in it is a "group": the parts of an "img" are hidden from assistive tools."""
    return Markup(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" '
        'width="{w}" height="{h}" role="{role}" aria-labelledby="{uid}-title {uid}-desc" '
        'font-family="{font}"><title id="{uid}-title">{title}</title>'
        '<desc id="{uid}-desc">{desc}</desc>{body}</svg>'
    ).format(
        w=num(width),
        h=num(height),
        role=role,
        uid=uid,
        font=FONT,
        title=title,
        desc=desc,
        body=Markup(body),  # noqa: S704  made by these modules, which escape every word
    )
