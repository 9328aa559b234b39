"""The words of files that go out and come in: both languages at once, and every fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.core.i18n import LOCALES
from csiapp.standards import queries
from csiapp.standards.comparison import FIELD_NAMES, LEVEL_NAMES
from csiapp.standards.content import StandardsContent, Text, standards_in
from csiapp.standards.exchange import Finding
from csiapp.standards.exchange.tables import TABLES
from csiapp.standards.exchange.words import Words
from csiapp.standards.models import StandardVersion
from csiapp.standards.units import COUNTED, DURATIONS
from csiapp.standards.vocabulary import course_titles, vocabulary
from csiapp.standards.wording import MEASURE_NAMES, OPERATOR_NAMES, unit_name

TABLE_NAMES = {
    "readme": _l("Read me first"),
    "set": _l("Settings"),
    "steps": _l("Service steps"),
    "moments": _l("Moments of truth"),
    "sub_steps": _l("Sub-steps"),
    "operations": _l("Operation steps"),
    "key_factors": _l("Key factors"),
    "standards": _l("Standards"),
    "options": _l("Options of choices"),
    "codes": _l("Codes"),
    "list.roles": _l("Roles"),
    "list.tools": _l("Management tools"),
    "list.observers": _l("Observed by"),
    "list.courses": _l("Courses"),
    "list.factors": _l("Factors"),
    "list.indicators": _l("Indicators"),
}
_COLUMN_NAMES = FIELD_NAMES | {
    "setting": _l("Setting"),
    "key": _l("Which one"),
    "value": _l("Value"),
    "code": _l("Code"),
    "step": LEVEL_NAMES["step"],
    "sub_step": LEVEL_NAMES["sub_step"],
    "key_factor": LEVEL_NAMES["key_factor"],
    "standard": LEVEL_NAMES["standard"],
    "primary_factor": _l("Main factor"),
    "contact_role": _l("Who meets the customer"),
    "text": _l("Text"),
    "determinants": _l("Quality determinants"),
    "type": _l("How it is measured"),
    "op": _l("Compare"),
    "target": _l("Target"),
    "unit": _l("Unit"),
    "tolerance": _l("Tolerance"),
    "factor": _l("Factor"),
    "indicator": _l("Indicator"),
    "local": _l("The dealership's own"),
    "label": _l("Option"),
    "score": _l("Score from 0 to 1"),
    "list": _l("List"),
}
_SETTING_NAMES = {
    "format": _l("Format of this file"),
    "code": _l("Code of the set"),
    "name": _l("Name of the set"),
    "model": _l("Factor model"),
    "critical_fail_below": _l("A critical standard fails below this score"),
    "factor_points": _l("Points of the factor"),
    "cap": _l("Highest index with so many critical failures"),
}
REASONS = {
    "required": _l("This may not be empty."),
    "too_long": _l("Use at most %(limit)s characters."),
    "no_code": _l("“%(value)s” is no code: use letters, digits, dots and dashes."),
    "no_text": _l("This is no text."),
    "unknown_word": _l("“%(value)s” is not known here. The sheet of codes says what is."),
    "no_flag": _l("Write yes or no."),
    "no_number": _l("This is no number."),
    "out_of_range": _l("Write a number from %(least)s to %(most)s."),
    "too_exact": _l("Use at most %(limit)s decimals."),
    "not_whole": _l("Write a whole number."),
    "formula": _l("Formulas are not read. Paste the value instead."),
    "repeated": _l("“%(value)s” stands here a second time."),
    "no_parent": _l("No row above has the code “%(value)s”."),
    "not_of_measure": _l("What is measured in this way has none of this. Leave it empty."),
    "setting_wrong": _l("This setting has a value that it cannot have."),
    "setting_missing": _l("The setting “%(value)s” is missing."),
    "sheet_missing": _l("This sheet is missing."),
    "column_missing": _l("The column is missing."),
    "column_unknown": _l("There is no column “%(value)s” here."),
    "syntax": _l("From here on this is not valid YAML."),
    "key_unknown": _l("“%(value)s” means nothing here."),
    "no_mapping": _l("Names with values are expected here."),
    "no_list": _l("A list is expected here."),
    "frame_differs": _l("The settings belong to the network and must stay as they were exported."),
    "locked_missing": _l("The network keeps standard %(value)s: it cannot be left out."),
    "locked_changed": _l("The network keeps this field of a critical standard as it is."),
    "locked_moved": _l("The network keeps this standard in its key factor."),
    "other_level": _l("“%(value)s” is the code of an item of another level."),
    "own_code": _l("New items have codes of their own, such as %(value)s."),
    "local_wrong": _l("Yes for the dealership's own standards, empty for the network's."),
    "text_lost": _l("A text that is there cannot be emptied: readers need it."),
}
"""The reasons of `csiapp.standards.exchange` and of `services.importing`."""


def words_for(version: StandardVersion, *contents: StandardsContent) -> Words:
    """The words of a version's files; codes that the contents use are known whatever they are."""
    both = {language: _names(version, language) for language in LOCALES}
    merged: dict[str, dict[str, dict[str, Text]]] = {}
    for language, groups in both.items():
        for group, lists in groups.items():
            for name, codes in lists.items():
                for code, text in codes.items():
                    found = merged.setdefault(group, {}).setdefault(name, {})
                    found.setdefault(code, {})[language] = text
    known = merged["lists"]
    for content in contents:
        for name, used in _used(content).items():
            for code in used:
                known.setdefault(name, {}).setdefault(code, dict.fromkeys(LOCALES, code))
    return Words(merged["tables"][""], merged["columns"][""], known)


def _names(version: StandardVersion, language: str) -> dict[str, dict[str, dict[str, str]]]:
    with force_locale(language):
        return {
            "tables": {"": {name: str(text) for name, text in TABLE_NAMES.items()}},
            "columns": {"": _columns()},
            "lists": {
                "flags": {"yes": _("Yes"), "no": _("No")},
                "settings": {code: str(text) for code, text in _SETTING_NAMES.items()},
                "measures": {code: str(text) for code, text in MEASURE_NAMES.items()},
                "operators": {code: str(text) for code, text in OPERATOR_NAMES.items()},
                "units": {unit: unit_name(unit) for unit in (*DURATIONS, "percent", *COUNTED)},
                **_lists(version, language),
            },
        }


def _columns() -> dict[str, str]:
    found = {}
    for table in TABLES:
        for column in table.columns:
            name, _dot, language = column.name.partition(".")
            text = str(_COLUMN_NAMES[name])
            found[f"{table.name}.{column.name}"] = (
                f"{text} ({LOCALES[language]})" if language else text
            )
    return found | {f"codes.{name}": str(_COLUMN_NAMES[name]) for name in ("list", "code", "name")}


def _lists(version: StandardVersion, language: str) -> dict[str, dict[str, str]]:
    known, factors = vocabulary(), queries.factor_model_of(version).content["factors"]
    indicators = [item for factor in factors for item in factor["indicators"]]
    lists: dict[str, Mapping[str, Text]] = {
        "kinds": known.kinds,
        "evidence": known.evidence,
        "roles": known.roles,
        "tools": known.tools,
        "observers": known.observers,
        "courses": course_titles(),
        "factors": {factor["code"]: factor["name"] for factor in factors},
        "indicators": {item["code"]: item["name"] for item in indicators},
    }
    return {
        name: {code: text.get(language) or code for code, text in codes.items()}
        for name, codes in lists.items()
    }


def _used(content: StandardsContent) -> dict[str, Iterable[str]]:
    """Codes that a set uses already: it may keep them."""
    placed = list(standards_in(content))
    sub_steps = [sub_step for step in content["steps"] for sub_step in step["sub_steps"]]
    units = [p.standard["measure"].get("unit") for p in placed]
    return {
        "units": [unit for unit in units if unit],
        "roles": [role for sub_step in sub_steps for role in sub_step["executed_by"]],
        "tools": [tool for sub_step in sub_steps for tool in sub_step["management_tools"]],
        "observers": [code for p in placed for code in p.standard["observed_by"]],
        "courses": [code for p in placed for code in p.standard["courses"]],
    }


def readme() -> list[str]:
    """What the first sheet of a workbook says."""
    return [
        _("Service standards as a spreadsheet"),
        "",
        _("Change cells, add rows, take rows out, and import the file again. Nothing is changed"
          " before you have seen what would change."),
        _("Each sheet is one level. A row names the row above it by its code. Rows stand in the"
          " order in which staff read them."),
        _("Codes stay what they are. New items get codes of their own: LS1 for a service step, LB1"
          " for a sub-step, LK1 for a key factor, LT1 for a standard, each with its own number."),
        _("Your own standards say so in the last column. They are scored beside the network's"
          " index, never in it."),
        _("Several codes in one cell are parted by commas. The sheet of codes lists them."),
        _("Points are worked out from the importance; numbers typed there change nothing."),
        _("Critical standards belong to the network: their measure, importance, kind and observers"
          " stay as they are."),
        _("The settings belong to the network too. Leave that sheet as it is."),
        _("Formulas are not read. Text that begins with = is text here."),
    ]  # fmt: skip


def place_words(finding: Finding, *, workbook: bool) -> str:
    """Such as "Standards · row 7 · column D (Target)"."""
    spot = finding.spot
    parts = [str(TABLE_NAMES[spot.table])] if spot.table else []
    if spot.row:
        where = _("row %(number)s", number=spot.row) if workbook else ""
        parts.append(where or _("line %(number)s", number=spot.row))
    name = _field_name(finding.name)
    if workbook and spot.column:
        parts.append(_("column %(letter)s (%(name)s)", letter=spot.column, name=name))
    elif name:
        parts.append(name)
    return " · ".join(parts)


def _field_name(field: str) -> str:
    name, _dot, language = field.partition(".")
    text = str(_COLUMN_NAMES.get(name, ""))
    return f"{text} ({LOCALES[language]})" if text and language in LOCALES else text


def reason_words(finding: Finding) -> str:
    detail: dict[str, Any] = dict(finding.detail)
    if finding.reason == "setting_missing":
        detail["value"] = str(_SETTING_NAMES[detail["value"]])
    return str(REASONS[finding.reason]) % detail
