from __future__ import annotations

import os
import sys
from xml.etree import ElementTree as ET

import pytest

from csiapp.reports import fonts
from csiapp.reports.fonts import RendererIncomplete

pytestmark = pytest.mark.unit


@pytest.fixture
def fresh(monkeypatch):
    """A process that has neither fonts set nor WeasyPrint imported."""
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setenv("FONTCONFIG_FILE", "")


@pytest.fixture
def folder(tmp_path):
    for name in fonts.FILES:
        (tmp_path / name).write_bytes(b"font")
    return tmp_path


def test_a_missing_font_is_named_with_where_it_comes_from(tmp_path, fresh):
    (tmp_path / fonts.FILES[0]).write_bytes(b"font")
    with pytest.raises(RendererIncomplete) as raised:
        fonts.prepare(tmp_path, tmp_path)
    assert fonts.FILES[1] in str(raised.value)
    assert fonts.FILES[0] not in str(raised.value)
    assert "@expo-google-fonts/noto-sans-sc" in str(raised.value)
    assert not fonts.prepared()


def test_a_missing_library_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(fonts.LIBRARIES, "libnowhere1", ("libnowhere.so.1",))
    with pytest.raises(RendererIncomplete, match=r"apt-get install .*libnowhere1"):
        fonts.check_libraries()


def test_only_our_fonts_are_in_reach(folder, fresh, tmp_path):
    fonts.prepare(folder, tmp_path / "data & more")
    conf = ET.parse(os.environ["FONTCONFIG_FILE"])
    assert [element.text for element in conf.iter("dir")] == [str(folder)]
    assert [element.text for element in conf.iter("cachedir")] == [
        str(tmp_path / "data & more" / "fontconfig" / "cache")
    ]
    assert not list(conf.iter("include"))
    assert fonts.prepared()


def test_what_was_prepared_first_stays_in_force(folder, fresh, tmp_path, monkeypatch):
    fonts.prepare(folder, tmp_path / "first")
    first = os.environ["FONTCONFIG_FILE"]
    monkeypatch.setitem(sys.modules, "weasyprint", sys)
    fonts.prepare(folder, tmp_path / "second")
    assert os.environ["FONTCONFIG_FILE"] == first


def test_fonts_set_too_late_are_refused(folder, fresh, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", sys)
    with pytest.raises(RendererIncomplete, match="before its fonts"):
        fonts.prepare(folder, folder)
