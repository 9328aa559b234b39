"""Between a content document and the rows of its tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from csiapp.standards import content as doc
from csiapp.standards.exchange.tables import BY_NAME, TABLES, Row

Tables = dict[str, list[Row]]


def rows_of(content: doc.StandardsContent) -> Tables:
    """The rows of every table, in the order of the tree."""
    tables: Tables = defaultdict(list)
    tables["set"] = list(_settings(content))
    for step in content["steps"]:
        tables["steps"].append(_row("steps", step))
        for moment in step["moments"]:
            tables["moments"].append(_row("moments", moment, step))
        for sub_step in step["sub_steps"]:
            tables["sub_steps"].append(_row("sub_steps", sub_step, step))
            for text in sub_step["operation_steps"]:
                tables["operations"].append(_row("operations", {"text": text}, sub_step))
            for factor in sub_step["key_factors"]:
                tables["key_factors"].append(_row("key_factors", factor, sub_step))
                for standard in factor["standards"]:
                    measure = standard["measure"]
                    fields = {**measure, **standard}
                    tables["standards"].append(_row("standards", fields, factor))
                    for option in measure.get("options", []):
                        tables["options"].append(_row("options", option, standard))
    return tables


def _settings(content: doc.StandardsContent) -> Iterator[Row]:
    def line(setting: str, key: str | None, value: object) -> Row:
        return {"setting": setting, "key": key, "value": value}

    yield line("format", None, content["format"])
    yield line("code", None, content["code"])
    for language in doc.LANGUAGES:
        yield line("name", language, content["name"].get(language, ""))
    yield line("model", None, content["model"])
    yield line("critical_fail_below", None, content["rules"]["critical_fail_below"])
    for factor, points in content["factor_points"].items():
        yield line("factor_points", factor, points)
    for cap in content["rules"]["caps"]:
        yield line("cap", str(cap["failures"]), cap["max_index"])


def _row(table: str, item: Mapping[str, Any], parent: Mapping[str, Any] | None = None) -> Row:
    """An item's own fields as the table has them; a text is one field per language."""
    row: Row = {}
    for place, column in enumerate(BY_NAME[table].columns):
        name, _dot, language = column.name.partition(".")
        if parent is not None and place == 0:
            row[name] = parent["code"]
        elif language:
            row[column.name] = item[name].get(language, "")
        else:
            row[name] = item.get(name)
    return row


# -------------------------------------------------------------------------------- and back


class _Family:
    """The rows of each table by the code of the row above."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for table in TABLES:
            if table.above:
                link = table.columns[0].name
                for row in tables.get(table.name, ()):
                    self._rows[table.name, row[link]].append(row)

    def of(self, table: str, parent: Row) -> list[Row]:
        return self._rows.get((table, parent["code"]), [])


def content_of(tables: Mapping[str, Sequence[Row]]) -> doc.StandardsContent:
    """The content of rows that are complete and belong together."""
    family = _Family(tables)
    steps = [_step(family, row) for row in tables.get("steps", ())]
    return cast(doc.StandardsContent, {**frame_of(tables["set"]), "steps": steps})


def frame_of(settings: Sequence[Row]) -> dict[str, Any]:
    """What belongs to the set as a whole. Raises KeyError where a setting is missing."""
    single = {row["setting"]: row["value"] for row in settings if row["key"] is None}
    keyed: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in settings:
        if row["key"] is not None:
            keyed[row["setting"]][row["key"]] = row["value"]
    return {
        "format": single["format"],
        "code": single["code"],
        "name": {language: keyed["name"].get(language) or "" for language in doc.LANGUAGES},
        "model": single["model"],
        "factor_points": dict(keyed["factor_points"]),
        "rules": {
            "critical_fail_below": single["critical_fail_below"],
            "caps": [
                {"failures": int(failures), "max_index": index}
                for failures, index in keyed["cap"].items()
            ],
        },
    }


def _step(family: _Family, row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": _whole(row, "name"),
        "purpose": _whole(row, "purpose"),
        "primary_factor": row["primary_factor"],
        "customer_present": row["customer_present"],
        "moments": [
            {
                "code": moment["code"],
                "contact_role": moment["contact_role"],
                "text": _whole(moment, "text"),
            }
            for moment in family.of("moments", row)
        ],
        "sub_steps": [_sub_step(family, sub_step) for sub_step in family.of("sub_steps", row)],
    }


def _sub_step(family: _Family, row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": _whole(row, "name"),
        "operation_steps": [_whole(line, "text") for line in family.of("operations", row)],
        "executed_by": row["executed_by"],
        "management_tools": row["management_tools"],
        "key_factors": [_key_factor(family, factor) for factor in family.of("key_factors", row)],
    }


def _key_factor(family: _Family, row: Row) -> dict[str, Any]:
    factor = {
        "code": row["code"],
        "name": _whole(row, "name"),
        "customer_demand": _whole(row, "customer_demand"),
        "importance": row["importance"],
        "is_key": row["is_key"],
        "determinants": row["determinants"],
        "standards": [_standard(family, standard) for standard in family.of("standards", row)],
    }
    return factor | ({"indicator": row["indicator"]} if row["indicator"] else {})


def _standard(family: _Family, row: Row) -> dict[str, Any]:
    options = [
        {"code": option["code"], "label": _whole(option, "label"), "score": option["score"]}
        for option in family.of("options", row)
    ]
    measured = {name: row[name] for name in ("target", "unit", "op", "tolerance")}
    standard = {
        "code": row["code"],
        "kind": row["kind"],
        "statement": _whole(row, "statement"),
        "measure": doc.make_measure(row["type"], **measured, options=options),
        **{name: row[name] for name in _PLAIN},
    }
    return standard | ({"local": True} if row["local"] else {})


_PLAIN = (
    "importance", "points", "factor", "indicator", "critical", "na_allowed", "evidence",
    "observed_by", "courses",
)  # fmt: skip


def _whole(row: Row, name: str) -> doc.Text:
    return {language: row[f"{name}.{language}"] or "" for language in doc.LANGUAGES}
