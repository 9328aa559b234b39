"""zh-CN and English are complete: no message of the code or the templates lacks Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

CATALOGUE = Path("csiapp/translations/zh/LC_MESSAGES/messages.po")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def extracted() -> set[str | tuple[str, ...]]:
    with Path("babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {
        "_": None,
        "_l": None,
        "gettext": None,
        "lazy_gettext": None,
        "ngettext": (1, 2),
        "lazy_ngettext": (1, 2),
    }
    rows = extract_from_dir(".", methods, options, keywords=keywords)
    return {row[2] for row in rows}


@pytest.fixture(scope="module")
def messages():
    return extracted()


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as handle:
        return read_po(handle, locale="zh")


def both(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """Singular and plural forms as a list."""
    return [text] if isinstance(text, str) else list(text)


def test_every_message_has_chinese(catalogue, messages):
    missing = []
    for message_id in messages:
        entry = catalogue.get(both(message_id)[0])
        if entry is None or entry.fuzzy or not all(both(entry.string)):
            missing.append(message_id)
    assert missing == []


def test_no_translation_is_left_over(catalogue, messages):
    used = {both(m)[0] for m in messages}
    assert [m.id for m in catalogue if m.id and both(m.id)[0] not in used] == []


def test_placeholders_survive_translation(catalogue):
    for message in catalogue:
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(both(message.id)[-1]))
        for text in both(message.string):
            assert set(PLACEHOLDER.findall(text)) <= wanted, message.id
            assert wanted - {"num", "n"} <= set(PLACEHOLDER.findall(text)), message.id
