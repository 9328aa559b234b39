"""A set as YAML: the content document as it is, in one fixed order, for people who keep their
standards under version control."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from csiapp.core.spreadsheet_reading import LARGEST_FILE, TooMuch, Unreadable
from csiapp.standards.content import LANGUAGES, StandardsContent
from csiapp.standards.exchange.findings import Finding, Reading, Spot
from csiapp.standards.exchange.flattening import content_of, rows_of
from csiapp.standards.exchange.reading import RawCell, RawRow, read_tables
from csiapp.standards.exchange.tables import BY_NAME
from csiapp.standards.exchange.words import Words

MOST_EVENTS = 400_000
MOST_DEPTH = 20
LONGEST_NUMBER = 20  # digits; what is longer is read as the text that it is, and refused as one
# written in C where the library has it, which is many times as fast
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_BELOW: Mapping[str, tuple[tuple[str, str], ...]] = {
    "steps": (("moments", "moments"), ("sub_steps", "sub_steps")),
    "sub_steps": (("operation_steps", "operations"), ("key_factors", "key_factors")),
    "key_factors": (("standards", "standards"),),
}
"""Table -> the keys of lists inside its items, and the tables these go to."""


def write_yaml(content: StandardsContent) -> bytes:
    """The same content gives the same bytes, in whatever order its keys were."""
    text: str = yaml.dump(
        content_of(rows_of(content)),
        Dumper=_DUMPER,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )
    return text.encode()


def read_yaml(data: bytes, words: Words) -> Reading:
    """The content of a YAML text, or all that is wrong with it.

    Raises TooMuch and Unreadable (no UTF-8, no YAML, or YAML with aliases, which can make a small
    file endless).
    """
    if len(data) > LARGEST_FILE:
        raise TooMuch("file")
    try:
        text = data.decode("utf-8-sig")
        _check_events(text)
        node = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error
    except yaml.YAMLError as error:
        return Reading(None, (_syntax_finding(error),))
    if not isinstance(node, yaml.MappingNode):
        raise Unreadable("yaml")
    findings: list[Finding] = []
    raw = _Flattened(findings)
    raw.add_set(node)
    if findings:
        return Reading(None, tuple(findings))
    return read_tables(raw.tables, words)


def _check_events(text: str) -> None:
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable("alias")
        if number > MOST_EVENTS or depth > MOST_DEPTH:
            raise TooMuch("yaml")


def _syntax_finding(error: yaml.YAMLError) -> Finding:
    mark = getattr(error, "problem_mark", None)
    return Finding(Spot("", mark.line + 1 if mark else 0), "syntax")


class _Flattened:
    """The rows of the tables, each with the line it begins in."""

    def __init__(self, findings: list[Finding]) -> None:
        self.tables: dict[str, list[RawRow]] = defaultdict(list)
        self._findings = findings

    def add_set(self, node: yaml.MappingNode) -> None:
        fields = self._fields(node)
        for name in ("format", "code", "model"):
            if name in fields:
                self._setting(name, None, fields.pop(name))
        for name in ("name", "factor_points"):
            if name in fields:
                for key, value in self._mapping(fields.pop(name)).items():
                    self._setting(name, key, value)
        if "rules" in fields:
            self._add_rules(self._mapping(fields.pop("rules")))
        self._add_list("steps", fields.pop("steps", None), None)
        self._refuse("set", fields)

    def _add_rules(self, rules: dict[str, yaml.Node]) -> None:
        if "critical_fail_below" in rules:
            self._setting("critical_fail_below", None, rules.pop("critical_fail_below"))
        for cap in self._items("set", rules.pop("caps", None)):
            fields = self._mapping(cap)
            if fields.keys() == {"failures", "max_index"}:
                key = str(_scalar(fields["failures"]))
                self._setting("cap", key, fields["max_index"])
            else:
                self._refuse("set", fields)
        self._refuse("set", rules)

    def _setting(self, setting: str, key: str | None, node: yaml.Node) -> None:
        values = {"setting": setting, "key": key, "value": _scalar(node)}
        cells = {name: RawCell(value, setting) for name, value in values.items()}
        self.tables["set"].append(RawRow(node.start_mark.line + 1, cells))

    def _add_list(self, table: str, node: yaml.Node | None, parent: Any) -> None:
        for item in self._items(table, node):
            line = item.start_mark.line + 1
            if table == "operations":
                fields: dict[str, yaml.Node] = {"text": item}
            else:
                fields = self._mapping(item)
            if table == "standards" and "measure" in fields:
                fields |= self._mapping(fields.pop("measure"))
            options = fields.pop("options", None) if table == "standards" else None
            lists = [(name, fields.pop(key, None)) for key, name in _BELOW.get(table, ())]
            cells = self._cells(table, fields, parent)
            self.tables[table].append(RawRow(line, cells))
            code = cells["code"].value if "code" in cells else None
            for name, below in [*lists, ("options", options)]:
                self._add_list(name, below, code)

    def _cells(self, table: str, fields: dict[str, yaml.Node], parent: Any) -> dict[str, RawCell]:
        cells: dict[str, RawCell] = {}
        for place, column in enumerate(BY_NAME[table].columns):
            name, _dot, language = column.name.partition(".")
            if place == 0 and parent is not None:
                cells[column.name] = RawCell(parent, name)
            elif language:
                text = fields.get(name)
                inside = self._mapping(text) if text is not None else {}
                self._refuse(table, {k: v for k, v in inside.items() if k not in LANGUAGES})
                if language in inside:
                    cells[column.name] = RawCell(_scalar(inside[language]), column.name)
            elif name in fields:
                cells[name] = RawCell(_plain(fields[name]), name)
        known = {column.name.partition(".")[0] for column in BY_NAME[table].columns}
        self._refuse(table, {name: node for name, node in fields.items() if name not in known})
        return cells

    def _fields(self, node: yaml.MappingNode) -> dict[str, yaml.Node]:
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in fields:
                self._find("set", key, "repeated", name)
            fields[name] = value
        return fields

    def _mapping(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if isinstance(node, yaml.MappingNode):
            return self._fields(node)
        self._find("", node, "no_mapping")
        return {}

    def _items(self, table: str, node: yaml.Node | None) -> Iterator[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        elif node is not None:
            self._find(table, node, "no_list")

    def _refuse(self, table: str, fields: Mapping[str, yaml.Node]) -> None:
        for name, node in fields.items():
            self._find(table, node, "key_unknown", name)

    def _find(self, table: str, node: yaml.Node, reason: str, value: str = "") -> None:
        spot = Spot(table, node.start_mark.line + 1)
        self._findings.append(Finding(spot, reason, "", {"value": value[:60]}))


def _scalar(node: yaml.Node) -> Any:
    """Text, int, bool or None; decimals stay the text that they are written as."""
    if not isinstance(node, yaml.ScalarNode):
        return []
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return node.value.lower() in {"true", "yes", "on"}
        case "int" if node.value.lstrip("+-").isdigit() and len(node.value) <= LONGEST_NUMBER:
            return int(node.value)
        case _:
            return node.value


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_scalar(item) for item in node.value]
    return _scalar(node)
