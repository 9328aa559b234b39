"""Example reports, and a renderer with its fonts. WeasyPrint loads only where a test asks."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from bench.pdf_fixture import Example, example
from csiapp.reports import fonts

FONTS = Path(__file__).resolve().parents[3] / "build" / "fonts"


@pytest.fixture(scope="session")
def zh() -> Example:
    return example("zh")


@pytest.fixture(scope="session")
def en() -> Example:
    return example("en")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The PDF engine, imported after its fonts are set."""
    fonts.prepare(FONTS, tmp_path_factory.mktemp("pdf"))
    from csiapp.reports import engine as module

    return module
