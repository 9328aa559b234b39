"""The fonts and system libraries of the PDF renderer: private, complete, checked before use.

Only the two files of one family are visible to the renderer, through a ``fonts.conf`` of our own,
so a report has the same bytes on every machine. WeasyPrint keys an embedded font by family and
weight: a second file with the same family and weight prints wrong characters, and no font at all
kills the process. So the machine's own fonts stay out of reach, and a missing one is an error here.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

FAMILY = "Noto Sans SC"
FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")

# Without the last one every report takes ten times as long.
LIBRARIES = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}

_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>{family}</family></prefer></alias>
</fontconfig>
"""


class RendererIncomplete(RuntimeError):
    """Something that the PDF renderer needs is not installed; the message says what to do."""


def prepare(fonts_dir: Path, data_dir: Path) -> None:
    """Check libraries and fonts and point this process at them; call before any rendering.

    ``fonts_dir`` is where the asset build put the two files; ``data_dir`` is writable and gets
    ``fonts.conf`` and the font cache. What the process prepared first stays in force.
    Raises :class:`RendererIncomplete`.
    """
    check_libraries()
    check_fonts(fonts_dir)
    if "weasyprint" not in sys.modules:
        conf = _write_conf(fonts_dir.resolve(), data_dir.resolve() / "fontconfig")
        os.environ["FONTCONFIG_FILE"] = str(conf)
    elif not prepared():
        raise RendererIncomplete(
            "WeasyPrint was imported before its fonts were set: call reports.fonts.prepare first"
        )


def prepared() -> bool:
    """Whether this process renders with a font configuration of its own."""
    return Path(os.environ.get("FONTCONFIG_FILE", "")).is_file()


@functools.cache
def drawable() -> frozenset[int]:
    """The code points that the family can draw (both weights have the same).

    Call after :func:`prepare`.
    """
    # Not at the top: half a megabyte of font tools, for the worker alone.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    conf = ET.parse(os.environ["FONTCONFIG_FILE"])  # noqa: S314 - our own file
    with TTFont(Path(conf.findtext("dir") or "") / FILES[0], lazy=True) as font:
        return frozenset(font.getBestCmap())


def check_libraries() -> None:
    missing = [package for package, names in LIBRARIES.items() if not _loads(names)]
    if missing:
        raise RendererIncomplete(
            f"PDF reports need these system libraries: {', '.join(missing)}. Install them with: "
            f"apt-get install --no-install-recommends {' '.join(missing)}"
        )


def check_fonts(fonts_dir: Path) -> None:
    missing = [name for name in FILES if not (fonts_dir / name).is_file()]
    if missing:
        raise RendererIncomplete(
            f"PDF reports need the fonts {', '.join(missing)} in {fonts_dir}. "
            "Build the assets again: they come from the npm package @expo-google-fonts/noto-sans-sc"
        )


def _loads(names: tuple[str, ...]) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def _write_conf(fonts: Path, folder: Path) -> Path:
    cache = folder / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    text = _CONF.format(fonts=escape(str(fonts)), cache=escape(str(cache)), family=FAMILY)
    conf = folder / "fonts.conf"
    if not conf.is_file() or conf.read_text("utf-8") != text:
        # Several workers may start at once: each replaces the file whole.
        draft = folder / f"fonts.conf.{os.getpid()}"
        draft.write_text(text, "utf-8")
        draft.replace(conf)
    return conf
