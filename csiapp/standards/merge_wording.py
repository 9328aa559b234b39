"""What a merge does, item by item, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from csiapp.core.i18n import HTML_LANG
from csiapp.standards.comparison import FIELD_NAMES, LEVEL_NAMES, TEXT_LISTS, TEXTS, field_words
from csiapp.standards.content import LANGUAGES, StandardsContent, Text
from csiapp.standards.merge import Difference, FieldMerge, Merged, Side, choice_key
from csiapp.standards.versioning import items_of

DID = {
    "added": _l("added"),
    "removed": _l("removed"),
    "changed": _l("changed"),
    "": _l("as it was"),
}


class Words(NamedTuple):
    """A piece of a value; `lang` where it is in one language."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One field in three columns. `key` names the choice, where there is one."""

    label: str
    network: tuple[Words, ...]
    yours: tuple[Words, ...]
    result: tuple[Words, ...]
    key: str
    chosen: Side
    locked: bool


@dataclass(frozen=True, slots=True)
class MergeItem:
    """`key` is set where the dealership retired what the network changed."""

    code: str
    level: str
    title: Text
    network: str
    yours: str
    kept: bool
    key: str
    chosen: Side
    by_network: bool
    lines: tuple[MergeLine, ...]


def merge_items(
    merged: Merged, choices: Mapping[str, Side], *sides: StandardsContent
) -> list[MergeItem]:
    """In the order of the result. `sides` are where titles come from, the first that has one."""
    known = [items_of(merged.content), *(items_of(side) for side in sides)]
    return [
        _item(found, choices, next(side[found.code].fields for side in known if found.code in side))
        for found in merged.differences
    ]


def _item(found: Difference, choices: Mapping[str, Side], fields: Mapping[str, Any]) -> MergeItem:
    return MergeItem(
        code=found.code,
        level=str(LEVEL_NAMES[found.level]),
        title=fields.get("statement") or fields.get("name") or {},
        network=str(DID[found.network]),
        yours=str(DID[found.yours]),
        kept=found.kept,
        key=found.code if found.conflict else "",
        chosen=choices.get(found.code, "mine"),
        by_network=bool(found.network),
        lines=tuple(
            _line(found.code, line, choices) for line in found.fields if line.name in FIELD_NAMES
        ),
    )


def _line(code: str, line: FieldMerge, choices: Mapping[str, Side]) -> MergeLine:
    key = choice_key(code, line.name)
    return MergeLine(
        label=str(FIELD_NAMES[line.name]),
        network=_words(line.name, line.theirs),
        yours=_words(line.name, line.mine),
        result=_words(line.name, line.result),
        key=key if line.conflict else "",
        chosen=choices.get(key, "mine"),
        locked=line.locked,
    )


def _words(name: str, value: Any) -> tuple[Words, ...]:
    if name in TEXTS:
        texts = [value or {}]
    elif name in TEXT_LISTS:
        texts = [item.get("text", item) for item in value or ()]
    else:
        return (Words(field_words(name, value)),)
    return tuple(
        Words(" / ".join(text.get(language, "") for text in texts), HTML_LANG[language])
        for language in LANGUAGES
    )
